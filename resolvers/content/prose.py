"""Short texts that clients show as Markdown: descriptions, comments, what agents report."""

import html
import re

from models.errors import BadUserInput
from resolvers.content.marks import marks_of
from resolvers.content.parse import to_tiptap
from resolvers.content.url import SCRIPTS

_MARKUP = re.compile(r"\]\(|\]:|<")
_AS_TEXT = {"](": "]&#40;", "]:": "]&#58;", "<": "&lt;"}
_INVISIBLE = re.compile(r"[^!-~]|\\")


MAX_MARKS = 1_000
"""Of a text that names a script: others wait while it is read, some hundredths of a second."""


def links_to_script(text: str) -> bool:
    """Whether a link of a text would run a script, or may do so.

    Only a text that names one is read as Markdown, and one of very many marks that does is not read to find out.
    """
    if not _MARKUP.search(text) or not _names_script(text):
        return False
    if marks_of(text) > MAX_MARKS:
        return True
    try:
        to_tiptap(text)
    except BadUserInput:
        return True
    return False


def harmless(text: str) -> str:
    """A text that nobody can be asked to correct: as it is, or without a link at all where one would run a script.

    What would begin a link or an element is written so that it is read as text, wherever the text is quoted or cut.
    """
    return _MARKUP.sub(lambda found: _AS_TEXT[found[0]], text) if links_to_script(text) else text


def _names_script(text: str) -> bool:
    plain = _INVISIBLE.sub("", html.unescape(text.replace("\\", ""))).lower()
    return any(f"{scheme}:" in plain for scheme in SCRIPTS)
