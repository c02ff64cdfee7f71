"""What is in a folder, as git would see it: its files and links, without what `.gitignore` leaves out.

Whoever works there may write what they like meanwhile: each name is opened in the folder before it, no link is followed
and no pipe is opened. For processes of their own (`resolvers.machine.work`).
"""

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha1

from pathspec import GitIgnoreSpec

from models.project_roots import Place
from resolvers.machine.beneath import (
    REPOSITORY,
    AbsentError,
    TooLargeError,
    is_there,
    open_folder,
    open_in,
    read_all,
)

FILE, EXECUTABLE, LINK = 0o100644, 0o100755, 0o120000
MAX_ENTRIES = 200_000
MAX_DEPTH = 100
MAX_BYTES = 1024**3
"""Bytes of files that are read to tell whether they differ."""
_MAX_IGNORE = 64 * 1024
_IGNORE = ".gitignore"
_PIECE = 1 << 20

Ignored = Sequence[tuple[str, GitIgnoreSpec]]
"""The `.gitignore` files on the way to a folder, each with the path of its own folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a link, or a folder that nobody can look into; `size` in bytes."""

    path: str
    mode: int
    size: int


@dataclass(slots=True)
class Walk:
    """Goes through a folder. What is `tracked` is never left out."""

    folder: Place
    tracked: Collection[str]
    seen: int = 0
    read: int = 0
    _above: set[str] = field(default_factory=set)

    def entries(self) -> Iterator[Entry]:
        """Everything in it. Raises AbsentError without the folder, TooLargeError for too much."""
        for path in self.tracked:
            parent = path.rpartition("/")[0]
            while parent and parent not in self._above:
                self._above.add(parent)
                parent = parent.rpartition("/")[0]
        yield from self._of((), ())

    def _of(self, names: tuple[str, ...], ignored: Ignored) -> Iterator[Entry]:
        if len(names) > MAX_DEPTH:
            raise TooLargeError
        try:
            with open_folder(self.folder.inside(*names)) as descriptor:
                inside = self._list(descriptor)
                ignored = self._with_own(descriptor, names, ignored, inside)
        except (AbsentError, PermissionError) as error:
            if not names:
                raise AbsentError from error
            if is_there(self.folder.inside(*names)):
                yield Entry("/".join(names), FILE, 0)
            return
        folders = []
        for name, found in inside:
            path = "/".join((*names, name))
            if stat.S_ISDIR(found.st_mode):
                if path in self._above or not _is_ignored(ignored, f"{path}/"):
                    folders.append(name)
            elif (mode := _mode_of(found)) is not None and (path in self.tracked or not _is_ignored(ignored, path)):
                yield Entry(path, mode, found.st_size)
        for name in folders:
            yield from self._of((*names, name), ignored)

    def _list(self, descriptor: int) -> list[tuple[str, os.stat_result]]:
        found = []
        with os.scandir(descriptor) as entries:
            for entry in entries:
                self.seen += 1
                if self.seen > MAX_ENTRIES:
                    raise TooLargeError
                # A repository inside is another's work, and a name that is no text cannot be told.
                if entry.name.casefold() != REPOSITORY and _is_text(entry.name):
                    with suppress(FileNotFoundError):  # gone meanwhile
                        found.append((entry.name, entry.stat(follow_symlinks=False)))
        return sorted(found)

    def _with_own(
        self, descriptor: int, names: tuple[str, ...], ignored: Ignored, inside: list[tuple[str, os.stat_result]]
    ) -> Ignored:
        if not any(name == _IGNORE and stat.S_ISREG(found.st_mode) for name, found in inside):
            return ignored
        try:
            file = open_in(descriptor, _IGNORE)
        except AbsentError:
            return ignored
        try:
            lines = read_all(file, _MAX_IGNORE).decode(errors="replace").splitlines()
        except TooLargeError:
            return ignored
        finally:
            os.close(file)
        return (*ignored, ("".join(f"{name}/" for name in names), GitIgnoreSpec.from_lines(lines)))

    def content(self, entry: Entry, most: int) -> bytes:
        """What is in an entry. Raises AbsentError where it is something else by now, TooLargeError past `most`."""
        *folders, name = entry.path.split("/")
        with open_folder(self.folder.inside(*folders)) as descriptor:
            if entry.mode == LINK:
                try:
                    return os.fsencode(os.readlink(name, dir_fd=descriptor))
                except OSError as error:
                    raise AbsentError from error
            file = open_in(descriptor, name)
            try:
                return read_all(file, most)
            finally:
                os.close(file)

    def blob_id(self, entry: Entry) -> str:
        """What git calls the content of an entry. Raises as `content` does, TooLargeError for all that is read."""
        if entry.mode == LINK:
            content = self.content(entry, entry.size + 1)
            return sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()
        *folders, name = entry.path.split("/")
        with open_folder(self.folder.inside(*folders)) as descriptor:
            file = open_in(descriptor, name)
            try:
                size = os.fstat(file).st_size
                self.read += size
                if self.read > MAX_BYTES:
                    raise TooLargeError
                digest = sha1(b"blob %d\0" % size, usedforsecurity=False)
                while size > 0 and (piece := os.read(file, min(_PIECE, size))):
                    digest.update(piece)
                    size -= len(piece)
                return digest.hexdigest()
            finally:
                os.close(file)


def _mode_of(found: os.stat_result) -> int | None:
    if stat.S_ISLNK(found.st_mode):
        return LINK
    if stat.S_ISREG(found.st_mode):
        return EXECUTABLE if found.st_mode & 0o100 else FILE
    return None


def _is_ignored(ignored: Ignored, path: str) -> bool:
    """Whether the nearest file that says something of a path leaves it out."""
    for prefix, spec in reversed(ignored):
        said = spec.check_file(path[len(prefix) :]).include
        if said is not None:
            return said
    return False


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
