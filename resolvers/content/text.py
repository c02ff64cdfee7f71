"""The plain text of a TipTap document: what a search indexes, and an excerpt shows."""

from resolvers.content.parse import Node

EXCERPT = 200
_INSIDE = frozenset({"text", "hardBreak", "image"})


def plain_text(doc: Node) -> str:
    """The text of every block on a line of its own, without marks; images by what they stand for."""
    lines: list[str] = []
    _collect(doc, lines)
    return "\n".join(line for line in lines if line.strip())


def excerpt_of(doc: Node) -> str:
    """The beginning of the text on one line, at most 200 characters."""
    text = " ".join(plain_text(doc).split())
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"


def _collect(node: Node, lines: list[str]) -> None:
    inline = False
    for child in node.get("content") or ():
        if child["type"] in _INSIDE or (child["type"] not in _BLOCKS and not child.get("content")):
            if not inline:
                lines.append("")
            inline = True
            lines[-1] += _words(child)
        else:
            inline = False
            _collect(child, lines)


def _words(node: Node) -> str:
    if node["type"] == "text":
        return str(node["text"])
    if node["type"] == "hardBreak":
        return "\n"
    attrs = node.get("attrs") or {}
    return next((attrs[name] for name in ("label", "alt", "text") if isinstance(attrs.get(name), str)), "")


_BLOCKS = frozenset({"paragraph", "heading", "codeBlock", "horizontalRule", "listItem", "taskItem", "tableCell"})
