"""What was reported and said about a card, in all of its missions or one of them, by time or from a message on."""

from datetime import datetime, timedelta

from bson import ObjectId

from auth.policies import mission as policy
from models import Mission, MissionActivity
from models.base import Record, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.records import CardRecord, MissionActivityRecord
from resolvers.inputs.mission import CardMessages
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation
from resolvers.kit.page import Page, Sort, Window, encode_cursor, pages

SLACK = timedelta(minutes=1)
"""How much later than its change an id may have been made."""


@operation("cardMessages", opens=CARD, permission=policy.READ, scope=TokenScope.PILOTAGE_READ, read_only=True)
async def list_messages(ctx: Context, card: CardRecord, values: CardMessages) -> Page[MissionActivityRecord]:
    """What was reported and said about a card, oldest first.

    The newest of it, or what comes before or after a message or a moment; both are left out themselves.
    """
    parent, parent_id, sort = await _list_of(card["_id"], values.mission_id)
    since, before = await _bound(card["_id"], values.since), await _bound(card["_id"], values.before)
    bounds = ((since, "$gt"), (before, "$lt"))
    where = [_beyond(bound, sign, values.mission_id) for bound, sign in bounds if bound is not None]
    start = _start(before, SLACK) if since is None else _start(since, timedelta())
    is_known = start is not None and values.mission_id in (None, start.get("mission_id"))
    cursor = encode_cursor(start, MissionActivity, sort) if start is not None and is_known else None
    window = Window(values.limit, cursor, backward=since is None)
    conditions = {"$and": where} if where else {}
    return (await pages(MissionActivity, parent, [parent_id], window, sort=sort, where=conditions))[parent_id]


async def _list_of(card_id: ObjectId, mission_id: ObjectId | None) -> tuple[str, ObjectId, Sort]:
    """The list that is read: of the card, or of a mission about it; raises NotFound for any other."""
    if mission_id is None:
        return "card_id", card_id, ()
    mission = await collection(Mission).find_one({"_id": mission_id, "card_id": card_id}, {"_id": 1})
    if mission is None:
        raise NotFound("Mission")
    return "mission_id", mission_id, [("position", 1)]


async def _bound(card_id: ObjectId, named: ObjectId | datetime | None) -> Record | datetime | None:
    """What the messages come after or before: a moment, or another message about the card."""
    if not isinstance(named, ObjectId):
        return named
    found = await collection(MissionActivity).find_one({"_id": named, "card_id": card_id})
    if found is None:
        raise NotFound("Mission activity")
    return dict(found)


def _beyond(bound: Record | datetime, sign: str, mission_id: ObjectId | None) -> Record:
    """What comes after or before a bound: in its own mission by the order of that, as ids of other processes may be a
    little older than what they follow."""
    if isinstance(bound, datetime):
        return {"created_at": {sign: bound}}
    key = "position" if bound["mission_id"] == mission_id else "_id"
    return {key: {sign: bound[key]}}


def _start(bound: Record | datetime | None, slack: timedelta) -> Record | None:
    """Where a list is begun to be read: ids tell the seconds that they were made in."""
    if isinstance(bound, datetime):
        return {"_id": ObjectId.from_datetime(bound + slack)}
    return bound
