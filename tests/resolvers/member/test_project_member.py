from typing import Any

import pytest

from models import ProjectMember
from models.base import collection
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from resolvers.inputs.project import ProjectMemberAdd, ProjectMemberUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.project_member import (
    add_project_member,
    list_project_members,
    remove_project_member,
    update_project_member,
)
from resolvers.project.project import delete_project
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def add(board: Board, **values: Any) -> Any:
    given = read_input(ProjectMemberAdd, values)
    return (await add_project_member(board.ctx, board.project["_id"], given)).value


async def test_a_member_is_added_by_id_or_by_address(board: Board, workspace: Any, join: Join, people: People) -> None:
    ada, bob = await join(workspace, "ada"), await join(workspace, "bob")
    seq = await board.seq()

    await add(board, userId=ada.user_id)
    await add(board, email=f" {people.email(bob).upper()} ")

    members = await list_project_members(board.ctx, board.project["_id"])
    assert [member["user"]["name"] for member in members] == ["owner", "ada", "bob"]
    assert all("password_hash" not in member["user"] for member in members)
    assert await board.types_since(seq) == ["ProjectMemberAdded", "ProjectMemberAdded"]


async def test_who_is_no_member_of_the_workspace_is_refused_whether_they_exist_or_not(
    board: Board, people: People
) -> None:
    stranger = await people.register("mallory")
    wanted: list[dict[str, Any]] = [
        {"userId": stranger.user_id},
        {"userId": new_id(Kind.USER)},
        {"email": people.email(stranger)},
        {"email": "nobody@example.com"},
    ]

    for values in wanted:
        [field] = values
        with pytest.raises(BadUserInput, match=f"^{field}: is not a member of the workspace$"):
            await add(board, **values)


async def test_a_member_cannot_be_added_twice(board: Board, owner: Context) -> None:
    with pytest.raises(Conflict, match=r"^userId: is a member of the project already"):
        await add(board, userId=owner.user_id)


@pytest.mark.parametrize("both", [True, False])
async def test_exactly_one_of_id_and_address_is_taken(both: bool, board: Board) -> None:
    values = {"userId": new_id(Kind.USER), "email": "a@example.com"} if both else {}

    with pytest.raises(BadUserInput, match="give either email or userId"):
        await add(board, **values)


async def test_a_member_who_leaves_keeps_their_cards_but_gets_no_more(board: Board, workspace: Any, join: Join) -> None:
    ada = await join(workspace, "ada")
    await board.add_member(ada)
    card, other = await board.card(assigneeId=ada.user_id), await board.card()
    seq = await board.seq()

    await remove_project_member(board.ctx, board.project["_id"], str(ada.user_id))

    assert (await board.stored(card))["assignee_id"] == ada.user_id
    assert await board.types_since(seq) == ["ProjectMemberRemoved"]
    with pytest.raises(BadUserInput, match=r"^assigneeId: "):
        await board.update(other, assigneeId=ada.user_id)
    assert (await board.update(card, title="x", assigneeId=ada.user_id))["title"] == "x"
    with pytest.raises(NotFound, match="Project member not found"):
        await remove_project_member(board.ctx, board.project["_id"], ada.user_id)


async def test_what_is_no_user_id_is_refused_by_name(board: Board) -> None:
    for wrong in ("x", board.project["_id"]):
        with pytest.raises(BadUserInput, match=r"^userId: "):
            await remove_project_member(board.ctx, board.project["_id"], wrong)


async def test_strangers_neither_see_nor_change_members(board: Board, people: People, owner: Context) -> None:
    stranger = await people.register("mallory")

    for attempt in (
        add(Board(stranger, board.project), userId=stranger.user_id),
        remove_project_member(again(stranger), board.project["_id"], owner.user_id),
        list_project_members(again(stranger), board.project["_id"]),
    ):
        with pytest.raises(NotFound, match="Project not found"):
            await attempt
    assert await collection(ProjectMember).count_documents({"project_id": board.project["_id"]}) == 1


async def test_a_project_that_is_deleted_meanwhile_gets_no_member(
    board: Board, workspace: Any, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a request that has passed the door before the project was deleted
    async def passed(*_: object, **__: object) -> Any:
        return board.project

    ada = await join(workspace, "ada")
    await delete_project(board.ctx, board.project["_id"])
    monkeypatch.setattr("resolvers.kit.operation.access", passed)

    # when
    with pytest.raises(NotFound, match="Project not found"):
        await add(board, userId=ada.user_id)

    # then
    assert await collection(ProjectMember).count_documents({"project_id": board.project["_id"]}) == 0


async def test_admins_of_a_project_say_what_its_members_are(board: Board, workspace: Any, join: Join) -> None:
    # Given a project whose creator is its admin, and two members
    ada, bob = await join(workspace, "ada"), await join(workspace, "bob")
    for person in (ada, bob):
        await add(board, userId=person.user_id)
    project_id, seq = board.project["_id"], await board.seq()

    async def promote(by: Context, whom: Context, role: str = "admin") -> None:
        values = read_input(ProjectMemberUpdate, {"role": role})
        await update_project_member(again(by), project_id, whom.user_id, values)

    # When a plain member does it, they are refused, and as an admin they are not
    with pytest.raises(Forbidden):
        await promote(ada, bob)
    other_admin = read_input(ProjectMemberAdd, {"email": "x@example.com", "role": "admin"})
    with pytest.raises(Forbidden):
        await add_project_member(again(ada), project_id, other_admin)
    await promote(board.ctx, ada)
    await promote(ada, bob)
    await promote(ada, bob)

    # Then each change is told once
    members = await list_project_members(board.ctx, project_id)
    assert [member["role"] for member in members] == ["admin"] * 3
    assert await board.types_since(seq) == ["ProjectMemberUpdated"] * 2
    with pytest.raises(NotFound):
        await update_project_member(board.ctx, project_id, new_id(Kind.USER), ProjectMemberUpdate(role=Role.ADMIN))


async def test_admins_of_a_project_are_taken_off_it_by_admins_and_leave_by_themselves(
    board: Board, workspace: Any, join: Join
) -> None:
    # Given two admins of a project and one who is not
    ada, bob, carl = await join(workspace, "ada"), await join(workspace, "bob"), await join(workspace, "carl")
    project_id = board.project["_id"]
    for admin in (ada, carl):
        await add(board, userId=admin.user_id, role="admin")
    await add(board, userId=bob.user_id)
    seq = await board.seq()

    # When the plain member takes one off, they are refused and nothing happens
    with pytest.raises(Forbidden):
        await remove_project_member(again(bob), project_id, ada.user_id)
    assert await board.types_since(seq) == []
    assert len(await list_project_members(again(bob), project_id)) == 4

    # But an admin may do it, anybody a plain member, and each for themselves
    await remove_project_member(again(ada), project_id, carl.user_id)
    await remove_project_member(again(ada), project_id, ada.user_id)
    await remove_project_member(again(ada), project_id, bob.user_id)
    assert [member["user"]["name"] for member in await list_project_members(board.ctx, project_id)] == ["owner"]
