"""Folders and files of the machine: what is found there, for whom, and what leads nowhere."""

import asyncio
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from models import Organization, User
from models.base import collection
from models.enums import Role, ServerRole
from models.errors import BadUserInput, NotFound, OrreryError, PayloadTooLarge
from models.project_roots import Place, parse_project_roots
from models.records import OrganizationRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.machine import filesystem
from resolvers.machine.beneath import AbsentError, read_file
from resolvers.machine.filesystem import browse_folder, read_text_file
from tests.machine import repository
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again

SECRET = "what nobody may read"


@pytest.fixture
def root(tmp_path: Path, owner: Context, organization: OrganizationRecord) -> Path:
    """The folder of the owner's organization, on a machine that has more; the owner's gateway reaches it."""
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "other-org").mkdir()
    (tmp_path / "other-org" / "secret.txt").write_text(SECRET)
    own = tmp_path / organization["slug"]
    own.mkdir()
    owner.services = replace(owner.services, project_roots=parse_project_roots(f"{tmp_path}/{{org}}"))
    return own


def reaching(ctx: Context, like: Context) -> Context:
    """A request of somebody at the same gateway."""
    ctx.services = like.services
    return ctx


async def test_folders_are_browsed_from_the_roots_down(owner: Context, root: Path) -> None:
    repository(root / "launch")
    (root / "notes").mkdir()
    (root / "file.txt").write_text("no folder")

    roots = await browse_folder(owner)
    found = await browse_folder(again(owner), str(root) + "/")
    below = await browse_folder(again(owner), str(root / "launch"))

    assert [(entry.path, entry.is_git_repo) for entry in roots.entries] == [(str(root), False)]
    assert (found.path, found.parent, found.is_whole) == (str(root), None, True)
    assert [(entry.name, entry.is_git_repo) for entry in found.entries] == [("launch", True), ("notes", False)]
    assert (below.parent, [entry.name for entry in below.entries]) == (str(root), ["src"])


async def test_a_file_of_text_is_read_and_no_other(owner: Context, root: Path) -> None:
    (root / "a.txt").write_text("grüße")
    (root / "large.txt").write_bytes(b"a" * (filesystem.MAX_BYTES + 1))
    (root / "picture").write_bytes(b"\xff\xfe\x00")

    found = await read_text_file(owner, str(root / "a.txt"))

    assert (found.content, found.size) == ("grüße", 7)
    with pytest.raises(PayloadTooLarge):
        await read_text_file(again(owner), str(root / "large.txt"))
    with pytest.raises(BadUserInput):
        await read_text_file(again(owner), str(root / "picture"))


async def test_nothing_leads_out_of_a_root_and_nothing_but_files_is_opened(owner: Context, root: Path) -> None:
    repository(root / "launch")
    (root / "out").symlink_to(root.parent)
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    (root / "self").symlink_to("/proc/self")
    os.mkfifo(root / "pipe")  # whoever opens it would wait for good
    os.mknod(root / "device", 0o600 | 0o020000, os.makedev(1, 5)) if os.geteuid() == 0 else None
    paths = [
        *(root / name for name in ("link.txt", "out/secret.txt", "self/environ", "pipe", "device", "absent", "launch")),
        root.parent / "secret.txt",
        root.parent / "other-org" / "secret.txt",
        root / "launch" / ".git" / "config",
        root / "launch" / ".GIT" / "config",
        Path("/proc/self/environ"),
        Path("/etc/passwd"),
    ]
    malformed = [
        f"{root}/../secret.txt",
        f"{root}/./a",
        f"{root}/a\0b",
        "relative/a",
        "",
        f"{root}/\ud800",
        "/" + "a" * 300,
    ]

    answers = [await _refusal(owner, str(path)) for path in paths]
    refused = [await _refusal(owner, path) for path in malformed]

    # Whether something is there cannot be told from what may not be seen.
    assert answers == [(NotFound, "File not found")] * len(paths)
    assert {kind for kind, _ in refused} == {BadUserInput}
    for path in (root.parent, root / "out", root / "launch" / ".git", Path("/")):
        with pytest.raises(NotFound):
            await browse_folder(again(owner), str(path))


async def test_a_folder_exchanged_for_a_link_meanwhile_leads_nowhere(tmp_path: Path) -> None:
    """Given a folder that is a link out of the root half of the time, then no read ever comes by what is outside."""
    outside, inside = tmp_path / "outside", tmp_path / "root"
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

    def read() -> set[bytes]:
        seen: set[bytes] = set()
        for _ in range(3_000):
            with suppress(AbsentError):
                seen.add(read_file(Place(str(inside), ("folder", "a.txt")), 100))
        return seen

    exchanging = asyncio.create_task(asyncio.to_thread(exchange))
    seen = await asyncio.to_thread(read)
    going_on = False
    await exchanging

    assert seen == {b"fine"}


async def test_of_a_large_folder_the_first_are_shown(
    owner: Context, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystem, "MAX_ENTRIES", 2)
    for name in "cab":
        (root / name).mkdir()

    found = await browse_folder(owner, str(root))

    assert ([entry.name for entry in found.entries], found.is_whole) == (["a", "b"], False)


async def test_a_root_is_for_those_who_run_the_organization(
    owner: Context, root: Path, workspace: WorkspaceRecord, join: Join
) -> None:
    member = reaching(await join(workspace, "ada", Role.ADMIN), owner)

    assert str(root) not in [entry.path for entry in (await browse_folder(member)).entries]
    with pytest.raises(NotFound):
        await browse_folder(again(member), str(root))


async def test_a_root_of_nobody_is_for_whoever_runs_the_installation(
    owner: Context, organization: OrganizationRecord, tmp_path: Path
) -> None:
    owner.services = replace(owner.services, project_roots=parse_project_roots(str(tmp_path)))
    before = (await browse_folder(owner)).entries

    await collection(User).update_one({"_id": owner.user_id}, {"$set": {"server_role": ServerRole.SUPER_ADMIN.value}})

    assert before == []
    assert [entry.path for entry in (await browse_folder(again(owner))).entries] == [str(tmp_path)]


async def test_the_folder_follows_the_slug_of_the_organization(
    owner: Context, root: Path, organization: OrganizationRecord
) -> None:
    await collection(Organization).update_one({"_id": organization["_id"]}, {"$set": {"slug": "moved-away"}})

    with pytest.raises(NotFound):
        await browse_folder(owner, str(root))


async def _refusal(ctx: Context, path: str) -> tuple[type[OrreryError], str]:
    try:
        await read_text_file(again(ctx), path)
    except OrreryError as error:
        return type(error), error.message
    raise AssertionError(f"{path} was read")
