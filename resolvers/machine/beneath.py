"""Opening what is beneath a folder, without ever following a link: each name is opened in the folder before it.

So nothing that is exchanged meanwhile leads elsewhere, and neither a device nor a pipe is ever opened. Runs in threads
and in processes of their own, and knows neither the database nor who asks.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from models.project_roots import Place

REPOSITORY = ".git"

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class AbsentError(Exception):
    """What was asked for is not there, or is not what may be opened: which of both, nobody is told."""


class TooLargeError(Exception):
    """A file has more bytes than are taken."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The folders in a folder, by name; `whole` says that these are all. Of each, whether it is a repository."""

    folders: list[tuple[str, bool]]
    whole: bool


@contextmanager
def open_folder(place: Place) -> Iterator[int]:
    """The descriptor of a folder. Raises AbsentError."""
    descriptor = -1
    try:
        descriptor = os.open(place.base, _FOLDER)
        for name in place.names:
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
    except OSError as error:
        if descriptor >= 0:
            os.close(descriptor)
        raise AbsentError from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_file(place: Place) -> Iterator[int]:
    """The descriptor of a regular file, to be read. Raises AbsentError."""
    if not place.names:
        raise AbsentError
    with open_folder(Place(place.base, place.names[:-1])) as folder:
        descriptor = open_in(folder, place.names[-1])
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def open_in(folder: int, name: str) -> int:
    """A new descriptor of a regular file in a folder. Raises AbsentError."""
    try:
        # What is no file is not even opened: a device may act on that.
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise AbsentError
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        raise AbsentError from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise AbsentError
    return descriptor


def changed_at(place: Place) -> datetime | None:
    """When a regular file was last changed, which is not opened; None for a time that no calendar has. Raises
    AbsentError."""
    if not place.names:
        raise AbsentError
    with open_folder(Place(place.base, place.names[:-1])) as folder:
        try:
            found = os.stat(place.names[-1], dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            raise AbsentError from error
    if not stat.S_ISREG(found.st_mode):
        raise AbsentError
    try:
        return datetime.fromtimestamp(found.st_mtime, UTC)
    except (OverflowError, ValueError):
        return None


def read_file(place: Place, most: int) -> bytes:
    """All of a file. Raises AbsentError, and TooLargeError for one of more than `most` bytes."""
    with open_file(place) as descriptor:
        return read_all(descriptor, most)


def read_all(descriptor: int, most: int) -> bytes:
    """What is left of a file. Raises TooLargeError for more than `most` bytes."""
    pieces, size = [], 0
    while piece := os.read(descriptor, min(1 << 20, most + 1 - size)):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise TooLargeError
    return b"".join(pieces)


def list_folders(place: Place, *, most: int, looked_at: int) -> Listing:
    """The folders in a folder, at most so many, of the first entries that are `looked_at`. Raises AbsentError."""
    found: list[tuple[str, bool]] = []
    with open_folder(place) as descriptor, os.scandir(descriptor) as entries:
        whole = True
        for count, entry in enumerate(entries):
            if count == looked_at:
                whole = False
                break
            if _is_shown(entry):
                found.append((entry.name, _has_repository(descriptor, entry.name)))
    found.sort()
    return Listing(found[:most], whole and len(found) <= most)


def is_folder(place: Place) -> bool:
    """Whether there is a folder."""
    with suppress(AbsentError), open_folder(place):
        return True
    return False


def is_there(place: Place) -> bool:
    """Whether there is anything; also what nobody can look at."""
    try:
        os.lstat(place.path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def is_repository(place: Place) -> bool:
    """Whether there is a folder with a repository of its own."""
    return is_folder(place.inside(REPOSITORY))


def _has_repository(folder: int, name: str) -> bool:
    try:
        inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
        try:
            return stat.S_ISDIR(os.stat(REPOSITORY, dir_fd=inner, follow_symlinks=False).st_mode)
        finally:
            os.close(inner)
    except OSError:
        return False


def _is_shown(entry: "os.DirEntry[str]") -> bool:
    # A name that is no text could not be asked for.
    return entry.is_dir(follow_symlinks=False) and entry.name.casefold() != REPOSITORY and entry.name.isprintable()
