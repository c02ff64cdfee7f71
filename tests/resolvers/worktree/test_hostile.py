"""Repositories and worktrees made to harm whoever reads them: nothing that they name runs, nothing outside is read."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import pygit2

from models.project_roots import Place
from resolvers.machine.beneath import AbsentError
from resolvers.machine.walk import Walk
from resolvers.worktree.spot import folder_of
from resolvers.worktree.worktree import create_worktree, delete_worktree, get_diff
from tests.machine import commit
from tests.resolvers.worktree.conftest import Bench

SECRET = "what nobody may read"
HOOKS = ("post-checkout", "post-commit", "pre-commit", "reference-transaction", "post-index-change", "fsmonitor")


def arm(bench: Bench, witness: Path) -> None:
    """Let a repository name a program wherever git would run one; that leaves a witness behind."""
    program = bench.folder.parent / "program"
    program.write_text(f"#!{sys.executable}\nimport pathlib\npathlib.Path({str(witness)!r}).write_text('ran')\n")
    program.chmod(0o755)
    git = Path(bench.repository.path)
    (git / "hooks").mkdir(exist_ok=True)
    for name in HOOKS:
        (git / "hooks" / name).symlink_to(program)
    (git / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = /etc\n"
        f"\tfsmonitor = {program}\n\thooksPath = {git}/hooks\n\teditor = {program}\n\tpager = {program}\n"
        f'[filter "x"]\n\tclean = {program}\n\tsmudge = {program}\n\tprocess = {program}\n\trequired = true\n'
        f'[diff "x"]\n\ttextconv = {program}\n\tcommand = {program}\n[diff]\n\texternal = {program}\n'
        f'[merge "x"]\n\tdriver = {program}\n[credential]\n\thelper = {program}\n'
    )


async def test_nothing_that_a_repository_names_is_run(bench: Bench, tmp_path: Path) -> None:
    """Given filters, a monitor, text conversions and hooks, then neither a worktree nor its diff runs one."""
    witness = tmp_path / "witness"
    commit(bench.repository, {".gitattributes": "* filter=x diff=x merge=x\n"}, "Attributes")
    arm(bench, witness)
    card = await bench.card()

    worktree = (await create_worktree(bench.ctx, card["_id"])).value
    folder = Path(folder_of(bench.owner.services, card["project_id"], card["_id"]).path)
    (folder / "src" / "main.py").write_text("print('other')\n")
    found = await get_diff(bench.ctx, card["_id"])
    await delete_worktree(bench.ctx, worktree["_id"], force=True)

    assert "+print('other')" in found.text
    assert found.files_changed == 1
    assert not witness.exists()


async def test_whoever_works_in_a_worktree_leads_its_reader_nowhere(bench: Bench, tmp_path: Path) -> None:
    """Given pipes, links out, and a `.git` that names another repository, then the diff is of the files there alone."""
    (tmp_path / "secret.txt").write_text(SECRET)
    card = await bench.card()
    await create_worktree(bench.ctx, card["_id"])
    folder = Path(folder_of(bench.owner.services, card["project_id"], card["_id"]).path)
    hostile = pygit2.init_repository(str(folder / "sub"))
    (folder / ".git").write_text(f"gitdir: {hostile.path}\n")
    (folder / "sub" / "inner.txt").write_text("inner")
    for name in ("src/main.py", "README.md"):
        (folder / name).unlink()
    (folder / "src").rmdir()
    (folder / "src").symlink_to(tmp_path)
    (folder / "README.md").symlink_to(tmp_path / "secret.txt")
    (folder / ".gitignore").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "sub" / ".gitignore")

    found = await get_diff(bench.ctx, card["_id"])

    assert SECRET not in found.text
    headers = {line.rpartition(" b/")[2] for line in found.text.splitlines() if line.startswith("diff --git")}
    assert headers == {"README.md", "src", "src/main.py", ".gitignore", "sub/inner.txt"}


async def test_a_folder_exchanged_for_a_link_is_never_walked_through(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder, text in ((outside, SECRET), (inside / "real", "fine")):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(text)
    (inside / "link").symlink_to(outside)
    os.rename(inside / "real", inside / "folder")
    going_on = True

    def exchange() -> None:
        while going_on:
            for taken, put in (("real", "link"), ("link", "real")):
                os.rename(inside / "folder", inside / taken)
                os.rename(inside / put, inside / "folder")

    def walk() -> set[bytes]:
        seen: set[bytes] = set()
        for _ in range(500):
            going = Walk(Place(str(inside)), ())
            for entry in going.entries():
                if entry.path.endswith(".txt"):
                    with suppress(AbsentError):
                        seen.add(going.content(entry, 100))
        return seen

    exchanging = asyncio.create_task(asyncio.to_thread(exchange))
    seen = await asyncio.to_thread(walk)
    going_on = False
    await exchanging

    assert seen == {b"fine"}
