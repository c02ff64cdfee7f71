"""Worktrees of cards: what is made, what differs in them, what is not deleted with them, and what goes."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pygit2
import pytest

from models import Worktree
from models.base import collection, utc_now
from models.errors import Conflict, NotBound, OrreryError, WorktreeDirty
from models.records import CardRecord, WorktreeRecord
from resolvers.account.delete import delete_account
from resolvers.card.card import delete_card
from resolvers.card.label import create_label
from resolvers.column.column import clean_column, create_column, delete_column
from resolvers.inputs.account import AccountDelete
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.label import LabelCreate
from resolvers.inputs.project import ProjectUpdate
from resolvers.machine.work import with_git
from resolvers.organization.organization import delete_organization
from resolvers.project.project import delete_project, update_project
from resolvers.workspace.workspace import delete_workspace
from resolvers.worktree.spot import folder_of
from resolvers.worktree.sweep import delete_finished, remove_abandoned
from resolvers.worktree.worktree import create_worktree, delete_worktree, get_diff
from tests.machine import commit, repository
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import PASSWORD, events
from tests.resolvers.worktree.conftest import Bench


async def begun(bench: Bench, card: CardRecord) -> tuple[WorktreeRecord, Path]:
    """The worktree of a card, and where it is."""
    worktree = (await create_worktree(bench.ctx, card["_id"])).value
    return worktree, Path(folder_of(bench.owner.services, card["project_id"], card["_id"]).path)


def committed(bench: Bench, card: CardRecord, files: dict[str, str]) -> pygit2.Oid:
    """A commit on the branch of a card's worktree, made there."""
    return commit(pygit2.Repository(f"{bench.repository.path}worktrees/card-{card['_id']}"), files, "Work")


async def test_a_card_has_one_worktree_with_a_branch_of_its_own(bench: Bench) -> None:
    bug = (await create_label(bench.ctx, LabelCreate.of(project_id=bench.project["_id"], name="Bug"))).value
    card = await bench.card("Fïx the login, please!", label_ids=[bug["_id"]])

    worktree, folder = await begun(bench, card)
    again = await create_worktree(bench.ctx, card["_id"])

    assert worktree["branch"] == f"fix/card-{card['_id']}-fix-the-login-please"
    assert (worktree["base"], worktree["base_commit"]) == ("main", str(bench.repository.head.target))
    assert worktree["branch"] in bench.repository.branches.local
    assert (folder / "src" / "main.py").read_text() == "print('launch')\n"
    assert again.value == worktree
    told = [event["type"] for event in await events(bench.workspace["_id"]) if event["type"].startswith("Worktree")]
    assert told == ["WorktreeCreated"]


async def test_the_diff_has_commits_and_what_is_in_none_and_new_files(bench: Bench) -> None:
    card = await bench.card()
    before = await get_diff(bench.ctx, card["_id"])
    _, folder = await begun(bench, card)
    untouched = await get_diff(bench.ctx, card["_id"])
    committed(bench, card, {"src/main.py": "print('landed')\n"})
    # What goes on in the project is none of the card's work.
    commit(bench.repository, {"other.txt": "Others\n"}, "Others")
    (folder / "README.md").unlink()
    (folder / "new.txt").write_text("one\ntwo\n")
    (folder / ".gitignore").write_text("build/\n*.log\n!keep.log\n")
    (folder / "keep.log").write_text("kept\n")
    (folder / "a.log").write_text("left out\n")
    (folder / "build").mkdir()
    (folder / "build" / "out").write_text("left out\n")
    (folder / "script.sh").write_text("true\n")
    (folder / "script.sh").chmod(0o755)
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "picture").write_bytes(b"\0\1\2")

    found = await get_diff(bench.ctx, card["_id"])

    assert (before.text, untouched.text, untouched.files_changed) == ("", "", 0)
    headers = [line for line in found.text.splitlines() if line.startswith("diff --git")]
    names = [".gitignore", "README.md", "keep.log", "link", "new.txt", "picture", "script.sh", "src/main.py"]
    assert headers == [f"diff --git a/{name} b/{name}" for name in names]
    assert "new file mode 100755" in found.text
    assert "+/etc/passwd" in found.text
    assert "root:" not in found.text
    assert "-print('launch')\n+print('landed')\n" in found.text
    assert (found.files_changed, found.insertions, found.deletions, found.whole) == (8, 9, 2, True)


async def test_ends_of_lines_alone_are_no_difference(bench: Bench) -> None:
    card = await bench.card()
    _, folder = await begun(bench, card)
    (folder / "README.md").write_bytes(b"# Launch\r\n")

    assert (await get_diff(bench.ctx, card["_id"])).files_changed == 0
    await delete_card(bench.ctx, card["_id"])


async def test_work_that_is_not_merged_is_deleted_by_no_door_unless_it_is_forced(bench: Bench) -> None:
    dirty, unmerged, clean = [await bench.card(title) for title in ("Dirty", "Unmerged", "Clean")]
    worktrees = {card["_id"]: await begun(bench, card) for card in (dirty, unmerged, clean)}
    (worktrees[dirty["_id"]][1] / "new.txt").write_text("work")
    tip = committed(bench, unmerged, {"work.txt": "done"})
    project, workspace = bench.project["_id"], bench.workspace

    for refused, run in (
        ([dirty], lambda: delete_card(bench.ctx, dirty["_id"])),
        ([unmerged], lambda: delete_card(bench.ctx, unmerged["_id"])),
        ([dirty, unmerged], lambda: clean_column(bench.ctx, bench.column_id)),
        ([dirty, unmerged], lambda: delete_column(bench.ctx, bench.column_id)),
        ([dirty, unmerged], lambda: delete_project(bench.ctx, project)),
        ([dirty, unmerged], lambda: delete_workspace(bench.ctx, workspace["_id"])),
        ([dirty, unmerged], lambda: delete_organization(bench.ctx, workspace["organization_id"])),
    ):
        with pytest.raises(WorktreeDirty) as refusal:
            await run()
        assert refusal.value.details["cardIds"] == [str(card["_id"]) for card in refused]

    await delete_card(bench.ctx, clean["_id"])
    bench.repository.references.create("refs/heads/main", tip, force=True)  # as a merge does
    await delete_card(bench.ctx, unmerged["_id"])
    await delete_column(bench.ctx, bench.column_id, force=True)
    assert await collection(Worktree).count_documents({"project_id": project}) == 0

    column = (await create_column(bench.ctx, ColumnCreate.of(project_id=project, name="Next"))).value
    _, folder = await begun(bench, await bench.card("Dirty too", column_id=column["_id"]))
    (folder / "new.txt").write_text("work")
    with pytest.raises(WorktreeDirty):
        await delete_account(bench.ctx, AccountDelete(password=PASSWORD))
    await delete_account(bench.ctx, AccountDelete(password=PASSWORD, force=True))
    await finish_deletions(bench.owner.services)
    assert await collection(Worktree).count_documents({"project_id": project}) == 0


async def test_the_folder_goes_with_the_worktree_and_the_branch_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, other = await bench.card(), await bench.card("Other")
    worktree, folder = await begun(bench, card)
    _, kept = await begun(bench, other)
    (folder / "closed").mkdir()
    (folder / "closed" / "file").write_text("work")
    (folder / "closed").chmod(0)

    with pytest.raises(WorktreeDirty):
        await delete_worktree(bench.ctx, worktree["_id"])
    await delete_worktree(bench.ctx, worktree["_id"], force=True)
    too_early = await remove_abandoned(bench.owner.services)
    removed = await remove_abandoned(bench.owner.services, grace=timedelta(0))

    assert (too_early, removed) == (0, 1)
    assert (folder.exists(), kept.exists()) == (False, True)
    assert bench.repository.list_worktrees() == [f"card-{other['_id']}"]
    assert worktree["branch"] in bench.repository.branches.local
    # It is made anew, on the branch of before; and stays where that is while its folder is about to be removed
    anew = (await create_worktree(bench.ctx, card["_id"])).value
    assert anew["branch"] == worktree["branch"]
    await delete_worktree(bench.ctx, anew["_id"])

    async def meanwhile(work: Callable[..., bool], *args: object) -> bool:
        await create_worktree(bench.ctx, card["_id"])
        return await with_git(work, *args)

    monkeypatch.setattr("resolvers.worktree.sweep.with_git", meanwhile)
    assert await remove_abandoned(bench.owner.services, grace=timedelta(0)) == 0
    assert (folder / "README.md").exists()
    assert f"card-{card['_id']}" in bench.repository.list_worktrees()


async def test_what_is_long_finished_goes_by_itself(bench: Bench) -> None:
    finished, dirty = await bench.card("Finished"), await bench.card("Dirty")
    await begun(bench, finished)
    _, folder = await begun(bench, dirty)
    (folder / "new.txt").write_text("work")

    async def left() -> list[object]:
        found = await collection(Worktree).find({"project_id": bench.project["_id"]}).to_list()
        return [worktree["card_id"] for worktree in found]

    await delete_finished(bench.owner.services, None)
    young = await left()
    await delete_finished(bench.owner.services, None, before=utc_now() + timedelta(minutes=1))

    assert young == [finished["_id"], dirty["_id"]]
    assert await left() == [dirty["_id"]]


async def test_no_worktree_is_made_of_what_is_no_repository_of_its_own(bench: Bench) -> None:
    """Given folders without a commit, damaged ones, and ones that lead to what is elsewhere, then each is refused."""
    root, card = bench.folder.parent, await bench.card()
    outside = repository(root.parent.parent / "outside", {"secret.txt": "what nobody may read"})
    pygit2.init_repository(str(root / "empty"))
    for name in ("plain", "pointer", "link"):
        (root / name).mkdir()
    (root / "pointer" / ".git").write_text(f"gitdir: {outside.path}")
    (root / "link" / ".git").symlink_to(outside.path)
    repositories = ("alternates", "include", "objects", "common", "worktrees", "pipe")
    git = {name: Path(repository(root / name).path) for name in repositories}
    (git["alternates"] / "objects" / "info" / "alternates").write_text(f"{outside.path}objects\n")
    (git["include"] / "config").write_text(f"[core]\n\tbare = false\n[ include ]\n\tpath = {root}/any\n")
    (git["objects"] / "objects").rename(root / "moved")
    (git["objects"] / "objects").symlink_to(root / "moved")
    (git["common"] / "commondir").write_text(outside.path)
    (git["worktrees"] / "worktrees").symlink_to(root)
    (git["pipe"] / "HEAD").unlink()
    os.mkfifo(git["pipe"] / "HEAD")

    async def refusal(name: str | None) -> type[OrreryError]:
        path = "/etc" if name is None else str(root / name)
        await update_project(bench.ctx, bench.project["_id"], ProjectUpdate.of(path=path))
        with pytest.raises(Conflict) as refused:
            await create_worktree(bench.ctx, card["_id"])
        assert "/" not in refused.value.message
        return refused.type

    assert await refusal(None) is NotBound
    for name in ("empty", "plain", "pointer", "link", *repositories):
        assert await refusal(name) is Conflict, name
