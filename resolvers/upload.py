"""A file on its way in, whichever door it came through."""

import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from models.errors import BadUserInput

MAX_FILE = 10 * 1024 * 1024
MAX_NAME = 255

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
"""What makes a name read otherwise than it is: `gpj.exe` as `exe.jpg`."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as its sender calls it. `chunks` gives its bytes piece by piece, and raises where not all come."""

    name: str
    mime_type: str | None
    chunks: Callable[[], AsyncIterator[bytes]] = field(repr=False)


def file_name(sent: str) -> str:
    """The name of a file without the folders that some clients tell before it.

    Raises BadUserInput where nothing is left, for control characters, and for more than 255 characters.
    """
    name = unicodedata.normalize("NFC", sent.replace("\\", "/").rpartition("/")[2]).strip()
    if any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") or one in _REORDERING for one in sent):
        raise BadUserInput("has a name with control characters", field="file")
    if name in ("", ".", ".."):
        raise BadUserInput("has no name", field="file")
    if len(name) > MAX_NAME:
        raise BadUserInput(f"has a name of more than {MAX_NAME} characters", field="file")
    return name
