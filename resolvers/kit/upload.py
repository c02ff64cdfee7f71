"""A file on its way in, whichever door it came through."""

import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from tempfile import SpooledTemporaryFile

from bson import ObjectId

from models.errors import BadUserInput, PayloadTooLarge, RateLimited
from models.pool import Pool
from models.text import canonical

MAX_FILE = 10 * 1024 * 1024
MAX_NAME = 255
MAX_AT_ONCE = 10
IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024
FILES = Pool("files", threads=4, at_once=2, of_one=20, in_all=200)
"""Reads and writes the pieces of files. How many files somebody sends is bounded before (`Uploads`)."""

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What makes a name read otherwise than it is: `gpj.exe` as `exe.jpg`. The marks U+200E, U+200F and U+061C are none of
these: they turn no letter round, and systems in Hebrew and Arabic put them into the names that they make."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as its sender calls it. `chunks` gives its bytes piece by piece, and raises where not all come.

    `digest` is their SHA-256, in hexadecimal, where they have all come already.
    """

    name: str
    mime_type: str | None
    chunks: Callable[[], AsyncIterator[bytes]] = field(repr=False)
    digest: str | None = None


async def spool(upload: Upload, limit: int, kept: ExitStack) -> Upload:
    """Receive a file whole: a small one into memory, a larger one onto the disk, until `kept` ends.

    Raises PayloadTooLarge for one of more than `limit` bytes.
    """
    file = kept.enter_context(SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115  (`kept` closes it)
    size, digest = 0, sha256()
    async for piece in upload.chunks():
        size += len(piece)
        if size > limit:
            raise PayloadTooLarge(f"file: is larger than {limit} bytes", maximum=limit)
        digest.update(piece)
        if size > IN_MEMORY:
            await FILES.run(file.write, piece, admitted=True)
        else:
            file.write(piece)

    def read(start: int) -> bytes:
        file.seek(start)
        return file.read(PIECE)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, PIECE):
            yield await FILES.run(read, start, admitted=True)

    return replace(upload, chunks=chunks, digest=digest.hexdigest())


class Uploads:
    """Who is sending files at the moment. What comes in lies on the disk before a quota can speak, so it is bounded."""

    def __init__(self, at_once: int | None = None) -> None:
        self._at_once = at_once
        self._running: Counter[ObjectId] = Counter()

    def check(self, user_id: ObjectId) -> None:
        """Raises RateLimited for a user who sends too many at once to begin with one more."""
        limit = self._at_once or MAX_AT_ONCE
        if self._running[user_id] >= limit:
            raise RateLimited(f"You are sending {limit} files already: wait for one to arrive")

    @contextmanager
    def one(self, user_id: ObjectId) -> Iterator[None]:
        """Count an upload of a user while the block runs; raises as `check` does."""
        self.check(user_id)
        self._running[user_id] += 1
        try:
            yield
        finally:
            self._running[user_id] -= 1
            if not self._running[user_id]:
                del self._running[user_id]


def file_name(sent: str) -> str:
    """The name of a file without the folders that some clients tell before it.

    Raises BadUserInput where nothing is left, for control characters, for those that reverse or embed a direction, and
    for more than 255 characters.
    """
    name = canonical(sent.replace("\\", "/").rpartition("/")[2]).strip()
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in sent):
        raise BadUserInput("has a name with control characters", field="file")
    if turning := next((character for character in sent if character in _REORDERING), None):
        message = f"has a name with U+{ord(turning):04X}, which would make it read otherwise than it is"
        raise BadUserInput(message, field="file")
    if "".join(character for character in name if unicodedata.category(character) != "Cf").strip() in ("", ".", ".."):
        raise BadUserInput("has no name", field="file")
    if len(name) > MAX_NAME:
        raise BadUserInput(f"has a name of more than {MAX_NAME} characters", field="file")
    return name
