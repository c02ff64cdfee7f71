"""An export with its files as one archive (ZIP): `project.json`, and `files/` by the SHA-256 of what is in them.

Written as it is read, and read where it lies: neither way is a file in memory as a whole.
"""

import mmap
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bson import ObjectId

from models.errors import BadUserInput
from models.records import AttachmentRecord
from resolvers.files.store import read_file
from resolvers.inputs.transfer import WholeImport
from resolvers.kit.upload import FILES
from resolvers.transfer.notes import Notes
from resolvers.transfer.read import MAX_TEXT, read_import

PROJECT, ORGANIZATION = "project.json", "organization.json"
MAGIC = b"PK\x03\x04"
PIECE = 256 * 1024
MAX_DIRECTORY = 16 * 1024 * 1024
"""Bytes of an archive's list of contents, which is read at once: 65,535 files, which is the most, have 8 MB."""

_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_BROKEN = (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

Stored = dict[str, tuple[ObjectId, int]]
"""The files of an archive by their names in it: the attachment that has such bytes, and how many."""


def member_of(attachment: AttachmentRecord) -> str:
    """The name in an archive of an attachment's bytes."""
    return f"files/{attachment['sha256']}"


class _Sink:
    """What is written and not yet taken; it cannot be gone back in, so the archive is written in one go."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def write(self, data: bytes, /) -> int:
        self._pending += data
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        taken = bytes(self._pending)
        self._pending.clear()
        return taken


@dataclass(frozen=True, slots=True)
class ArchivedProject:
    """A project in a `folder` of an archive: its text, and its files, complete when the text has been read."""

    folder: str
    project: AsyncIterator[bytes]
    files: Stored


async def archived(project: AsyncIterator[bytes], files: Stored) -> AsyncIterator[bytes]:
    """The archive of a project's text and its files, in chunks. `files` is complete when the text has been read.

    A file that was deleted meanwhile is left out.
    """
    sink = _Sink()
    with ZipFile(sink, "w") as archive:
        async for chunk in _written(archive, sink, ArchivedProject("", project, files)):
            yield chunk
    yield sink.take()


async def archived_all(about: bytes, projects: AsyncIterator[ArchivedProject]) -> AsyncIterator[bytes]:
    """The archive of an organization, in chunks: what is said `about` it, and its projects one after the other."""
    sink = _Sink()
    with ZipFile(sink, "w") as archive:
        archive.writestr(_info(ORGANIZATION, ZIP_DEFLATED), about)
        async for project in projects:
            async for chunk in _written(archive, sink, project):
                yield chunk
    yield sink.take()


async def _written(archive: ZipFile, sink: _Sink, project: ArchivedProject) -> AsyncIterator[bytes]:
    with archive.open(_info(project.folder + PROJECT, ZIP_DEFLATED), "w", force_zip64=True) as member:
        async for chunk in project.project:
            member.write(chunk)
            if taken := sink.take():
                yield taken
    for name, (file_id, size) in project.files.items():
        pieces = read_file(file_id, 0, size)
        try:
            piece = await anext(pieces, b"")
        except LookupError:
            continue
        with archive.open(_info(project.folder + name, ZIP_STORED), "w") as member:
            member.write(piece)
            yield sink.take()
            async for piece in pieces:
                member.write(piece)
                yield sink.take()


def _info(name: str, compression: int) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type = compression
    return info


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a project on the disk: its text alone, or an archive."""

    file: IO[bytes] | None
    members: dict[str, ZipInfo]
    _archive: ZipFile | None

    def read(self, notes: Notes | None = None) -> WholeImport:
        """What the text holds, checked, or mended with `notes`: a thread's work. Raises BadUserInput."""
        if self.file is None:
            raise BadUserInput("The file is empty")
        if self._archive is None:
            return _mapped(self.file, notes)
        info = self.members.get(PROJECT)
        if info is None:
            raise BadUserInput(f"The archive has no {PROJECT}")
        with TemporaryFile() as text:
            size = 0
            for piece in self._pieces(info):
                size += len(piece)
                if size > MAX_TEXT:
                    raise BadUserInput(f"{PROJECT} is larger than {MAX_TEXT} bytes")
                text.write(piece)
            text.flush()
            return _mapped(text, notes)

    async def chunks(self, info: ZipInfo) -> AsyncIterator[bytes]:
        """The bytes of a file of the archive. Raises BadUserInput where it is damaged."""
        pieces = self._pieces(info)
        while piece := await FILES.run(next, pieces, b"", admitted=True):
            yield piece

    def _pieces(self, info: ZipInfo) -> Iterator[bytes]:
        if self._archive is None or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & 1:
            raise BadUserInput(f"{info.filename[:100]} is encrypted, or packed in a way that is not read")
        with _readable(), self._archive.open(info) as member:
            while piece := member.read(PIECE):
                yield piece


NO_FILES = Source(None, {}, None)
"""Where there is the text of a project alone, and that was read."""


def source_of(file: IO[bytes]) -> Source:
    """What a file on the disk is, by its first bytes: a thread's work. Raises BadUserInput for a damaged archive."""
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        return Source(file, {}, None)
    _check_directory(file)
    with _readable():
        archive = ZipFile(file)
        return Source(file, {info.filename: info for info in archive.infolist()}, archive)


def _check_directory(file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - 0xFFFF - 100))
    tail = file.read()
    at = tail.rfind(_END)
    end = tail[at : at + _END_SIZE]
    if at < 0 or len(end) < _END_SIZE:
        raise BadUserInput("The archive is damaged: it has no end")
    listed = int.from_bytes(end[12:16], "little")
    if tail[max(0, at - _LOCATOR_SIZE) : at].startswith(_LOCATOR):  # of a large archive, which tells it before
        listed = int.from_bytes(tail[at - _LOCATOR_SIZE - 16 : at - _LOCATOR_SIZE - 8], "little")
    if listed > MAX_DIRECTORY:
        raise BadUserInput("The archive holds too many files")


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BadUserInput:
        raise
    except _BROKEN as error:
        raise BadUserInput(f"The archive is damaged: {str(error)[:200]}") from error


def _mapped(file: IO[bytes], notes: Notes | None) -> WholeImport:
    if not file.seek(0, 2):
        raise BadUserInput("The file is empty")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return read_import(text, notes)
