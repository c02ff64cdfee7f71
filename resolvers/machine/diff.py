"""What the work in a worktree differs in from where it began, as git writes it. For processes of their own."""

from dataclasses import dataclass
from typing import Any

from resolvers.machine.beneath import AbsentError
from resolvers.machine.git import UnreadableError, library
from resolvers.machine.open import open_repository
from resolvers.machine.walk import Walk
from resolvers.machine.worktrees import (
    MAX_FILE,
    TOO_LARGE,
    Begun,
    Difference,
    Spot,
    differing,
    tips,
    tree_of,
)

MAX_DIFF = 2 * 1024 * 1024
"""Bytes that are told of a diff."""
MAX_LOOKED_AT = 64 * 1024 * 1024
"""Bytes of files whose lines are compared."""


@dataclass(frozen=True, slots=True)
class Diff:
    """A diff; `whole` says that it tells of every file, else of the first."""

    text: str = ""
    files_changed: int = 0
    insertions: int = 0
    deletions: int = 0
    whole: bool = True


def diff_of(spot: Spot, begun: Begun) -> Diff:
    """What a worktree differs in from where its branch left the one that it began with: its commits, what is in none,
    and new files. Raises as `standing_of` does; without the folder it is the commits alone.
    """
    pygit2 = library()
    repository = open_repository(spot.repository)
    try:
        tip, base = tips(repository, spot, begun)
        fork = repository.merge_base(tip, base) or pygit2.Oid(hex=begun.commit)
        tree = tree_of(repository, repository[fork].peel(pygit2.Commit))
        try:
            found = list(differing(repository, tree, Walk(spot.folder, tree)))
        except AbsentError:
            found = _of_commits(repository, tree, tree_of(repository, repository[tip].peel(pygit2.Commit)))
    except (pygit2.GitError, KeyError, ValueError) as error:
        raise UnreadableError from error
    return _written(repository, sorted(found, key=lambda one: one.path))


def _of_commits(repository: Any, old: Any, new: Any) -> list[Difference]:
    none = (None, None)
    return [
        Difference(
            path,
            (old.get(path, none)[0], new.get(path, none)[0]),
            old.get(path, none)[1],
            None if path not in new else _content(repository, new[path][1]),
        )
        for path in old.keys() | new.keys()
        if old.get(path) != new.get(path)
    ]


def _content(repository: Any, blob: str) -> bytes:
    if repository.odb.read_header(blob)[1] > MAX_FILE:
        return TOO_LARGE
    content: bytes = repository[blob].data
    return content


def _written(repository: Any, found: list[Difference]) -> Diff:
    pygit2 = library()
    pieces: list[bytes] = []
    size = looked_at = insertions = deletions = 0
    whole = True
    for difference in found:
        old = None if difference.old is None else _content(repository, difference.old)
        looked_at += len(old or b"") + len(difference.new or b"")
        if looked_at > MAX_LOOKED_AT:
            whole = False
            break
        patch = pygit2.Patch.create_from(old, difference.new, old_as_path=difference.path, new_as_path=difference.path)
        _, added, removed = patch.line_stats
        insertions, deletions = insertions + added, deletions + removed
        piece = _with_modes(difference, patch.data)
        size += len(piece)
        whole = whole and size <= MAX_DIFF
        if whole:
            pieces.append(piece)
    text = b"".join(pieces).decode(errors="replace")
    return Diff(text, len(found), insertions, deletions, whole)


def _with_modes(difference: Difference, patch: bytes) -> bytes:
    """A patch with the modes of its file, which libgit2 does not know of what is not in a tree."""
    before, after = difference.modes
    if before is None or after is None:
        return patch.replace(b"file mode 100644", b"file mode %o" % (after or before or 0), 1)
    if before == after:
        return patch
    header, end, rest = patch.partition(b"\n")
    if not end:
        path = difference.path.encode()
        header = b"diff --git a/%s b/%s" % (path, path)
    return b"%s\nold mode %o\nnew mode %o\n%s" % (header, before, after, rest)
