"""Where a card stands: its lane (a column, or the project's cards without one) and its place among the open cards.

A place is found by reading neighbours and kept as a rank, so that moving writes the card alone. Archived cards keep
their ranks between the open ones, so that they come back where they were.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from models import Card
from models.base import Record, collection
from models.errors import BadUserInput
from models.rank import MAX_LENGTH, rank_between, ranks_after
from realtime.log import Change

BY_RANK = [("rank", 1), ("_id", 1)]

LaneKey = tuple[ObjectId | None, ObjectId | None]


@dataclass(frozen=True, slots=True)
class Place:
    """The `order`-th place (from 0) among a lane's other open cards, or right beside another card.

    Without any of the three, and past the last open card, it is the end of the lane.
    """

    order: int | None = None
    after: ObjectId | None = None
    before: ObjectId | None = None


def lane_of(project_id: ObjectId, column_id: ObjectId | None) -> dict[str, Any]:
    """The filter of a lane's cards."""
    return {"project_id": project_id, "column_id": column_id} if column_id is None else {"column_id": column_id}


async def rank_at_end(change: Change, lane: dict[str, Any]) -> str:
    """A rank behind every card of the lane, archived ones included."""
    found = collection(Card).find(lane, {"rank": 1}, session=change.session).sort("rank", -1)
    last = await found.limit(1).to_list()
    return rank_between(last[0]["rank"] if last else None, None)


async def rank_for(change: Change, card: Record, column_id: ObjectId | None, place: Place) -> str:
    """A rank that puts a card into a place of a lane: its own where it stands there already.

    Raises BadUserInput for a neighbour that is not another card of the lane.
    """
    lane = lane_of(card["project_id"], column_id)
    stays = card["column_id"] == column_id
    rank = await _beside(change, card, lane, *await _anchor(change, card, lane, place), keep=stays)
    if len(rank) < MAX_LENGTH or rank == card["rank"]:
        return rank
    await _spread(change, card, lane)
    return await _beside(change, card, lane, *await _anchor(change, card, lane, place), keep=False)


async def _anchor(change: Change, card: Record, lane: dict[str, Any], place: Place) -> tuple[str | None, int]:
    """The rank to stand beside (None: the end of the lane on that side), and the side: 1 is right after it."""
    cards = collection(Card)
    if (neighbour_id := place.after or place.before) is not None:
        field = "afterCardId" if place.after else "beforeCardId"
        neighbour = await cards.find_one({"_id": neighbour_id, **lane}, {"rank": 1}, session=change.session)
        if neighbour is None or neighbour_id == card["_id"]:
            raise BadUserInput("is not another card of the column", field=field)
        return neighbour["rank"], 1 if place.after else -1
    if place.order == 0:
        return None, 1
    if place.order is not None:
        others = {**lane, "archived": False, "_id": {"$ne": card["_id"]}}
        found = cards.find(others, {"rank": 1}, session=change.session).sort(BY_RANK).skip(place.order - 1)
        if before := await found.limit(1).to_list():
            return before[0]["rank"], 1
    return None, -1


async def _beside(
    change: Change, card: Record, lane: dict[str, Any], anchor: str | None, side: int, *, keep: bool
) -> str:
    """A rank right beside an anchor; with `keep` the card's own, where only archived cards stand between the two."""
    beyond = {**lane, **({"rank": {"$gt" if side > 0 else "$lt": anchor}} if anchor is not None else {})}
    beyond["_id"] = {"$ne": card["_id"]}
    own = str(card["rank"])
    if keep and _precedes(anchor, own, side):
        visible = await _first(change, {**beyond, "archived": False}, side)
        if visible is None or _precedes(own, visible, side):
            return own
    far = await _first(change, beyond, side)
    return rank_between(anchor, far) if side > 0 else rank_between(far, anchor)


def _precedes(one: str | None, other: str, side: int) -> bool:
    """Whether a rank comes before another on the way from an anchor (None: the end of the lane) to a side."""
    return one is None or (one < other if side > 0 else one > other)


async def _first(change: Change, where: dict[str, Any], side: int) -> str | None:
    found = collection(Card).find(where, {"rank": 1}, session=change.session).sort("rank", side)
    cards = await found.limit(1).to_list()
    return cards[0]["rank"] if cards else None


async def _spread(change: Change, moving: Record, lane: dict[str, Any]) -> None:
    """Give the lane's other cards short ranks again: once in hundreds of moves into one gap.

    Nothing that a client sees changes, so there is no event of it.
    """
    others = {**lane, "_id": {"$ne": moving["_id"]}}
    cards = await collection(Card).find(others, {"_id": 1}, session=change.session).sort(BY_RANK).to_list()
    ranks = ranks_after(None, len(cards))
    updates = [
        UpdateOne({"_id": card["_id"]}, {"$set": {"rank": rank}}) for card, rank in zip(cards, ranks, strict=True)
    ]
    if updates:
        await collection(Card).bulk_write(updates, session=change.session)


async def place_of(change: Change, card: Record) -> int:
    """The card's place in its lane: how many open cards stand before it."""
    lane = lane_of(card["project_id"], card["column_id"])
    before = {**lane, "archived": False, "rank": {"$lt": card["rank"]}}
    return await collection(Card).count_documents(before, session=change.session)


def number(cards: Sequence[Record]) -> None:
    """Set the `order` of cards that are whole lanes (or the heads of them), sorted by rank."""
    open_before: dict[LaneKey, int] = {}
    for card in cards:
        lane = _lane_key(card)
        card["order"] = open_before.get(lane, 0)
        open_before[lane] = card["order"] + (not card["archived"])


async def places_of(cards: Sequence[Record]) -> list[int]:
    """The places of many cards, in one query (two where some stand in no column).

    A card that was read with its whole lane knows its `order` already.
    """
    unknown = [card for card in cards if "order" not in card]
    columns = list({card["column_id"] for card in unknown if card["column_id"] is not None})
    projects = list({card["project_id"] for card in unknown if card["column_id"] is None})
    ranks: dict[LaneKey, list[str]] = {}
    # Two plain queries: the embedded database finds no index for an `$or`.
    for lanes in (
        {"column_id": {"$in": columns}} if columns else None,
        {"project_id": {"$in": projects}, "column_id": None} if projects else None,
    ):
        if lanes is not None:
            wanted = {"column_id": 1, "project_id": 1, "rank": 1}
            for card in await collection(Card).find({**lanes, "archived": False}, wanted).to_list():
                ranks.setdefault(_lane_key(card), []).append(card["rank"])
    for lane in ranks.values():
        lane.sort()
    for card in unknown:
        card["order"] = bisect_left(ranks.get(_lane_key(card), []), card["rank"])
    return [card["order"] for card in cards]


def _lane_key(card: Record) -> LaneKey:
    column_id = card["column_id"]
    return (None, card["project_id"]) if column_id is None else (column_id, None)
