"""A project on a real repository, at a gateway with a folder for worktrees."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pygit2
import pytest
from bson import ObjectId

from models.project_roots import parse_project_roots
from models.records import CardRecord, OrganizationRecord, ProjectRecord, WorkspaceRecord
from resolvers.card.card import create_card
from resolvers.column.column import create_column
from resolvers.inputs.card import CardCreate
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.context import Context
from resolvers.project.project import create_project
from tests.machine import repository
from tests.resolvers.lab import again


@dataclass(frozen=True, slots=True)
class Bench:
    """A project with a column, and its repository; requests are the owner's."""

    owner: Context
    workspace: WorkspaceRecord
    project: ProjectRecord
    repository: pygit2.Repository
    folder: Path
    column_id: ObjectId
    card: Callable[..., Awaitable[CardRecord]]

    @property
    def ctx(self) -> Context:
        return again(self.owner)


@pytest.fixture
async def bench(tmp_path: Path, owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord) -> Bench:
    folder = tmp_path / "roots" / organization["slug"] / "launch"
    made = repository(folder)
    roots = parse_project_roots(f"{tmp_path}/roots/{{org}}")
    owner.services = replace(owner.services, project_roots=roots, worktrees=tmp_path / "worktrees")
    values = ProjectCreate.of(workspace_id=workspace["_id"], name="Launch", path=str(folder))
    project = (await create_project(again(owner), values)).value
    column = (await create_column(again(owner), ColumnCreate.of(project_id=project["_id"], name="To do"))).value

    async def card(title: str = "Fix the login", **values: object) -> CardRecord:
        given = {"project_id": project["_id"], "column_id": column["_id"], "title": title, **values}
        return (await create_card(again(owner), CardCreate.of(**given))).value

    return Bench(owner, workspace, project, made, folder, column["_id"], card)
