"""The files of a project's repository, and which projects have a folder."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from bson import ObjectId

from models import Project
from models.base import collection
from models.enums import Role
from models.errors import Conflict, NotBound
from models.project_roots import parse_project_roots
from models.records import OrganizationRecord, ProjectRecord, WorkspaceRecord
from resolvers.inputs.project import ProjectCreate, ProjectUpdate
from resolvers.kit.context import Context
from resolvers.machine.files import list_files
from resolvers.machine.reach import binds
from resolvers.project import project as projects
from resolvers.project.project import create_project, update_project
from tests.machine import repository
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again


@pytest.fixture
def root(tmp_path: Path, owner: Context, organization: OrganizationRecord) -> Path:
    """The folder of the owner's organization, which the owner's gateway reaches."""
    own = tmp_path / organization["slug"]
    own.mkdir()
    owner.services = replace(owner.services, project_roots=parse_project_roots(f"{tmp_path}/{{org}}"))
    return own


async def project_in(ctx: Context, workspace: WorkspaceRecord, folder: Path | str) -> ProjectRecord:
    values = ProjectCreate.of(workspace_id=workspace["_id"], name="Launch", path=str(folder))
    return (await create_project(again(ctx), values)).value


async def test_the_files_that_git_tracks_are_listed(owner: Context, root: Path, workspace: WorkspaceRecord) -> None:
    repository(root / "launch")
    (root / "launch" / "untracked.txt").write_text("no")

    project = await project_in(owner, workspace, root / "launch")

    assert project["bound"]
    assert await list_files(owner, project["_id"]) == ["README.md", "src/main.py"]


async def test_a_project_elsewhere_is_made_and_is_not_bound(
    owner: Context, root: Path, workspace: WorkspaceRecord, join: Join
) -> None:
    member = await join(workspace, "ada", Role.ADMIN)
    member.services = owner.services
    for ctx, path in ((owner, "/etc"), (owner, f"{root}/../x"), (owner, "C:\\repos"), (member, root / "launch")):
        project = await project_in(ctx, workspace, path)

        assert (project["path"], project["bound"]) == (str(path), False)
        with pytest.raises(NotBound):
            await list_files(again(owner), project["_id"])


async def test_another_path_binds_anew_and_one_that_stays_stays_bound(
    owner: Context, root: Path, workspace: WorkspaceRecord, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await join(workspace, "ada", Role.MEMBER)
    member.services = owner.services
    project = await project_in(owner, workspace, root / "launch")

    async def bound_by(ctx: Context, path: Path | None) -> bool:
        changed = ProjectUpdate.of(path=None if path is None else str(path))
        return bool((await update_project(again(ctx), project["_id"], changed)).value["bound"])

    assert await bound_by(member, root / "launch")
    assert not await bound_by(member, root / "other")
    assert await bound_by(owner, root / "other")
    assert not await bound_by(owner, None)

    # When somebody who may bind it gives it another path meanwhile, then it is not bound to what the member has said
    assert not await bound_by(member, root / "other")

    async def meanwhile(ctx: Context, workspace_id: ObjectId, path: str | None) -> bool:
        with monkeypatch.context() as patch:
            patch.setattr(projects, "binds", binds)
            assert await bound_by(owner, root / "launch")
        return await binds(ctx, workspace_id, path)

    monkeypatch.setattr(projects, "binds", meanwhile)
    assert not await bound_by(member, root / "other")


async def test_what_is_bound_counts_for_nothing_outside_of_the_roots_of_today(
    owner: Context, root: Path, workspace: WorkspaceRecord
) -> None:
    repository(root / "launch")
    project = await project_in(owner, workspace, root / "launch")
    await collection(Project).update_one({"_id": project["_id"]}, {"$set": {"path": str(root.parent)}})

    with pytest.raises(NotBound):
        await list_files(again(owner), project["_id"])


async def test_what_is_no_repository_says_so(owner: Context, root: Path, workspace: WorkspaceRecord) -> None:
    """Given a plain folder, a damaged index, one that is a pipe, a link or a folder, and a repository elsewhere."""
    outside = repository(root.parent / "outside")
    folders = {name: root / name for name in ("plain", "damaged", "pipe", "linked", "folder", "pointer", "link")}
    for name, folder in folders.items():
        if name not in ("plain", "pointer", "link"):
            repository(folder)
            (folder / ".git" / "index").unlink()
    for name in ("plain", "pointer", "link"):
        folders[name].mkdir()
    (folders["damaged"] / ".git" / "index").write_bytes(b"DIRC" + bytes(100))
    os.mkfifo(folders["pipe"] / ".git" / "index")
    (folders["linked"] / ".git" / "index").symlink_to(Path(outside.path, "index"))
    (folders["folder"] / ".git" / "index").mkdir()
    (folders["pointer"] / ".git").write_text(f"gitdir: {outside.path}\n")
    (folders["link"] / ".git").symlink_to(outside.path)

    for name, folder in folders.items():
        project = await project_in(owner, workspace, folder)
        if name in ("pipe", "linked", "folder"):
            assert await list_files(again(owner), project["_id"]) == []
            continue
        with pytest.raises(Conflict):
            await list_files(again(owner), project["_id"])
