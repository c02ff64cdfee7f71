"""Text of others, as a model is shown it: to be read, and not obeyed."""

MAX_RESULT = 20_000
"""Bytes of a result, as it is shown to a model."""


def quoted(text: str) -> str:
    """Text of others, from which nothing leads out."""
    inert = text.replace("<data", "<\u200bdata").replace("</data", "<\u200b/data")
    return f"<data>\n{shortened(inert)}\n</data>"


def shortened(text: str, most: int = MAX_RESULT) -> str:
    """The text, or as much of it as may be shown, and how much that is."""
    whole = text.encode()
    if len(whole) <= most:
        return text
    kept = whole[: most - 100].decode(errors="ignore")
    return f"{kept}\n… cut: {len(kept.encode())} of {len(whole)} bytes; ask for less"
