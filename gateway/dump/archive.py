"""The file of a dump: a ZIP with the documents of every collection as BSON, some files, and a manifest of all that.

`collections/NAME.bson` has the documents of a collection one after the other, as `bsondump` reads them. `manifest.json`
comes last; it has the SHA-256, the bytes and the documents of every part, so that a file that was cut off or damaged is
found out before anything is written.
"""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from gateway.dump.error import DumpError

FORMAT, VERSION = "orrery.dump", 1
MANIFEST = "manifest.json"
PART = ".part"
"""Behind the name of a file that is not whole yet."""
CHUNK = 1024 * 1024
MAX_DOCUMENT = 16 * 1024 * 1024 + 16 * 1024
"""The most that MongoDB takes, and what it allows itself for fields of its own."""
UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)

_LENGTH = struct.Struct("<i")


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the archive. `name` is that of the collection, or of the file in the data folder."""

    name: str
    member: str
    bytes: int
    sha256: str
    documents: int = 0


@dataclass(slots=True)
class Manifest:
    """What an archive holds. `steps` are the migrations that its product knew, `key` is a fingerprint of its secret."""

    product: str
    made_at: str
    steps: list[str]
    key: str
    collections: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)

    @property
    def documents(self) -> int:
        return sum(part.documents for part in self.collections)


class ArchiveWriter:
    """Writes the parts of an archive, one after the other."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    @contextmanager
    def collection(self, name: str) -> Iterator["PartWriter"]:
        """A place for the documents of a collection."""
        with self._part(name, f"collections/{name}.bson") as part:
            yield part
        self.manifest.collections.append(part.done())

    def file(self, name: str, content: bytes) -> None:
        """Keep a file of the data folder."""
        with self._part(name, f"files/{name}") as part:
            part.write(content)
        self.manifest.files.append(part.done())

    @contextmanager
    def _part(self, name: str, member: str) -> Iterator["PartWriter"]:
        with self._archive.open(member, "w", force_zip64=True) as target:
            yield PartWriter(name, member, target)


class PartWriter:
    """One part on its way into the archive."""

    def __init__(self, name: str, member: str, target: IO[bytes]) -> None:
        self._name, self._member, self._target = name, member, target
        self._digest = hashlib.sha256()
        self._bytes = self._documents = 0

    def write_documents(self, batch: bytes) -> int:
        """Add documents as BSON, one after the other; how many they are."""
        count = sum(1 for _ in split(batch))
        self._documents += count
        self.write(batch)
        return count

    def write(self, content: bytes) -> None:
        self._target.write(content)
        self._digest.update(content)
        self._bytes += len(content)

    def done(self) -> Part:
        return Part(self._name, self._member, self._bytes, self._digest.hexdigest(), self._documents)


@contextmanager
def writing(path: Path, manifest: Manifest) -> Iterator[ArchiveWriter]:
    """An archive that appears under its name, for its owner alone (mode 600), once it is whole. Raises `DumpError`."""
    part = path.with_name(path.name + PART)
    if path.exists():
        raise DumpError(f"{path} is there already: a dump overwrites nothing.")
    try:
        with open(part, "wb", opener=_private) as file:
            # The fastest: a database keeps a moment for so long only.
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                yield ArchiveWriter(archive, manifest)
                about = {"format": FORMAT, "version": VERSION, **asdict(manifest)}
                archive.writestr(MANIFEST, json.dumps(about, indent=1))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise DumpError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


class ArchiveReader:
    """Reads the parts of an archive."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        self.manifest = _read_manifest(path, archive)

    def verify(self, part: Part) -> None:
        """Raise `DumpError` where a part is not what the manifest says."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._archive.open(part.member) as source:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except (KeyError, *UNREADABLE) as error:
            raise DumpError(f"{self._path} is damaged: {part.member} cannot be read.") from error
        if (size, digest.hexdigest()) != (part.bytes, part.sha256):
            raise DumpError(f"{self._path} is damaged: {part.member} is not what was written.")

    def documents(self, part: Part) -> Iterator[bytes]:
        """The documents of a collection, each as BSON."""
        with self._archive.open(part.member) as source:
            while head := source.read(_LENGTH.size):
                yield head + source.read(_size(head) - _LENGTH.size)

    def file(self, part: Part) -> bytes:
        return self._archive.read(part.member)


@contextmanager
def reading(path: Path) -> Iterator[ArchiveReader]:
    """An archive whose manifest was read. Raises `DumpError` where it is none, or cut off."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise DumpError(f"{path} cannot be read: there is no such file.") from error
    except UNREADABLE as error:
        raise DumpError(f"{path} is no dump, or was cut off.") from error
    with archive:
        yield ArchiveReader(path, archive)


def split(batch: bytes) -> Iterator[bytes]:
    """The documents of a row of documents. Raises ValueError where one is cut off."""
    start = 0
    while start < len(batch):
        stop = start + _size(batch[start : start + _LENGTH.size])
        if stop > len(batch):
            raise ValueError("a document is cut off")
        yield batch[start:stop]
        start = stop


def _size(head: bytes) -> int:
    size: int = _LENGTH.unpack(head)[0]
    if not 5 <= size <= MAX_DOCUMENT:
        raise ValueError("no length of a document")
    return size


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        about: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if (about.pop("format"), about.pop("version")) != (FORMAT, VERSION):
            raise DumpError(f"{path} is a dump of another form than this version reads.")
        about |= {name: [Part(**load) for load in about[name]] for name in ("collections", "files")}
        return Manifest(**about)
    except (KeyError, TypeError, AttributeError, *UNREADABLE) as error:
        raise DumpError(f"{path} is no dump, or its manifest is damaged.") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
