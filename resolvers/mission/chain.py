"""How long agents and automations have begun missions by themselves: what they lead to round in circles has an end."""

from bson import ObjectId

from models import Mission
from models.base import Record, collection
from models.enums import MissionStatus
from models.records import MissionRecord
from realtime.log import Change
from resolvers.kit.context import Context

MAX_CHAIN = 50
"""Runs in a row that no person has begun: then a card waits for somebody to let it on."""
_UNDER_WAY = (MissionStatus.RUNNING, MissionStatus.AWAITING_APPROVAL)


def is_begun_by_person(ctx: Context, change: Change) -> bool:
    """Whether a person asks for a mission, or it begins with what a person does."""
    return ctx.mission_id is None and ctx.subject.agent_id is None and change.cause is None


async def chain_before(ctx: Context, change: Change, workspace_id: ObjectId, card_id: ObjectId | None) -> int:
    """How many missions in a row a new one, perhaps about a card, comes after that no person has begun; 0 where one
    begins it.

    Of an agent or an automation it is not always known what it follows from: then it counts from the last mission about
    the card, and from each that the agent works on.
    """
    if is_begun_by_person(ctx, change):
        return 0
    about: Record = {"card_id": card_id, "workspace_id": workspace_id}
    if ctx.mission_id is not None:
        before = [await _first(change, {"_id": ctx.mission_id, "workspace_id": workspace_id}, "_id")]
    else:
        before = [] if card_id is None else [await _first(change, about, "_id")]
        if (agent_id := ctx.subject.agent_id) is not None:
            # One status at a time: then the first in an index is the longest.
            theirs: list[Record] = [{"agent_id": agent_id, "status": status.value} for status in _UNDER_WAY]
            before += [await _first(change, mine, "chain") for mine in theirs]
    return max((mission.get("chain", 0) + 1 for mission in before if mission is not None), default=0)


async def _first(change: Change, where: Record, by: str) -> MissionRecord | None:
    return await collection(Mission).find_one(where, sort=[(by, -1)], session=change.session)
