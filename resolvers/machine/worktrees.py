"""Worktrees of a repository: a folder each, with a branch of its own. For processes of their own.

The files of a worktree are whoever's who works there: what they differ in is found out without libgit2
(`resolvers.machine.walk`), which follows what it is told there.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from models.project_roots import Place
from resolvers.machine.beneath import AbsentError, TooLargeError, is_there
from resolvers.machine.git import UnreadableError, library
from resolvers.machine.open import open_repository
from resolvers.machine.remove import remove_tree
from resolvers.machine.walk import Walk

MAX_FILES = 100_000
MAX_BYTES = 1024**3
_SUBMODULE = 0o160000
_LOCK = ".lock"

Tree = Mapping[str, tuple[int, str]]
"""The mode and the id of each file, by its path."""


class EmptyError(Exception):
    """The repository has no commit."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A worktree: `folder` is where its files are, `name` what git calls it."""

    repository: Place
    folder: Place
    name: str
    branch: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The branch and the commit that a worktree begins with; no branch where the repository is on none."""

    base: str | None
    commit: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work in a worktree is: `is_dirty` for what is in no commit, `is_merged` for commits that are in the
    branch that it began with."""

    is_dirty: bool
    is_merged: bool


def begin(spot: Spot) -> Begun:
    """Make a worktree, or find the one that there is.

    Raises AbsentError and UnreadableError as `open_repository` does, EmptyError without a commit, TooLargeError for
    more files than a worktree may have.
    """
    pygit2 = library()
    repository = open_repository(spot.repository)
    try:
        if repository.head_is_unborn:
            raise EmptyError
        base = None if repository.head_is_detached else repository.head.shorthand
        commit = repository.head.peel(pygit2.Commit)
        _measure(repository, commit)
        branch = repository.branches.local.get(spot.branch)
        if branch is None:
            branch = repository.create_branch(spot.branch, commit)
        began = repository.merge_base(branch.target, commit.id) or commit.id
        with _alone(spot.folder):
            _check_out(repository, spot, branch)
    except (pygit2.GitError, OSError, KeyError, ValueError) as error:
        raise UnreadableError from error
    return Begun(base, str(began))


def _check_out(repository: Any, spot: Spot, branch: Any) -> None:
    if spot.name in repository.list_worktrees():
        known = repository.lookup_worktree(spot.name)
        if not known.is_prunable and os.path.samefile(known.path, spot.folder.path):
            os.utime(spot.folder.path)  # it is as one made now: nobody removes it for having been abandoned
            return
        known.prune(True)
    remove_tree(spot.folder.path)
    repository.add_worktree(spot.name, spot.folder.path, branch)


@contextmanager
def _alone(folder: Place) -> Iterator[None]:
    """While this lasts, no other process makes or removes a worktree of the same project."""
    above = os.path.dirname(folder.path)
    os.makedirs(above, mode=0o700, exist_ok=True)
    # A file, as a folder that machines share cannot be locked itself.
    descriptor = os.open(os.path.join(above, _LOCK), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def check_out_apart(repository: Place, folder: str) -> None:
    """Write the files of a repository's HEAD into a new folder, which git does not know of. Raises as `begin` does."""
    pygit2 = library()
    opened = open_repository(repository)
    try:
        if opened.head_is_unborn:
            raise EmptyError
        commit = opened.head.peel(pygit2.Commit)
        _measure(opened, commit)
        os.makedirs(folder, mode=0o700)
        opened.checkout_tree(commit, directory=folder, strategy=_STRATEGY)
    except (pygit2.GitError, OSError, KeyError, ValueError) as error:
        raise UnreadableError from error


# GIT_CHECKOUT_FORCE, DONT_UPDATE_INDEX and DONT_WRITE_INDEX
_STRATEGY = (1 << 1) | (1 << 8) | (1 << 23)


def standing_of(spot: Spot, begun: Begun) -> Standing:
    """How far the work in a worktree is. Raises AbsentError and UnreadableError as `open_repository` does,
    TooLargeError for more files than are looked at."""
    pygit2 = library()
    repository = open_repository(spot.repository)
    try:
        tip, base = tips(repository, spot, begun)
        is_merged = repository.merge_base(tip, base) == tip
        tracked = tree_of(repository, repository[tip].peel(pygit2.Commit))
    except (pygit2.GitError, KeyError, ValueError) as error:
        raise UnreadableError from error
    try:
        is_dirty = next(differing(repository, tracked, Walk(spot.folder, tracked)), None) is not None
    except AbsentError:
        is_dirty = is_there(spot.folder)  # what cannot be looked at may be anything
    return Standing(is_dirty, is_merged)


def tips(repository: Any, spot: Spot, begun: Begun) -> tuple[Any, Any]:
    """The last commits of a worktree's branch and of the one that it began with; where a branch is gone, where it
    began."""
    pygit2 = library()
    began = pygit2.Oid(hex=begun.commit)
    branch = repository.branches.local.get(spot.branch)
    base = None if begun.base is None else repository.branches.local.get(begun.base)
    if base is None and not repository.head_is_unborn:
        base = repository.head
    return (
        began if branch is None else branch.peel(pygit2.Commit).id,
        began if base is None else base.peel(pygit2.Commit).id,
    )


def tree_of(repository: Any, commit: Any) -> dict[str, tuple[int, str]]:
    """The files of a commit, without submodules. Raises TooLargeError for too many."""
    found: dict[str, tuple[int, str]] = {}
    waiting = [("", commit.tree)]
    while waiting:
        prefix, tree = waiting.pop()
        for entry in tree:
            path = prefix + entry.name
            if entry.type_str == "tree":
                waiting.append((f"{path}/", repository[entry.id]))
            elif entry.filemode != _SUBMODULE:
                found[path] = (int(entry.filemode), str(entry.id))
        if len(found) > MAX_FILES:
            raise TooLargeError
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as it was: its mode and its content, before and now; None where it is not there."""

    path: str
    modes: tuple[int | None, int | None]
    old: str | None
    new: bytes | None


MAX_FILE = 2 * 1024 * 1024
"""Bytes of a file whose lines are told."""
TOO_LARGE = b"\0"
"""In place of what is larger, or of what nobody can read: told as binary."""


def differing(repository: Any, tree: Tree, walk: Walk) -> Iterator[Difference]:
    """What in a folder is not as in a tree, by its path; ends of lines aside, where the file had none of Windows."""
    seen: set[str] = set()
    for entry in walk.entries():
        mode, blob = tree.get(entry.path, (None, None))
        seen.add(entry.path)
        try:
            if blob is not None and mode == entry.mode and walk.blob_id(entry) == blob:
                continue
            content = walk.content(entry, MAX_FILE)
            if blob is not None and _is_same_but_for_ends(repository, blob, content):
                if mode == entry.mode:
                    continue
                content = repository[blob].data
        except AbsentError:
            if not is_there(walk.folder.inside(*entry.path.split("/"))):
                continue  # it went while it was looked at
            content = TOO_LARGE
        except TooLargeError:
            if entry.size <= MAX_FILE:
                raise
            content = TOO_LARGE
        yield Difference(entry.path, (mode, entry.mode), blob, content)
    for path in sorted(tree.keys() - seen):
        mode, blob = tree[path]
        yield Difference(path, (mode, None), blob, None)


def _is_same_but_for_ends(repository: Any, blob: str, content: bytes) -> bool:
    _, size = repository.odb.read_header(blob)
    if b"\r\n" not in content or size > MAX_FILE:
        return False
    return bool(repository[blob].data == content.replace(b"\r\n", b"\n"))


def end(folder: Place, repository: Place | None, name: str, before: float) -> bool:
    """Remove a worktree's folder, and what its repository knows of it, where that is reached. The branch stays.

    False for one that was made, or made again, since a moment (`before`, as `time.time()` has it).
    """
    with _alone(folder):
        if changed_since(folder.path, before):
            return False
        remove_tree(folder.path)
        if repository is None:
            return True
        pygit2 = library()
        with suppress(AbsentError, UnreadableError, pygit2.GitError):
            opened = open_repository(repository)
            if name in opened.list_worktrees():
                opened.lookup_worktree(name).prune(True)
    return True


def changed_since(path: str, moment: float) -> bool:
    """Whether a folder was made, or something in it, since a moment, as `time.time()` has it."""
    with suppress(OSError):
        return os.lstat(path).st_ctime > moment
    return False


def _measure(repository: Any, commit: Any) -> None:
    size = 0
    for _, blob in tree_of(repository, commit).values():
        size += repository.odb.read_header(blob)[1]
        if size > MAX_BYTES:
            raise TooLargeError
