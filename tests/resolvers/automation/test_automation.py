"""Making and changing automations: what is one, whose it is, and how many there may be."""

from typing import Any

import pytest

from models import Automation, AutomationProgress, AutomationTrace
from models.base import collection
from models.enums import Role, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden
from resolvers.automation import automation as module
from resolvers.automation.automation import delete_automation, list_automations
from resolvers.automation.follow import follow
from resolvers.custom_field.custom_field import create_custom_field, delete_custom_field
from resolvers.inputs.custom_field import CustomFieldCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import delete_project
from tests.resolvers.automations import automate, change, stored, toggle, traces
from tests.resolvers.conftest import Join
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board

NOTIFY = {"type": "notify"}


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


async def test_a_name_is_made_of_what_an_automation_does(board: Board) -> None:
    automation = await automate(board, "due_date_reached", NOTIFY)

    assert automation["name"] == "Due date reached: notify"
    assert (automation["enabled"], automation["owner_id"]) == (True, board.ctx.user_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"trigger": "card_moved"}, "trigger"),
        ({"action": {}}, "action.type"),
        ({"action": {"type": "explode"}}, "action.type"),
        ({"action": {"type": ["notify"]}}, "action.type"),
        ({"action": {"type": "notify", "to": []}}, "action.to"),
        ({"action": {"type": "notify", "message": ""}}, "action.message"),
        ({"action": {"type": "move_card", "columnId": "nowhere"}}, "action.columnId"),
        ({"action": {"type": "move_card", "columnId": "65f000004400000000000000"}}, "action.columnId"),
        ({"action": {"type": "move_card", "id": "65f000005100000000000000"}}, "action"),
        ({"action": {"type": "update_card", "priority": "urgent"}}, "action.priority"),
        ({"action": {"type": "assign"}}, "action"),
        ({"action": {"type": "assign", "assigneeId": "65f000001100000000000000"}}, "action.assigneeId"),
        ({"action": {"type": "add_label", "labelId": "65f000004500000000000000"}}, "action.labelIds"),
        ({"action": {"type": "add_comment"}}, "action.content"),
        ({"action": {"type": "start_mission", "agentId": "65f000007100000000000000", "prompt": "x"}}, "action.agentId"),
        ({"action": {"type": "run_pipeline", "pipelineId": "nothing"}}, "action.pipelineId"),
        ({"action": {"type": "run_pipeline", "pipelineId": "65f00000b400000000000000"}}, "action.pipelineId"),
        ({"action": {"type": "archive", "$where": 1}}, "action"),
        ({"action": [1]}, "action"),
        ({"conditions": {"colour": "red"}}, "conditions.colour"),
        ({"conditions": {"priority": "urgent"}}, "conditions.priority.eq"),
        ({"conditions": {"not": {"title": {"matches": "x"}}}}, "conditions.title.matches"),
        ({"conditions": {"and": 1}}, "conditions.and"),
        ({"conditions": {"from": "done"}}, "conditions.from"),
        ({"conditions": {"to": {"like": "x"}}}, "conditions.to"),
        ({"trigger": "task_created", "conditions": {"from": None}}, "conditions.from"),
        ({"trigger": "task_status_changed", "conditions": {"to": "blocked"}}, "conditions.to"),
    ],
)
async def test_what_is_no_automation_is_refused_by_the_field(board: Board, values: dict[str, Any], field: str) -> None:
    given = {"trigger": "task_moved", "action": NOTIFY, **values}

    with pytest.raises(BadUserInput) as refused:
        await automate(board, **given)

    assert refused.value.field == field


async def test_others_leave_an_automation_alone_but_admins_who_own_it_then(
    board: Board, workspace: Any, join: Join
) -> None:
    ada, bob, eve = [
        await join(workspace, name, role)
        for name, role in (("ada", Role.MEMBER), ("bob", Role.MEMBER), ("eve", Role.ADMIN))
    ]
    automation = await automate(board, "task_moved", by=ada)

    for forbidden in (change(board, automation, by=bob, name="Mine"), toggle(board, automation, by=bob)):
        with pytest.raises(Forbidden):
            await forbidden
    with pytest.raises(Forbidden):
        await delete_automation(again(bob), automation["_id"])

    # Disabling it leaves it whose it is; enabling and changing it does not
    assert (await toggle(board, automation, by=eve))["owner_id"] == ada.user_id
    assert (await toggle(board, automation, by=eve))["owner_id"] == eve.user_id
    assert (await change(board, automation, by=board.ctx, name="Theirs"))["owner_id"] == board.ctx.user_id


async def test_a_token_makes_no_automation_that_does_more_than_it_may(board: Board, people: People) -> None:
    token = await people.with_token(board.ctx, [TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE])
    mission = {"type": "start_mission", "agentId": "65f000007100000000000000", "prompt": "x"}

    with pytest.raises(Forbidden):
        await automate(board, "task_moved", mission, by=token)

    await automate(board, "task_moved", NOTIFY, by=token)


async def test_a_project_has_no_more_than_its_number(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_AUTOMATIONS", 2)
    for _ in range(2):
        await automate(board, "task_moved")

    with pytest.raises(Conflict):
        await automate(board, "task_moved")

    assert len(await list_automations(board.ctx, board.project["_id"])) == 2


async def test_what_does_not_differ_changes_nothing(board: Board, workspace: Any, join: Join) -> None:
    automation = await automate(board, "task_moved")
    seq = await board.seq()

    await change(board, automation, name=automation["name"], by=await join(workspace, "eve", Role.ADMIN))

    assert "AutomationUpdated" not in await board.types_since(seq)
    assert await stored(automation["_id"]) == automation


async def test_a_custom_field_that_is_gone_is_told_by_the_trace(board: Board) -> None:
    given = {"projectId": board.project["_id"], "name": "Size", "type": "number"}
    field = (await create_custom_field(board.ctx, read_input(CustomFieldCreate, given))).value
    large = {"customField": {"fieldId": str(field["_id"]), "number": {"gt": 3}}}
    automation = await automate(board, "task_created", conditions=large)
    await delete_custom_field(board.ctx, field["_id"])

    await board.card()
    await follow(board.ctx.services)

    [trace] = await traces(automation)
    assert (trace["status"], "custom field" in (trace["error"] or "")) == ("failure", True)


async def test_traces_go_with_their_automation_and_automations_with_their_project(board: Board) -> None:
    first, second = [await automate(board, "task_created") for _ in range(2)]
    await board.card()
    await follow(board.ctx.services)

    await delete_automation(board.ctx, first["_id"])
    await finish_deletions(board.ctx.services)
    assert (len(await traces(first)), len(await traces(second))) == (0, 1)

    await delete_project(board.ctx, board.project["_id"])
    await finish_deletions(board.ctx.services)
    inside = {"project_id": board.project["_id"]}
    assert await collection(Automation).find_one(inside) is None
    assert await collection(AutomationTrace).find_one(inside) is None
    # And the workspace is not followed any more
    await follow(board.ctx.services)
    progress = await collection(AutomationProgress).find_one({"_id": board.workspace_id})
    assert progress is not None
    assert progress["is_followed"] is False


async def test_a_workspace_is_followed_while_an_automation_is_enabled(board: Board) -> None:
    async def progress() -> Any:
        return await collection(AutomationProgress).find_one({"_id": board.workspace_id})

    assert await progress() is None
    automation = await automate(board, "due_date_reached", NOTIFY)
    assert ((await progress())["is_followed"], (await progress())["due_through"] is None) == (True, False)
    await toggle(board, automation)
    assert ((await progress())["is_followed"], (await progress())["due_through"]) == (False, None)
    await toggle(board, automation)
    assert ((await progress())["is_followed"], (await progress())["seq"]) == (True, await board.seq() - 1)
