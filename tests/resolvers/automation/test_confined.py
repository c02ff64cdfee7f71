"""What begins by itself stays inside a project where what is bound to that has set it off, however long after
(docs/decisions/0109, 0112)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bson import ObjectId

from models import Automation, AutomationProgress, Mission
from models.base import collection, timestamp, utc_now
from models.enums import ColumnKind
from models.errors import BadUserInput
from models.records import CardRecord, MissionRecord, WorkspaceRecord
from resolvers.automation.follow import follow
from resolvers.column.column import update_column
from resolvers.inputs.column import ColumnUpdate
from resolvers.inputs.mission import CardMissionStart
from resolvers.kit.context import Context
from resolvers.mission.mission import Asked, insert_mission
from resolvers.mission.start import start_card_mission
from tests.resolvers.automation.test_run import pipeline_of
from tests.resolvers.automations import automate, outcomes, stored
from tests.resolvers.lab import People, events
from tests.resolvers.missions import Crew, Hand
from tests.resolvers.projects import Board, make_board

BACKLOG, BUILD, CHECK = range(3)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    """A board whose last two columns are worked on by agents."""
    board = await make_board(owner, workspace)
    for place in (BUILD, CHECK):
        values = ColumnUpdate.of(kind=ColumnKind.ACTIVE, prompt="Do it")
        await update_column(board.ctx, board.column_id(place) or "", values)
    return board


@pytest.fixture
def assistant(board: Board) -> Board:
    """The same, as what is bound to the project works on it: in the name of the same person."""
    subject = replace(board.caller.subject, workspace_id=board.workspace_id, project_id=board.project["_id"])
    return Board(Context(subject, board.caller.services), board.project, board.columns)


@pytest.fixture
async def atlas(people: People, owner: Context, workspace: WorkspaceRecord) -> Hand:
    return await Crew(people, owner, workspace).hire()


async def confined(card: CardRecord) -> list[bool]:
    """Whether each mission about a card is confined, oldest first."""
    found = await collection(Mission).find({"card_id": card["_id"]}).sort("_id", 1).to_list()
    return [mission["confined"] for mission in found]


async def claimed(hand: Hand) -> MissionRecord:
    mission = await hand.claim()
    assert mission is not None
    return mission


async def test_an_automation_that_the_assistant_sets_off_begins_what_is_confined(
    board: Board, assistant: Board, atlas: Hand
) -> None:
    # Given automations of a person: one moves a card on, which has another begin a mission, and a third a pipeline
    elsewhere = await board.column()
    other, card = await board.card(), await board.card()
    there = {"type": "move_card", "columnId": str(elsewhere["_id"])}
    start = {"type": "start_mission", "agentId": str(atlas.record["_id"]), "prompt": "Look around"}
    flow = {"type": "run_pipeline", "pipelineId": str(await pipeline_of(board))}
    await automate(board, "task_assigned", there)
    await automate(board, "task_moved", start)
    piped = await automate(board, "task_assigned", flow)

    # When the person sets them off, and the assistant does
    for by, moved in ((board, other), (assistant, card)):
        await by.update(moved, assigneeId=str(board.ctx.user_id))
        await follow(board.ctx.services)

    # Then what the assistant has led to stays inside the project, each event in between says so, and nothing else
    assert (await confined(other), await confined(card)) == ([False], [True])
    told = [event for event in await events(board.workspace_id) if event["card_id"] in (other["_id"], card["_id"])]
    assert {(event["card_id"], event.get("confined", False)) for event in told if event["type"] != "CardCreated"} == {
        (other["_id"], False),
        (card["_id"], True),
    }
    # And what is about no project is not begun, for which the automation is not to blame
    needed = "projectId: is needed: what this follows from is bound to one project"
    assert sorted(await outcomes(piped)) == [("failure", needed), ("success", None)]
    assert (await stored(piped["_id"]))["enabled"] is True


async def test_a_due_date_of_the_assistant_begins_what_is_confined_when_it_comes(
    board: Board, assistant: Board, atlas: Hand
) -> None:
    # Given an automation that has waited for dates
    start = {"type": "start_mission", "agentId": str(atlas.record["_id"]), "prompt": "Look around"}
    automation = await automate(board, "due_date_reached", start)
    before, came = utc_now() - timedelta(hours=1), utc_now() - timedelta(minutes=5)
    await collection(Automation).update_one({"_id": automation["_id"]}, {"$set": {"updated_at": before}})
    await collection(AutomationProgress).update_one({"_id": board.workspace_id}, {"$set": {"due_through": before}})

    # When a date comes that the assistant set, as it changed or created the card, and one that a person set after it
    changed, mine = await board.card(), await assistant.card(dueDate=timestamp(came))
    made = await assistant.card(dueDate=timestamp(came))
    await assistant.update(changed, dueDate=timestamp(came))
    await board.update(changed, title="Another one")
    await board.update(mine, dueDate=timestamp(came - timedelta(seconds=1)))
    await follow(board.ctx.services)

    # Then
    assert [await confined(card) for card in (changed, made, mine)] == [[True], [True], [False]]


@pytest.mark.parametrize("is_persons", [False, True])
async def test_a_card_that_the_assistant_moves_under_a_mission_of_a_person_goes_on_confined(
    board: Board, assistant: Board, atlas: Hand, is_persons: bool
) -> None:
    # Given a mission that a person has begun by a column
    card = await board.card(BUILD)
    run = await claimed(atlas)

    # When the assistant moves the card on while it runs, and perhaps a person back and forth after that
    await assistant.move(card, columnId=board.column_id(CHECK))
    for place in (BACKLOG, CHECK) if is_persons else ():
        await board.move(card, columnId=board.column_id(place))
    await atlas.complete(run)

    # Then
    assert await confined(card) == [False, not is_persons]


async def test_a_card_that_the_assistant_lets_go_on_by_itself_goes_on_confined_to_its_end(
    board: Board, assistant: Board, atlas: Hand
) -> None:
    # Given a mission that a person has begun by the first of three columns, and an automation
    last = await board.column()
    await update_column(board.ctx, last["_id"], ColumnUpdate.of(kind=ColumnKind.ACTIVE, prompt="Do it"))
    start = {"type": "start_mission", "agentId": str(atlas.record["_id"]), "prompt": "Look around"}
    card = await board.card(BUILD)
    run = await claimed(atlas)

    # When the assistant has it go on by itself, and agents that are driven from outside end each run
    await assistant.update(card, autoMode=True)
    await automate(board, "task_moved", start, conditions={"to": str(last["_id"])})
    await atlas.complete(run)
    await atlas.complete(await claimed(atlas))
    await follow(board.ctx.services)

    # Then the next runs are confined, and what their ends have set off
    assert await confined(card) == [False, True, True, True]


@pytest.mark.parametrize("is_persons", [False, True])
async def test_a_column_that_the_assistant_has_made_is_gone_through_confined_unless_a_person_moves_a_card_there(
    board: Board, assistant: Board, atlas: Hand, is_persons: bool
) -> None:
    # Given a card of a person that goes on by itself, and perhaps one that they move themselves
    card = await board.card(BUILD)
    await board.update(card, autoMode=True)
    run = await claimed(atlas)

    # When the assistant says what is done in the next column, as a person may do after it
    for by, prompt in ((assistant, "Fetch what is elsewhere"), (board, "Look at it"))[: 1 + is_persons]:
        await update_column(by.ctx, board.column_id(CHECK) or "", ColumnUpdate.of(prompt=prompt))
    await atlas.complete(run)
    moved = await board.card(BACKLOG)
    await board.move(moved, columnId=board.column_id(CHECK))

    # Then
    assert (await confined(card), await confined(moved)) == ([False, not is_persons], [False])


async def test_what_a_confined_mission_leads_to_is_confined_and_needs_a_project(
    board: Board, assistant: Board, atlas: Hand
) -> None:
    # Given a confined mission, which an agent drives from outside
    card, other = await board.card(), await board.card()
    values = CardMissionStart(card_id=card["_id"], project_id=board.project["_id"], prompt="Look around")
    await start_card_mission(assistant.ctx, values)
    await claimed(atlas)

    # When it begins another one, about a card or about nothing
    async def begin(card_id: ObjectId | None) -> MissionRecord:
        ctx = atlas.ctx
        asked = Asked("Look there", card_id=card_id)
        return (await ctx.write(board.workspace_id, lambda it: insert_mission(ctx, it, atlas.record, asked))).value

    # Then
    assert (await begin(other["_id"]))["confined"] is True
    with pytest.raises(BadUserInput, match="bound to one project"):
        await begin(None)
