"""How dear a text is to read, told without reading it."""

import re

_MARK = re.compile(r"[^\w\s]|[_\n]")


def marks_of(markdown: str) -> int:
    """What may begin or end something in Markdown: each costs some 20 microseconds, and rarely 100."""
    return len(_MARK.findall(markdown))
