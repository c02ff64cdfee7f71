"""Short texts that clients show as Markdown: descriptions, comments, what agents report."""

import html
import re

from models.errors import BadUserInput
from resolvers.content.parse import to_tiptap
from resolvers.content.url import SCRIPTS

_MARKUP = re.compile(r"\]\(|\]:|<")
_INVISIBLE = re.compile(r"[^!-~]|\\")


def links_to_script(text: str) -> bool:
    """Whether a link of a text would run a script, or may do so; only a text that names one is read as Markdown."""
    if not _MARKUP.search(text) or not _names_script(text):
        return False
    try:
        to_tiptap(text)
    except BadUserInput:
        return True
    return False


def _names_script(text: str) -> bool:
    plain = _INVISIBLE.sub("", html.unescape(text.replace("\\", ""))).lower()
    return any(f"{scheme}:" in plain for scheme in SCRIPTS)
