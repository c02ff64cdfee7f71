"""Worktrees that whoever worked there has closed, or made too deep to be gone through."""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.project_roots import Place
from resolvers.machine.git import library
from resolvers.machine.remove import remove_tree
from resolvers.machine.work import with_git
from resolvers.machine.worktrees import Begun, Spot, begin, standing_of
from resolvers.worktree.spot import folder_of
from resolvers.worktree.sweep import remove_abandoned
from resolvers.worktree.worktree import create_worktree, delete_worktree
from tests.machine import repository
from tests.resolvers.worktree.conftest import Bench

NOBODY = 65534


@pytest.fixture
def plain() -> Iterator[Path]:
    """A folder of an account which is not root's, as which the test runs: nothing is closed to root."""
    with tempfile.TemporaryDirectory() as made:
        if os.geteuid() != 0:
            yield Path(made)
            return
        os.chown(made, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Path(made)
        finally:
            os.seteuid(0)


def deep(folder: Path) -> None:
    """Folders in one another, deeper than any path says."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(1_200):
        os.mkdir("deeper", dir_fd=descriptor)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)


def test_what_is_closed_and_what_is_deep_is_removed(plain: Path) -> None:
    """Given a closed folder with closed ones in it, a deep one, and a link out, then they go, and nothing else."""
    (plain / "outside" / "kept").mkdir(parents=True)
    (plain / "outside").chmod(0o755)
    folder = plain / "folder"
    (folder / "closed" / "inner").mkdir(parents=True)
    (folder / "closed" / "inner" / "file").write_text("work")
    (folder / "link").symlink_to(plain / "outside")
    deep(folder)
    for closed in (folder / "closed" / "inner", folder / "closed", folder):
        closed.chmod(0)

    remove_tree(str(folder))
    remove_tree(str(folder))

    assert not folder.exists()
    assert (plain / "outside" / "kept").is_dir()
    assert (plain / "outside").stat().st_mode & 0o777 == 0o755


def test_what_cannot_be_read_is_not_said_to_be_clean(plain: Path) -> None:
    """Given new work in a closed folder or file, or in a worktree that is closed itself, then it is dirty."""
    library()  # the settings of root's account are not read
    made = repository(plain / "repository")
    spot = Spot(Place(str(plain / "repository")), Place(str(plain / "worktree")), "card", "work")
    begun = begin(spot)
    worktree = plain / "worktree"

    def is_dirty() -> bool:
        return standing_of(spot, Begun("main", str(made.head.target))).is_dirty

    assert begun.commit == str(made.head.target)
    assert not is_dirty()
    (worktree / "new").mkdir()
    (worktree / "new" / "work.txt").write_text("work")
    for mode in (0, 0o400):
        (worktree / "new").chmod(mode)
        assert is_dirty(), mode
    (worktree / "new").chmod(0o700)
    (worktree / "new" / "work.txt").rename(worktree / "work.txt")
    (worktree / "work.txt").chmod(0)
    assert is_dirty()
    (worktree / "work.txt").rename(worktree / "src" / "work.txt")
    (worktree / "src" / ".gitignore").touch(0)
    assert is_dirty()
    (worktree / "src" / "work.txt").unlink()
    (worktree / "src" / ".gitignore").unlink()
    assert not is_dirty()
    worktree.chmod(0)
    assert is_dirty()
    remove_tree(str(worktree))
    assert not is_dirty()


async def test_a_folder_that_cannot_be_removed_keeps_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [await bench.card(title) for title in ("First", "Second", "Third")]
    folders = []
    for card in cards:
        worktree = (await create_worktree(bench.ctx, card["_id"])).value
        await delete_worktree(bench.ctx, worktree["_id"], force=True)
        folders.append(Path(folder_of(bench.owner.services, card["project_id"], card["_id"]).path))

    async def failing(work: Callable[..., bool], folder: Place, *args: object) -> bool:
        if folder.path == str(folders[1]):
            raise PermissionError
        return await with_git(work, folder, *args)

    monkeypatch.setattr("resolvers.worktree.sweep.with_git", failing)
    removed = await remove_abandoned(bench.owner.services, grace=timedelta(0))

    assert removed == 2
    assert [folder.exists() for folder in folders] == [False, True, False]
