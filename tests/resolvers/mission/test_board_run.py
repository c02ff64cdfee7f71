"""Runs of cards: begun by columns and by people, one at a time, and going on by themselves."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from models import Agent, Card, Mission, MissionActivity, Workspace
from models.base import collection
from models.enums import ColumnKind, MissionReason
from models.enums import MissionStatus as Status
from models.errors import AgentRunning, BadUserInput, Conflict
from models.ids import Kind, new_id
from models.records import CardRecord, MissionRecord, WorkspaceRecord
from realtime.change import Cause, Change
from resolvers.agent.agent import delete_agent
from resolvers.card.auto import activate_card, approve_auto
from resolvers.card.card import delete_card
from resolvers.card.update import complete_card, move_card, set_card_pipeline, update_cards
from resolvers.column.column import clean_column, delete_column, update_column
from resolvers.column.scope import delete_scope
from resolvers.inputs.card import CardMove, CardPipelineSet, CardUpdate
from resolvers.inputs.column import ColumnUpdate
from resolvers.inputs.mission import MissionPrompt, MissionReview
from resolvers.inputs.organization import OrganizationUpdate
from resolvers.inputs.proposal import ProposalReject
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.mission.again import relaunch_mission, retry_mission
from resolvers.mission.board_run import CARD_PROMPT
from resolvers.mission.chain import MAX_CHAIN
from resolvers.mission.mission import cancel_mission, list_active_missions
from resolvers.mission.prompt import prompt_mission, review_mission
from resolvers.mission.relay import relay_mission
from resolvers.mission.runs_rebuild import RUNS_STEP
from resolvers.organization.organization import update_organization
from resolvers.project.project import delete_project
from resolvers.proposal.decide import reject_proposal
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew, Hand, stored
from tests.resolvers.projects import Board, make_board
from tests.resolvers.proposing import proposed
from tests.resolvers.test_sorting import NoWork
from tests.stubs import stubs

T = TypeVar("T")

KINDS = (ColumnKind.BACKLOG, ColumnKind.ACTIVE, ColumnKind.ACTIVE, ColumnKind.DONE)
BACKLOG, BUILD, CHECK, DONE = range(4)


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    """A board of a backlog, two columns where agents work, and one that is done."""
    board = await make_board(owner, workspace, len(KINDS))
    for place, kind in enumerate(KINDS):
        await column(board, place, kind=kind, prompt="Build it" if place == BUILD else None)
    return board


async def column(board: Board, place: int, **values: Any) -> None:
    await update_column(board.ctx, board.column_id(place) or "", ColumnUpdate.of(**values))


async def runs(card: CardRecord) -> list[MissionRecord]:
    """The missions about a card, oldest first."""
    return await collection(Mission).find({"card_id": card["_id"]}).sort("_id", 1).to_list()


async def last(card: CardRecord) -> MissionRecord:
    return (await runs(card))[-1]


async def claimed(hand: Hand) -> MissionRecord:
    mission = await hand.claim()
    assert mission is not None
    return mission


async def place(board: Board, card: CardRecord) -> int:
    """Where a card stands."""
    column_id = (await board.stored(card))["column_id"]
    return next(number for number in range(len(KINDS)) if board.column_id(number) == column_id)


class Automated:
    """Makes changes an automation's."""

    reveals = False

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        async def marked(change: Change) -> T:
            change.cause = Cause(new_id(Kind.AUTOMATION), 1)
            return await body(change)

        return marked


async def auto_card(board: Board) -> CardRecord:
    """A card that goes on by itself, at its first step."""
    card = await board.card(BACKLOG, description="A lens")
    await board.update(card, autoMode=True)
    await activate_card(board.ctx, card["_id"])
    return card


async def test_a_card_that_comes_to_an_active_column_begins_one_run(board: Board, workspace: WorkspaceRecord) -> None:
    # Given a card that nobody has said anything about, and one with a text
    bare, card = await board.card(BACKLOG), await board.card(BACKLOG, description="Polish")

    # When they come to ACTIVE columns: moved, updated, created or several at once
    await board.move(bare, columnId=board.column_id(CHECK))
    await board.move(card, columnId=board.column_id(BUILD))
    made = await board.card(CHECK, description="Grind")
    others = [await board.card(BACKLOG) for _ in range(2)]
    values = CardUpdate.of(column_id=board.column_id(BUILD))
    await update_cards(board.ctx, [other["_id"] for other in others], values)

    # Then each has a run that waits for an agent, but for the one that neither column nor card says anything of
    assert await runs(bare) == []
    [run] = await runs(card)
    assert (run["prompt"], run["reason"], run["status"]) == ("Build it", MissionReason.COLUMN, Status.QUEUED)
    assert (run["column_id"], run["waiting_for"]) == (board.column_id(BUILD), "credential")
    assert [mission["prompt"] for mission in await runs(made)] == [CARD_PROMPT]
    assert [len(await runs(other)) for other in others] == [1, 1]
    assert (await board.stored(card))["active_mission_id"] == run["_id"]
    stored = await collection(Workspace).find_one({"_id": workspace["_id"]})
    assert stored is not None
    assert stored["board_agent_id"] == run["agent_id"]
    assert len(await list_active_missions(board.ctx, board.project["_id"])) == 4

    # And a move within the column, or to one of another kind, begins nothing, nor ends what is under way
    await board.move(card, order=0)
    await board.move(card, columnId=board.column_id(DONE))
    await board.move(card, columnId=board.column_id(CHECK))
    assert [mission["_id"] for mission in await runs(card)] == [run["_id"]]


async def test_a_card_in_auto_mode_goes_through_its_columns_once_each(crew: Crew, board: Board) -> None:
    # Given
    atlas, card = await crew.hire("atlas"), await auto_card(board)

    # When any agent claims each run and completes it
    built = await claimed(atlas)
    assert (built["agent_id"], await place(board, card)) == (atlas.record["_id"], BUILD)
    await atlas.complete(built)
    checked = await claimed(atlas)
    assert (checked["column_id"], await place(board, card)) == (board.column_id(CHECK), CHECK)
    of_before = {"$unset": {"column_id": ""}}  # as an earlier version has written it
    await collection(Mission).update_one({"_id": checked["_id"]}, of_before)
    await atlas.complete(checked)

    # Then the card is done, after a run for each step, which the person is charged with who began
    done = await board.stored(card)
    assert (await place(board, card), done["active_mission_id"], done["pending_column_id"]) == (DONE, None, None)
    missions = await runs(card)
    assert [mission.get("column_id") for mission in missions] == [board.column_id(BUILD), None]
    assert {mission["created_by"] for mission in missions} == {crew.owner.user_id}
    assert [mission["chain"] for mission in missions] == [0, 1]
    assert missions[1]["charged_to"][0] == missions[0]["_id"]
    assert await atlas.claim() is None


async def test_only_a_run_that_ended_well_takes_the_card_further(crew: Crew, board: Board) -> None:
    # Given a run that fails
    atlas, card = await crew.hire("atlas"), await auto_card(board)
    failed = await claimed(atlas)
    await atlas.fail(failed)
    assert await place(board, card) == BUILD

    # When it is tried again, cancelled, and tried once more
    again_ = (await retry_mission(board.ctx, failed["_id"])).value
    assert (again_["continues_id"], again_["reason"], again_["prompt"]) == (failed["_id"], "retry", "Build it")
    with pytest.raises(Conflict, match="has had another mission"):
        await retry_mission(board.ctx, failed["_id"])
    with pytest.raises(Conflict, match="is queued is not tried again"):
        await retry_mission(board.ctx, again_["_id"])
    await cancel_mission(board.ctx, again_["_id"])
    assert await place(board, card) == BUILD
    once_more = (await retry_mission(board.ctx, again_["_id"])).value
    assert (await claimed(atlas))["_id"] == once_more["_id"]
    await atlas.complete(once_more)

    # Then the card has gone on
    assert await place(board, card) == CHECK


async def test_a_column_that_asks_for_approval_or_an_agent_that_is_not_free_holds_the_card(
    crew: Crew, board: Board
) -> None:
    # Given a column that cards come to once somebody approves
    await column(board, CHECK, requires_approval=True)
    atlas, card = await crew.hire("atlas"), await auto_card(board)
    with pytest.raises(Conflict, match="waits for no approval"):
        await approve_auto(board.ctx, card["_id"])
    seq = await board.seq()
    await atlas.complete(await claimed(atlas))

    # When it waits, it stands still, and is told of
    held = await board.stored(card)
    assert (await place(board, card), held["pending_column_id"]) == (BUILD, board.column_id(CHECK))
    updates = [event["data"] for event in await board.events_since(seq) if event["type"] == "CardUpdated"]
    assert ["pendingColumn"] in [update["changed_fields"] for update in updates]
    assert await atlas.claim() is None
    await approve_auto(board.ctx, card["_id"])

    # Then it goes on; and stops again behind an agent that is supervised
    hera = await crew.hire("hera", autonomyMode="supervised")
    assert (await place(board, card), (await board.stored(card))["pending_column_id"]) == (CHECK, None)
    await hera.complete(await claimed(hera))
    assert (await place(board, card), (await board.stored(card))["pending_column_id"]) == (CHECK, board.column_id(DONE))

    # And a column that is gone is nowhere to go on to
    await delete_column(board.ctx, board.column_id(DONE) or "")
    with pytest.raises(Conflict, match="is gone"):
        await approve_auto(board.ctx, card["_id"])


async def test_what_a_card_came_to_while_it_ran_begins_after_that(crew: Crew, board: Board) -> None:
    # Given a card that somebody moves on while an agent works on it
    atlas, card = await crew.hire("atlas"), await auto_card(board)
    built = await claimed(atlas)
    await board.move(card, columnId=board.column_id(CHECK))
    assert len(await runs(card)) == 1

    # When that run ends well, the next one begins where the card stands
    await atlas.complete(built)
    checked = await claimed(atlas)
    assert (checked["column_id"], checked["card_id"], await place(board, card)) == (
        board.column_id(CHECK),
        card["_id"],
        CHECK,
    )

    # And so many in a row, without a person in between, wait for one
    await collection(Mission).update_one({"_id": checked["_id"]}, {"$set": {"chain": MAX_CHAIN}})
    await board.move(card, columnId=board.column_id(BUILD))
    await atlas.complete(checked)
    assert (await board.stored(card))["pending_column_id"] == board.column_id(BUILD)
    assert len(await runs(card)) == 2
    await approve_auto(board.ctx, card["_id"])
    assert ((await last(card))["column_id"], (await last(card))["chain"]) == (board.column_id(BUILD), 0)

    # Nor does an agent that works on two missions go on for ever, nor an automation
    for _ in range(2):
        await crew.ask(atlas)
        await claimed(atlas)
    working = {"agent_id": atlas.record["_id"], "status": Status.RUNNING.value}
    await collection(Mission).update_one(working, {"$set": {"chain": MAX_CHAIN}})
    another, moved = await board.card(BACKLOG), CardMove.of(column_id=board.column_id(BUILD))
    await move_card(atlas.ctx, another["_id"], moved)
    automated = Context(crew.owner.subject, crew.owner.services, marks=(Automated(),))
    await cancel_mission(board.ctx, (await last(card))["_id"])
    await collection(Mission).update_one({"_id": (await last(card))["_id"]}, {"$set": {"chain": MAX_CHAIN}})
    await board.move(card, columnId=board.column_id(BACKLOG))
    await move_card(automated, card["_id"], moved)
    for held in (another, card):
        assert (await board.stored(held))["pending_column_id"] == board.column_id(BUILD)
        assert (await board.stored(held))["active_mission_id"] is None


async def test_a_pipeline_of_the_card_says_where_it_stops_and_what_is_asked(crew: Crew, board: Board) -> None:
    # Given a card whose own way is back to front, and passes one over
    card, atlas = await board.card(BACKLOG, description="A lens"), await crew.hire("atlas")
    steps = [
        {"columnId": board.column_id(CHECK), "prompt": "Look at it"},
        {"columnId": board.column_id(BACKLOG), "enabled": False},
        {"columnId": board.column_id(BUILD)},
    ]
    await set_card_pipeline(board.ctx, card["_id"], read_input(CardPipelineSet, {"steps": steps}))
    await board.update(card, autoMode=True)

    # When it is begun, which happens once
    await activate_card(board.ctx, card["_id"])
    with pytest.raises(Conflict, match="has begun"):
        await activate_card(board.ctx, card["_id"])
    for _ in range(2):
        await atlas.complete(await claimed(atlas))

    # Then it went that way
    assert [mission["prompt"] for mission in await runs(card)] == ["Look at it", "Build it"]
    assert await place(board, card) == DONE

    # And one that goes nowhere is not begun
    none = await board.card(BACKLOG)
    await set_card_pipeline(board.ctx, none["_id"], read_input(CardPipelineSet, {"steps": []}))
    with pytest.raises(Conflict, match="no column"):
        await activate_card(board.ctx, none["_id"])


async def test_a_run_is_relaunched_handed_over_and_reviewed(
    crew: Crew, board: Board, workspace: WorkspaceRecord
) -> None:
    # Given a run under way
    atlas, card = await crew.hire("atlas", autonomyMode="approval"), await auto_card(board)
    first = await claimed(atlas)

    # When it is done anew, it ends, and another begins without what was before
    anew = (await relaunch_mission(board.ctx, first["_id"])).value
    assert [mission["status"] for mission in await runs(card)] == [Status.CANCELLED, Status.QUEUED]
    assert (anew["reason"], anew["continues_id"], anew["prompt"]) == ("relaunch", None, "Build it")
    with pytest.raises(Conflict, match="nothing to hand over"):
        await relay_mission(board.ctx, anew["_id"])

    # When it waits, and somebody says what is to be different, it goes on with that
    assert (await claimed(atlas))["_id"] == anew["_id"]
    with pytest.raises(Conflict, match="waits for no review"):
        await review_mission(board.ctx, anew["_id"], MissionReview(approved=True))
    with pytest.raises(BadUserInput, match="feedback"):
        read_input(MissionReview, {"approved": False})
    await atlas.report(anew, awaitingApproval=True, activities=[{"kind": "thought", "content": "Grind, polish"}])
    reviewed = (await review_mission(board.ctx, anew["_id"], MissionReview(approved=False, feedback="Wash"))).value
    assert (reviewed["status"], reviewed["waiting_for"]) == (Status.RUNNING, None)
    assert reviewed["lease_until"] is not None

    # When somebody has asked an agent for something else about the card, nothing takes the place of the run
    beside = await crew.ask(atlas, cardId=card["_id"])
    for take_over, taken in ((relay_mission, anew), (relaunch_mission, anew), (relaunch_mission, beside)):
        with pytest.raises(Conflict, match="not finished") as refused:
            await take_over(board.ctx, taken["_id"])
        assert refused.value.details == {"missionId": str(beside["_id"])}
    await cancel_mission(board.ctx, beside["_id"])

    # Nor while somebody has to decide on what it proposes, though it goes on
    proposal = await proposed(atlas, "commentCreate", {"cardId": str(card["_id"]), "content": "Done?"})
    with pytest.raises(Conflict, match="decide on what it proposes"):
        await relay_mission(board.ctx, anew["_id"])
    await reject_proposal(board.ctx, proposal["_id"], ProposalReject())

    # When it is handed over, the new one begins with what came of it, and the card stays where it is
    await prompt_mission(board.ctx, anew["_id"], read_input(MissionPrompt, {"text": "Use felt"}))
    over = (await relay_mission(board.ctx, anew["_id"])).value
    assert (over["reason"], over["continues_id"], over["agent_id"]) == ("relay", anew["_id"], atlas.record["_id"])
    assert all(words in over["prompt"] for words in ("Build it", "Grind, polish", "Wash", "Use felt"))
    assert (await stored(anew))["status"] == Status.COMPLETED
    assert (await place(board, card), (await board.stored(card))["active_mission_id"]) == (BUILD, over["_id"])

    # And an organization may forbid that
    values = read_input(OrganizationUpdate, {"relayMode": "off"})
    await update_organization(again(crew.owner), workspace["organization_id"], values)
    await claimed(atlas)
    with pytest.raises(Conflict, match="no missions handed over"):
        await relay_mission(board.ctx, over["_id"])


async def test_nobody_deletes_a_card_that_an_agent_works_on(crew: Crew, board: Board) -> None:
    # Given a card of a scope with a run, and its board
    scope = await board.scope()
    inside = await board.column("Inside", scope["_id"])
    await update_column(board.ctx, inside["_id"], ColumnUpdate.of(kind=ColumnKind.ACTIVE, prompt="Go"))
    card = await board.card(None)
    await board.move(card, columnId=inside["_id"])
    run = await last(card)
    of_before = {"$unset": {"active_mission_id": ""}}  # as an earlier version has written it
    await stubs(Card).update_one({"_id": card["_id"]}, of_before)
    await RUNS_STEP.run(NoWork())

    # When it is to be deleted, by whatever it stands in
    attempts = (
        lambda ctx: delete_card(ctx, card["_id"]),
        lambda ctx: clean_column(ctx, inside["_id"]),
        lambda ctx: delete_column(ctx, inside["_id"]),
        lambda ctx: delete_scope(ctx, scope["_id"]),
        lambda ctx: delete_project(ctx, board.project["_id"]),
    )
    seq = await board.seq()
    for attempt in attempts:
        with pytest.raises(AgentRunning) as refused:
            await attempt(board.ctx)
        assert refused.value.details == {"cardId": str(card["_id"]), "missionId": str(run["_id"])}

    # Then nothing has happened; and what is done with takes its card along
    assert await board.seq() == seq
    await cancel_mission(board.ctx, run["_id"])
    await attempts[0](board.ctx)
    await attempts[-1](board.ctx)


async def test_the_agent_of_the_boards_is_made_anew_once_it_is_deleted(board: Board) -> None:
    # Given
    card = await board.card(BUILD)
    gone = (await last(card))["agent_id"]
    await delete_agent(board.ctx, gone)
    assert (await last(card))["status"] == Status.CANCELLED

    # When its run is tried again
    made = (await retry_mission(board.ctx, (await last(card))["_id"])).value

    # Then another one has it; an assignee that is an agent comes first
    assert made["agent_id"] != gone
    agent = await collection(Agent).find_one({"_id": made["agent_id"]})
    assert agent is not None
    assert (agent["slug"], agent["autonomy_mode"]) == ("board", "autonomous")
    assert await collection(MissionActivity).count_documents({"card_id": card["_id"]}) == 0
    await complete_card(board.ctx, card["_id"])
