"""Where a card stands: its lane (a column, or the project's cards without one) and its place among the open cards.

A place is found by reading neighbours and kept as a rank, so that moving writes the card alone.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from models import Card
from models.base import Record, collection
from models.errors import BadUserInput
from models.rank import rank_between
from realtime.log import Change

BY_RANK = [("rank", 1), ("_id", 1)]


def lane_of(project_id: ObjectId, column_id: ObjectId | None) -> dict[str, Any]:
    """The filter of a lane's cards."""
    return {"project_id": project_id, "column_id": column_id} if column_id is None else {"column_id": column_id}


async def last_rank(change: Change, lane: dict[str, Any]) -> str | None:
    """The rank of the lane's last card, archived ones included; None for an empty lane."""
    found = collection(Card).find(lane, {"rank": 1}, session=change.session).sort([("rank", -1), ("_id", -1)])
    cards = await found.limit(1).to_list()
    return str(cards[0]["rank"]) if cards else None


async def rank_at(change: Change, lane: dict[str, Any], order: int, moving: ObjectId) -> str:
    """A rank for the `order`-th place (from 0) among the lane's other open cards; past the end is the end."""
    others = {**lane, "archived": False, "_id": {"$ne": moving}}
    found = collection(Card).find(others, {"rank": 1}, session=change.session).sort(BY_RANK)
    around = await found.skip(max(order - 1, 0)).limit(2 if order else 1).to_list()
    if order == 0:
        return rank_between(None, around[0]["rank"]) if around else rank_between(await last_rank(change, lane), None)
    if len(around) == 2:
        return rank_between(around[0]["rank"], around[1]["rank"])
    return rank_between(await last_rank(change, lane), None)


async def rank_beside(
    change: Change, lane: dict[str, Any], neighbour_id: ObjectId, moving: ObjectId, *, after: bool
) -> str:
    """A rank right after (or right before) another card of the lane."""
    field = "afterCardId" if after else "beforeCardId"
    cards = collection(Card)
    neighbour = await cards.find_one({**lane, "_id": neighbour_id}, {"rank": 1}, session=change.session)
    if neighbour is None or neighbour_id == moving:
        raise BadUserInput("is not another card of the column", field=field)
    beyond = {**lane, "_id": {"$ne": moving}, "rank": {"$gt" if after else "$lt": neighbour["rank"]}}
    found = cards.find(beyond, {"rank": 1}, session=change.session).sort("rank", 1 if after else -1)
    next_one = await found.limit(1).to_list()
    far = next_one[0]["rank"] if next_one else None
    return rank_between(neighbour["rank"], far) if after else rank_between(far, neighbour["rank"])


async def place_of(change: Change, card: Record) -> int:
    """The card's place in its lane: how many open cards stand before it."""
    before = {
        **lane_of(card["project_id"], card["column_id"]),
        "archived": False,
        "rank": {"$lt": card["rank"]},
    }
    return await collection(Card).count_documents(before, session=change.session)


async def places_of(cards: Sequence[Record]) -> list[int]:
    """The places of many cards, in one query. A card that was read with its whole lane knows its `order` already."""
    unknown = [card for card in cards if "order" not in card]
    if unknown:
        columns = list({card["column_id"] for card in unknown if card["column_id"] is not None})
        loose = list({card["project_id"] for card in unknown if card["column_id"] is None})
        lanes: list[dict[str, Any]] = [{"column_id": {"$in": columns}}] if columns else []
        if loose:
            lanes.append({"project_id": {"$in": loose}, "column_id": None})
        query = {"$and": [lanes[0] if len(lanes) == 1 else {"$or": lanes}, {"archived": False}]}
        ranks: dict[tuple[ObjectId | None, ObjectId | None], list[str]] = {}
        wanted = {"column_id": 1, "project_id": 1, "rank": 1}
        for card in await collection(Card).find(query, wanted).to_list():
            ranks.setdefault(_lane_key(card), []).append(card["rank"])
        for lane in ranks.values():
            lane.sort()
        for card in unknown:
            card["order"] = bisect_left(ranks.get(_lane_key(card), []), card["rank"])
    return [card["order"] for card in cards]


def _lane_key(card: Record) -> tuple[ObjectId | None, ObjectId | None]:
    column_id = card["column_id"]
    return (None, card["project_id"]) if column_id is None else (column_id, None)
