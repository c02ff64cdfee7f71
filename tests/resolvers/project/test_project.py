from datetime import UTC, datetime
from typing import Any

import pytest

from auth.policies import board as policy
from models import Project
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.inputs.project import ProjectCreate, ProjectUpdate
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import (
    card_count_of,
    create_project,
    delete_project,
    get_project,
    list_projects,
    members_of,
    projects_of,
    update_project,
    workspace_of,
)
from resolvers.project.slug import SLUG_STEP
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_sorting import NoWork


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def make(owner: Context, workspace: Any, **values: Any) -> Any:
    given = {"workspaceId": workspace["_id"], "name": "Orrery", **values}
    return (await create_project(again(owner), read_input(ProjectCreate, given))).value


async def change(board: Board, **values: Any) -> Any:
    return (await update_project(board.ctx, board.project["_id"], read_input(ProjectUpdate, values))).value


async def test_a_new_project_has_its_creator_as_a_member(owner: Context, workspace: Any) -> None:
    before = len(await events(workspace["_id"]))

    project = await make(owner, workspace, description="Brass", deadline="2026-12-24", template=None)

    assert await get_project(again(owner), project["_id"]) == project
    assert project["deadline"] == datetime(2026, 12, 24, tzinfo=UTC)
    [members] = await members_of(again(owner), [project], None)
    assert [member["user_id"] for member in members.nodes] == [owner.user_id]
    told = (await events(workspace["_id"]))[before:]
    assert [event["type"] for event in told] == ["ProjectCreated", "ProjectMemberAdded"]
    assert all(event["project_id"] == project["_id"] for event in told)


async def test_a_slug_is_unique_in_the_workspace_and_made_of_the_name_where_nobody_says(
    owner: Context, workspace: Any, board: Board
) -> None:
    first, second = await make(owner, workspace), await make(owner, workspace)
    inbox, foreign = await make(owner, workspace, name="Inbox"), await make(owner, workspace, name="天文")
    chosen = await make(owner, workspace, slug="sky", status="building", tagline="Stars", brandColor="#0A0b0c")

    assert (first["slug"], second["slug"]) == ("orrery", f"orrery-{str(second['_id'])[-6:]}")
    assert (inbox["slug"], foreign["slug"]) == (f"inbox-{str(inbox['_id'])[-6:]}", "project")
    assert (chosen["slug"], chosen["status"], chosen["tagline"]) == ("sky", "building", "Stars")
    with pytest.raises(Conflict) as taken:
        await make(owner, workspace, slug="sky")
    assert taken.value.field == "slug"
    for slug in ("inbox", "Sky", "s"):
        with pytest.raises(BadUserInput):
            await make(owner, workspace, slug=slug)
    with pytest.raises(Conflict):
        await change(board, slug="sky")
    assert (await change(board, slug="mirror"))["slug"] == (await change(board, slug="mirror"))["slug"] == "mirror"
    with pytest.raises(BadUserInput):
        await change(board, slug=None)


async def test_projects_of_before_are_given_slugs(owner: Context, workspace: Any) -> None:
    known, older = await make(owner, workspace), await make(owner, workspace)
    await collection(Project).update_one({"_id": older["_id"]}, {"$unset": {"slug": ""}})
    await SLUG_STEP.run(NoWork())

    slugs = {project["_id"]: project["slug"] for project in await list_projects(again(owner), workspace["_id"])}
    assert slugs == {known["_id"]: "orrery", older["_id"]: f"orrery-{str(older['_id'])[-6:]}"}


async def test_an_update_changes_what_is_given_and_null_clears(board: Board) -> None:
    await change(board, description="Brass", deadline="2026-12-24")
    seq = await board.seq()

    changed = await change(board, description=None, name="Planetarium")
    same = await change(board, name="Planetarium", description=None)
    await change(board)

    assert (changed["name"], changed["description"]) == ("Planetarium", None)
    assert changed["deadline"] == datetime(2026, 12, 24, tzinfo=UTC)
    assert same == changed == await collection(Project).find_one({"_id": board.project["_id"]})
    assert changed["updated_at"] > board.project["updated_at"]
    assert await board.types_since(seq) == ["ProjectUpdated"]


def test_a_name_cannot_be_null() -> None:
    with pytest.raises(BadUserInput, match=r"^name: must not be null"):
        read_input(ProjectUpdate, {"name": None})


async def test_a_project_that_is_gone_is_not_found(board: Board) -> None:
    await delete_project(board.ctx, board.project["_id"])

    for attempt in (
        get_project(board.ctx, board.project["_id"]),
        change(board, name="x"),
        delete_project(board.ctx, board.project["_id"]),
        board.card(None),
        board.column(),
        board.scope(),
        board.label(),
    ):
        with pytest.raises(NotFound, match="Project not found"):
            await attempt


async def test_strangers_get_the_answer_of_what_does_not_exist(board: Board, workspace: Any, people: People) -> None:
    stranger = await people.register("mallory")

    for project_id in (board.project["_id"], new_id(Kind.PROJECT)):
        for attempt in (get_project, rename, delete_project):
            with pytest.raises(NotFound, match=r"^Project not found$"):
                await attempt(again(stranger), project_id)
    with pytest.raises(NotFound, match=r"^Workspace not found$"):
        await make(stranger, workspace)
    assert await get_project(board.ctx, board.project["_id"]) == board.project


async def rename(ctx: Context, project_id: Any) -> object:
    return await update_project(ctx, project_id, ProjectUpdate.of(name="x"))


@pytest.mark.parametrize("wrong", ["x", "", None, 5, "0" * 24, new_id(Kind.CARD), {"$ne": ""}])
async def test_what_is_no_project_id_is_refused(wrong: Any, owner: Context) -> None:
    with pytest.raises(BadUserInput, match=r"^id: "):
        await get_project(again(owner), wrong)


async def test_every_member_of_the_workspace_reads_and_writes_its_projects(
    board: Board, workspace: Any, join: Join
) -> None:
    member = await join(workspace, "ada")
    theirs = Board(member, board.project, board.columns)

    await change(theirs, name="Mine")
    await theirs.card()

    assert len(await list_projects(again(member), workspace["_id"])) == 1


async def test_the_projects_of_workspaces_come_filtered_and_in_order(owner: Context, workspace: Any) -> None:
    for name, deadline in (("Beta", None), ("Alpha", "2026-12-24"), ("Gamma", "2026-01-01")):
        await make(owner, workspace, name=name, deadline=deadline)
    ctx = again(owner)

    async def names(**arguments: Any) -> list[str]:
        [page] = await projects_of(ctx, [workspace], frozenset({"name"}), **arguments)
        return [project["name"] for project in page.nodes]

    assert await names() == ["Beta", "Alpha", "Gamma"]
    assert await names(order_by=[{"field": "NAME"}]) == ["Alpha", "Beta", "Gamma"]
    assert await names(order_by=[{"field": "DEADLINE", "direction": "DESC"}]) == ["Alpha", "Gamma", "Beta"]
    assert await names(filter={"deadline": {"null": True}}) == ["Beta"]
    assert await names(filter={"or": [{"name": {"contains": "alp"}}, {"name": {"eq": "Gamma"}}]}) == ["Alpha", "Gamma"]
    assert await names(first=1) == ["Beta"]


async def test_a_project_knows_its_workspace_and_counts_its_open_cards(board: Board, workspace: Any) -> None:
    await board.card()
    await board.card(None)
    await board.update(await board.card(), archived=True)
    empty = await make_board(board.caller, workspace, columns=0)

    [found, _] = await workspace_of(board.ctx, [board.project, empty.project], frozenset({"name"}))
    counted = await card_count_of(board.ctx, [board.project, empty.project], None)

    assert found is not None
    assert found["_id"] == workspace["_id"]
    assert counted == [2, 0]


async def test_a_workspace_that_is_deleted_meanwhile_gets_no_project(owner: Context, workspace: Any) -> None:
    # given a request that has passed the door before the workspace was deleted
    late = again(owner)
    await check_workspace(late, workspace["_id"], policy.WRITE)
    await delete_workspace(again(owner), workspace["_id"])

    # when
    with pytest.raises(NotFound, match=r"^Workspace not found$"):
        await create_project(late, ProjectCreate.of(workspace_id=workspace["_id"], name="Orrery"))

    # then
    assert await collection(Project).count_documents({"workspace_id": workspace["_id"]}) == 0
