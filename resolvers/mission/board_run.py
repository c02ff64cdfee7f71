"""The runs of cards: begun as a card comes to an ACTIVE column, and taken further as a run is completed.

Both follow from other changes, in their transactions (`resolvers.state.follow`), so that every door begins runs alike,
and a card goes on once for each run. A card has one run at a time; what it came to meanwhile begins after that.
"""

from dataclasses import replace

from bson import ObjectId

from models import Agent, Card, Column, Mission
from models.base import collection
from models.enums import AutonomyMode, ColumnKind, MissionReason
from models.errors import Conflict
from models.records import AgentRecord, CardRecord, ColumnRecord, MissionRecord
from realtime.log import Change
from resolvers.agent.board_agent import board_agent
from resolvers.card.pipeline import route_of, told_in
from resolvers.card.update import hold_card, place_card
from resolvers.column.done import kind_in
from resolvers.kit.context import Context
from resolvers.mission.chain import MAX_CHAIN, chain_before, is_begun_by_person
from resolvers.mission.mission import Asked, insert_mission, leading
from resolvers.state.follow import FOLLOWERS, CardEntered, MissionCompleted, follow

CARD_PROMPT = "Do what this card asks for, and say on it what you have done."


async def begin_run(
    ctx: Context, change: Change, card: CardRecord, asked: Asked, agent_id: ObjectId | None = None
) -> MissionRecord:
    """Begin a run of a card that was read in this change, with an agent if that is still there; raises Conflict while
    another one is not finished."""
    if (active := card.get("active_mission_id")) is not None:
        raise Conflict("The card has a mission that is not finished", missionId=str(active))
    leads = await leading(ctx, change)
    by = None if leads is None else leads["created_by"]
    about = replace(asked, card_id=card["_id"], project_id=None, leads=leads, by=by)
    return await insert_mission(ctx, change, await _agent_for(change, card, agent_id), about)


async def card_in(change: Change, card_id: ObjectId | None) -> CardRecord | None:
    """A card as it stands within a change; None for one that is gone, and for none."""
    return None if card_id is None else await collection(Card).find_one({"_id": card_id}, session=change.session)


async def task_in_column(change: Change, card: CardRecord) -> str | None:
    """What an agent is asked about a card where it stands: what its column says, if that is an ACTIVE one, else what
    the card says; None where nothing is said."""
    column = await collection(Column).find_one({"_id": card["column_id"]}, session=change.session)
    return _task(card, column) or (CARD_PROMPT if card["description"] else None)


async def last_run(change: Change, card_id: ObjectId) -> MissionRecord | None:
    """The mission about a card that was asked last."""
    newest = [("_id", -1)]
    return await collection(Mission).find_one({"card_id": card_id}, sort=newest, session=change.session)


def _task(card: CardRecord, column: ColumnRecord | None) -> str | None:
    """What an agent is asked in an ACTIVE column; None in any other, and where nothing is said."""
    if column is None or kind_in(column) is not ColumnKind.ACTIVE:
        return None
    return told_in(card, column) or (CARD_PROMPT if card["description"] else None)


async def _agent_for(change: Change, card: CardRecord, named: ObjectId | None) -> AgentRecord:
    """The agent that is named, else the card's assignee if that is one, else the agent of the workspace's boards."""
    for wanted in ({"_id": named}, {"user_id": card["assignee_id"]}):
        if None not in wanted.values():
            there = {**wanted, "workspace_id": card["workspace_id"], "deleted_at": None}
            if (agent := await collection(Agent).find_one(there, session=change.session)) is not None:
                return agent
    return await board_agent(change, card["workspace_id"])


async def _entered(ctx: Context, change: Change, came: CardEntered) -> None:
    """Begin the run of a card that came to a column."""
    if kind_in(came.column) is not ColumnKind.ACTIVE:
        return
    card = await card_in(change, came.card_id)
    if card is not None and card["column_id"] == came.column["_id"]:
        await _begin_in(ctx, change, card, came.column)


async def _completed(ctx: Context, change: Change, done: MissionCompleted) -> None:
    """Take the card of a completed run further, or begin what it was moved to while it ran."""
    mission, card = done.mission, await card_in(change, done.mission["card_id"])
    if card is None or card["archived"] or card.get("active_mission_id") is not None:
        return
    # What begins now follows from this mission, whoever has reported its end, and from who has led the card since.
    led = replace(ctx, mission_id=mission["_id"])
    with change.confining(mission.get("confined", False) or card.get("next_confined", False)):
        # One of an earlier version does not say where its card stood: there is nothing that it was moved to then.
        if card["column_id"] != (mission.get("column_id") or card["column_id"]):
            column = await collection(Column).find_one({"_id": card["column_id"]}, session=change.session)
            await _begin_in(led, change, card, column)
        elif card.get("auto_mode"):
            await _advance(change, card, mission)
            await follow(led, change, None)


async def _begin_in(ctx: Context, change: Change, card: CardRecord, column: ColumnRecord | None) -> None:
    prompt = _task(card, column)
    if prompt is None or card["archived"] or card.get("active_mission_id") is not None:
        return
    if await chain_before(ctx, change, card["workspace_id"], card["_id"]) > MAX_CHAIN:
        await hold_card(change, card, card["column_id"])
        return
    # A person who moves it begins what the column says, whoever has written that. By itself it goes on as it was led.
    is_led = column is not None and column.get("led_confined", False) and not is_begun_by_person(ctx, change)
    with change.confining(is_led):
        await begin_run(ctx, change, card, Asked(prompt, reason=MissionReason.COLUMN))


async def _advance(change: Change, card: CardRecord, mission: MissionRecord) -> None:
    """Move a card to the next step of its way or, where somebody has to approve of that, let it wait."""
    target = (await route_of(change, card)).after(card["column_id"])
    if target is None:
        return
    agent = await collection(Agent).find_one({"_id": mission["agent_id"]}, session=change.session)
    is_free = agent is not None and agent["autonomy_mode"] == AutonomyMode.AUTONOMOUS
    if not is_free or target.get("requires_approval") or target.get("emptying"):
        await hold_card(change, card, target["_id"])
    else:
        await place_card(change, card, target["_id"])


FOLLOWERS[CardEntered] = _entered
FOLLOWERS[MissionCompleted] = _completed
