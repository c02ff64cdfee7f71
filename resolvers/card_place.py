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
from models.card import KEPT_FIELDS
from models.errors import BadUserInput
from models.rank import MAX_LENGTH, rank_between, ranks_after
from realtime.events import IDS_PER_EVENT, CardsRanked
from realtime.log import Change
from resolvers.card_kept import keep

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


async def end_of(change: Change, lane: dict[str, Any]) -> tuple[str, int]:
    """A rank behind every card of the lane, archived ones included, and the place that it is: after all open ones."""
    is_open = {"$sum": {"$cond": ["$archived", 0, 1]}}
    pipeline = [{"$match": lane}, {"$group": {"_id": None, "last": {"$max": "$rank"}, "open": is_open}}]
    found = await (await collection(Card).aggregate(pipeline, session=change.session)).to_list()
    return (rank_between(found[0]["last"], None), found[0]["open"]) if found else (rank_between(None, None), 0)


async def rank_for(change: Change, card: Record, column_id: ObjectId | None, place: Place) -> tuple[str, int]:
    """A rank that puts a card into a place of a lane (its own where it stands there already), and the place's number.

    Raises BadUserInput for a neighbour that is not another card of the lane.
    """
    lane = lane_of(card["project_id"], column_id)
    others = await _others(change, card, lane)
    own = card["rank"] if card["column_id"] == column_id else None
    rank = _beside(others, *_anchor(others, place), own)
    if len(rank) >= MAX_LENGTH and rank != card["rank"]:
        await _spread(change, card, lane)
        others = await _others(change, card, lane)
        rank = _beside(others, *_anchor(others, place), None)
    return rank, sum(not other["archived"] and other["rank"] < rank for other in others)


async def _others(change: Change, card: Record, lane: dict[str, Any]) -> list[Record]:
    """The lane's other cards in order, read once: a database that sorts before it cuts would read them every time."""
    query = {**lane, "_id": {"$ne": card["_id"]}}
    found = await collection(Card).find(query, {"rank": 1, "archived": 1}, session=change.session).to_list()
    return sorted(found, key=lambda one: (one["rank"], one["_id"]))


def _anchor(others: Sequence[Record], place: Place) -> tuple[str | None, int]:
    """The rank to stand beside (None: the end of the lane on that side), and the side: 1 is right after it."""
    if (neighbour_id := place.after or place.before) is not None:
        field = "afterCardId" if place.after else "beforeCardId"
        for other in others:
            if other["_id"] == neighbour_id:
                return other["rank"], 1 if place.after else -1
        raise BadUserInput("is not another card of the column", field=field)
    if place.order == 0:
        return None, 1
    if place.order is not None:
        visible = [other["rank"] for other in others if not other["archived"]]
        if place.order <= len(visible):
            return visible[place.order - 1], 1
    return None, -1


def _beside(others: Sequence[Record], anchor: str | None, side: int, own: str | None) -> str:
    """A rank right beside an anchor; `own`, if that is given and only archived cards stand between the two."""
    beyond = [other for other in others if _precedes(anchor, other["rank"], side)]
    if own is not None and _precedes(anchor, own, side):
        visible = _first([other for other in beyond if not other["archived"]], side)
        if visible is None or _precedes(own, visible, side):
            return own
    far = _first(beyond, side)
    return rank_between(anchor, far) if side > 0 else rank_between(far, anchor)


def _precedes(one: str | None, other: str, side: int) -> bool:
    """Whether a rank comes before another on the way from an anchor (None: the end of the lane) to a side."""
    return one is None or (one < other if side > 0 else one > other)


def _first(cards: Sequence[Record], side: int) -> str | None:
    return cards[0 if side > 0 else -1]["rank"] if cards else None


async def _spread(change: Change, moving: Record, lane: dict[str, Any]) -> None:
    """Give the lane's other cards short ranks again: once in hundreds of moves into one gap."""
    others = {**lane, "_id": {"$ne": moving["_id"]}}
    wanted = dict.fromkeys(KEPT_FIELDS, 1)
    cards = await collection(Card).find(others, wanted, session=change.session).sort(BY_RANK).to_list()
    ranks = ranks_after(None, len(cards))
    updates = [
        UpdateOne({"_id": card["_id"]}, {"$set": {"rank": rank}}) for card, rank in zip(cards, ranks, strict=True)
    ]
    if updates:
        await collection(Card).bulk_write(updates, session=change.session)
    await keep(change, [(card, {**card, "rank": rank}) for card, rank in zip(cards, ranks, strict=True)])
    for start in range(0, len(cards), IDS_PER_EVENT):
        part = slice(start, start + IDS_PER_EVENT)
        ids = [card["_id"] for card in cards[part]]
        event = CardsRanked(ids=ids, ranks=list(ranks[part]), project_id=moving["project_id"])
        change.append(moving["workspace_id"], event)


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
