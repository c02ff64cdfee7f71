"""What automations do: each once for what sets it off, in the name of its owner, and never for ever."""

from typing import Any

import pytest
from bson import ObjectId

import resolvers.proposal.gate  # noqa: F401  (what agents pass)
from models import Activity, AutomationTrace, Comment, Mission, Notification, Proposal
from models.base import collection
from models.enums import Role
from realtime.events.automation import AutomationRan
from resolvers.automation.follow import follow
from resolvers.automation.run import TOO_DEEP, TOO_OFTEN
from resolvers.card.card import delete_card
from resolvers.column.column import delete_column
from resolvers.inputs.pipeline import PipelineCreate, PipelineUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.notification.follow import follow as follow_notifications
from resolvers.pipeline.advance import advance_some
from resolvers.pipeline.pipeline import create_pipeline, update_pipeline
from tests.resolvers.automations import automate, change, outcomes, stored, toggle, traces
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, events
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


async def test_what_happens_sets_an_automation_off_once(board: Board) -> None:
    # Given an automation, and a card of before
    card = await board.card()
    automation = await automate(board, "task_moved")

    # When the card is moved, and the history is followed twice
    await board.move(card, columnId=board.column_id(1))
    for _ in range(2):
        await follow(board.ctx.services)

    # Then it has acted once, as its owner, and the trace tells of it
    assert [comment["author_id"] for comment in await comments(card)] == [board.ctx.user_id]
    [trace] = await traces(automation)
    assert (trace["status"], trace["card_id"], trace["actor_id"]) == ("success", card["_id"], board.ctx.user_id)
    moved = [event for event in await events(board.workspace_id) if event["type"] == "CardMoved"]
    assert trace["event_id"] == moved[0]["_id"]
    # With the event that tells of it, and what it did carries whose doing it is
    said, ran = (await events(board.workspace_id))[-2:]
    assert (said["type"], ran["type"]) == ("CommentAdded", AutomationRan.__name__)
    assert said["cause"] == ran["cause"] == {"automation_id": automation["_id"], "depth": 1}


async def test_what_was_before_it_was_made_or_changed_or_enabled_sets_nothing_off(board: Board) -> None:
    card = await board.card()
    await board.move(card, columnId=board.column_id(1))
    automation = await automate(board, "task_moved")
    await follow(board.ctx.services)
    await toggle(board, automation)
    await board.move(card, columnId=board.column_id(2))
    await follow(board.ctx.services)
    await toggle(board, automation)
    await board.move(card, columnId=board.column_id(0))
    await change(board, automation, conditions={"to": str(board.column_id(0))})
    await follow(board.ctx.services)

    assert await traces(automation) == []


@pytest.mark.parametrize(
    ("trigger", "conditions", "is_met"),
    [
        ("task_moved", {"from": 0, "to": 1}, True),
        ("task_moved", {"from": [1, 2]}, False),
        ("task_moved", {"to": {"nin": [0, 2]}, "priority": "high"}, True),
        ("task_moved", {"priority": {"in": ["low", "medium"]}}, False),
        ("task_moved", {"or": [{"title": {"contains": "car"}}, {"assignee": None}]}, True),
        ("task_moved", {"not": {"title": "Card"}}, False),
        ("task_status_changed", {"from": "todo", "to": "in_progress"}, True),
        ("task_status_changed", {"to": "done"}, False),
    ],
)
async def test_conditions_are_asked(board: Board, trigger: str, conditions: Any, is_met: bool) -> None:
    card = await board.card(priority="high")
    automation = await automate(board, trigger, conditions=_placed(board, conditions))

    await board.move(card, columnId=board.column_id(1))
    await follow(board.ctx.services)

    assert bool(await traces(automation)) is is_met


def _placed(board: Board, value: Any) -> Any:
    """Conditions with the ids of columns in their places."""
    if isinstance(value, dict):
        return {name: _placed(board, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_placed(board, inner) for inner in value]
    return str(board.column_id(value)) if isinstance(value, int) else value


async def test_each_trigger_is_told_by_what_happens(board: Board) -> None:
    # Given an automation of each, and a card with two steps
    scope = await board.scope()
    inside = await board.column("Inside", scope["_id"])
    triggers = ("task_created", "task_added_to_board", "task_assigned", "checklist_complete", "task_status_changed")
    made = {trigger: await automate(board, trigger) for trigger in triggers}
    steps = [{"title": "A", "done": False}, {"title": "B", "done": True}]

    async def told() -> list[str]:
        await follow(board.ctx.services)
        found = [trigger for trigger in triggers if await traces(made[trigger])]
        await collection(AutomationTrace).delete_many({"workspace_id": board.workspace_id})
        return found

    card = await board.card(None, checklist=steps)
    assert await told() == ["task_created"]
    await board.move(card, columnId=board.column_id(0))
    assert await told() == ["task_added_to_board"]
    await board.move(card, columnId=board.column_id(1))
    assert await told() == ["task_status_changed"]
    await board.move(card, columnId=inside["_id"])
    assert await told() == ["task_added_to_board", "task_status_changed"]
    await board.update(card, assigneeId=str(board.ctx.user_id))
    assert await told() == ["task_assigned"]
    done = [{"title": "A", "done": True}, {"title": "B", "done": True}]
    await board.update(card, checklist=done)
    assert await told() == ["checklist_complete"]
    # A transition: what was complete, and is in other words, is not it
    await board.update(card, checklist=[*done, {"title": "C", "done": True}], assigneeId=None)
    assert await told() == []


async def test_each_action_does_what_its_operation_does(board: Board, people: People, workspace: Any) -> None:
    # Given a label, an agent, and an automation of each action
    label, agent = await board.label(), await Crew(people, board.caller, workspace).hire()
    card = await board.card()
    actions: list[Any] = [
        {"type": "move_card", "columnId": str(board.column_id(1)), "order": 0},
        {"type": "update_card", "priority": "high"},
        {"type": "assign", "assigneeId": str(board.ctx.user_id)},
        {"type": "add_label", "labelId": str(label["_id"])},
        {"type": "add_comment", "content": "Hello"},
        {"type": "add_checklist_item", "title": "Look"},
        {"type": "start_mission", "agentId": str(agent.record["_id"]), "prompt": "Look around"},
        {"type": "run_pipeline", "pipelineId": str(await pipeline_of(board))},
        {"type": "archive"},
    ]
    made = [await automate(board, "task_assigned", action, conditions={"from": None}) for action in actions]

    await board.update(card, assigneeId=str(board.ctx.user_id))
    await follow(board.ctx.services)

    assert [await outcomes(automation) for automation in made] == [[("success", None)]] * len(made)
    after = await board.stored(card)
    assert (after["column_id"], after["priority"], after["label_ids"]) == (board.column_id(1), 3, [label["_id"]])
    assert (after["archived"], after["comment_count"], after["checklist"][0]["title"]) == (True, 1, "Look")
    missions = await collection(Mission).find({"workspace_id": board.workspace_id}).to_list()
    assert {(mission["card_id"], mission["created_by"]) for mission in missions} == {
        (card["_id"], board.ctx.user_id),
        (None, board.ctx.user_id),
    }


async def test_a_label_that_is_not_there_is_no_failure_to_take_off(board: Board) -> None:
    label = await board.label()
    automation = await automate(board, "task_created", {"type": "remove_label", "labelId": str(label["_id"])})

    cards = [await board.card(labelIds=ids) for ids in ([], [str(label["_id"])])]
    await follow(board.ctx.services)

    assert await outcomes(automation) == [("success", None)] * 2
    assert [(await board.stored(card))["label_ids"] for card in cards] == [[], []]


async def test_those_who_are_named_are_told_and_the_owner_too(board: Board, workspace: Any, join: Join) -> None:
    ada = await join(workspace, "ada")
    notice = {"type": "notify", "to": ["owner", str(ada.user_id)], "message": "Look here"}
    await automate(board, "task_moved", notice)
    card = await board.card()

    await board.move(card, columnId=board.column_id(1))
    await follow(board.ctx.services)
    await follow_notifications(board.ctx.services)

    for user_id in (ada.user_id, board.ctx.user_id):
        [told] = await collection(Notification).find({"user_id": user_id, "workspace_id": board.workspace_id}).to_list()
        activity = await collection(Activity).find_one({"_id": told["activity_id"]})
        assert activity is not None
        assert (activity["type"], activity["meta"]["message"]) == ("automation_notice", "Look here")


async def test_what_cannot_be_done_is_in_the_trace(board: Board) -> None:
    column = await board.column()
    automation = await automate(board, "task_created", {"type": "move_card", "columnId": str(column["_id"])})
    await delete_column(board.ctx, column["_id"])
    await board.card()
    await follow(board.ctx.services)

    assert await outcomes(automation) == [("failure", "columnId: is not a column of the project")]
    assert (await stored(automation["_id"]))["enabled"] is True


async def test_an_owner_who_has_left_is_no_owner_any_more(board: Board, workspace: Any, join: Join) -> None:
    # Given the automation of somebody who leaves
    ada = await join(workspace, "ada")
    automation = await automate(board, "task_created", by=ada)
    await remove_workspace_member(board.ctx, board.workspace_id, ada.user_id)

    await board.card()
    await follow(board.ctx.services)

    # Then it is disabled, and does nothing until somebody enables it, who owns it then
    after = await stored(automation["_id"])
    assert (after["enabled"], after["disabled_reason"]) == (False, "rights")
    assert (await outcomes(automation))[0][0] == "failure"
    enabled = await toggle(board, automation)
    assert (enabled["owner_id"], enabled["disabled_reason"]) == (board.ctx.user_id, None)


async def test_what_an_agent_may_not_do_by_itself_is_proposed_once(
    board: Board, people: People, workspace: Any
) -> None:
    # Given the automation of an agent that asks before it comments
    agent = await Crew(people, board.caller, workspace).hire(policy={"write_comments": "ASK"})
    automation = await automate(board, "task_created", by=agent.ctx)
    card = await board.card()

    for _ in range(2):
        await follow(board.ctx.services)

    # Then it has proposed to, as the trace tells, and goes on to be at work
    [proposal] = await collection(Proposal).find({"agent_id": agent.record["_id"]}).to_list()
    assert (proposal["operation"], proposal["arguments"]["cardId"]) == ("commentCreate", str(card["_id"]))
    assert await outcomes(automation) == [("success", None)]
    assert (await stored(automation["_id"]))["enabled"] is True
    assert await comments(card) == []


async def test_an_automation_is_not_set_off_by_what_it_does_and_a_loop_of_several_ends(board: Board) -> None:
    # Given one that would set itself off, and two that set each other off
    alone = await automate(
        board, "task_moved", {"type": "move_card", "columnId": str(board.column_id(2))}, conditions={"priority": "low"}
    )
    there, back = [
        await automate(
            board,
            "task_moved",
            {"type": "move_card", "columnId": str(board.column_id(place))},
            conditions={"to": str(board.column_id(1 - place)), "priority": None},
        )
        for place in (0, 1)
    ]

    lonely, card = await board.card(0, priority="low"), await board.card(0)
    for moved in (lonely, card):
        await board.move(moved, columnId=board.column_id(1))
    await follow(board.ctx.services)

    # Then the first acted once, and the others five times together, which their traces tell
    assert await outcomes(alone) == [("success", None)]
    together = [*await outcomes(there), *await outcomes(back)]
    assert sorted(together, key=str) == [("failure", TOO_DEEP), *[("success", None)] * 5]


async def test_one_that_is_set_off_too_often_is_disabled_and_its_owner_told(board: Board) -> None:
    automation = await automate(board, "task_created")

    for _ in range(4):
        await board.card()
    await follow(board.ctx.services, per_minute=3)
    await follow_notifications(board.ctx.services)

    assert sorted(await outcomes(automation), key=str) == [("failure", TOO_OFTEN), *[("success", None)] * 3]
    assert (await stored(automation["_id"]))["disabled_reason"] == "too_often"
    [told] = await collection(Notification).find({"user_id": board.ctx.user_id}).to_list()
    activity = await collection(Activity).find_one({"_id": told["activity_id"]})
    assert activity is not None
    assert activity["type"] == "automation_disabled"


async def test_the_steps_of_a_pipeline_set_the_automation_off_no_more_that_ran_it(board: Board) -> None:
    # Given a pipeline that moves the card whose moves run it
    card = await board.card()
    move = {"id": str(card["_id"]), "columnId": str(board.column_id(2))}
    steps = [{"id": "move", "type": "TOOL", "tool": "move_card", "arguments": move}]
    pipeline_id = await pipeline_of(board, steps)
    automation = await automate(board, "task_moved", {"type": "run_pipeline", "pipelineId": str(pipeline_id)})

    await board.move(card, columnId=board.column_id(1))
    for _ in range(3):
        await follow(board.ctx.services)
        await advance_some(board.ctx.services)

    # Then it was run once, and what it did is the automation's doing
    assert (await board.stored(card))["column_id"] == board.column_id(2)
    assert await outcomes(automation) == [("success", None)]
    moved = [event for event in await events(board.workspace_id) if event["type"] == "CardMoved"]
    assert [event.get("cause") for event in moved] == [None, {"automation_id": automation["_id"], "depth": 1}]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
async def test_a_pipeline_that_another_member_has_changed_is_not_run_in_the_name_of_an_owner(
    board: Board, workspace: Any, join: Join, role: Role
) -> None:
    # Given an automation that runs a pipeline, which somebody else has changed since
    pipeline_id = await pipeline_of(board)
    automation = await automate(board, "task_created", {"type": "run_pipeline", "pipelineId": str(pipeline_id)})
    ada = await join(workspace, "ada", role)
    await update_pipeline(again(ada), pipeline_id, PipelineUpdate.of(description="Other"))

    await board.card()
    await follow(board.ctx.services)

    # Then it is not run, and the automation rests, unless that is an admin
    [(status, _)] = await outcomes(automation)
    assert (status == "success") is (role is Role.ADMIN)
    assert (await stored(automation["_id"]))["enabled"] is (role is Role.ADMIN)


async def test_a_card_that_is_gone_sets_nothing_off(board: Board) -> None:
    automation = await automate(board, "task_created")
    card = await board.card()
    await delete_card(board.ctx, card["_id"])
    await follow(board.ctx.services)

    assert await traces(automation) == []


async def pipeline_of(board: Board, steps: Any = ({"id": "tell", "type": "NOTIFY", "text": "Done"},)) -> ObjectId:
    """A pipeline of a board's workspace."""
    values = {"workspaceId": board.workspace_id, "name": "Flow", "steps": list(steps)}
    return ObjectId((await create_pipeline(board.ctx, read_input(PipelineCreate, values))).value["_id"])


async def comments(card: Any) -> list[Any]:
    return await collection(Comment).find({"card_id": card["_id"]}).to_list()
