"""Where a card stands: its lane (a column, or the project's cards without one) and its place among the open cards.

A place is kept as a rank between those of its neighbours, so that moving writes no other card. Neighbours and counts
come from the lane's blocks (`resolvers.lane.store`). Archived cards keep their ranks between the open ones, so that
they come back where they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bson import ObjectId

from models import Card
from models.base import collection
from models.errors import BadUserInput
from models.rank import MAX_LENGTH, rank_between
from models.records import CardRecord
from realtime.log import Change
from resolvers.lane.blocks import Blocks, LaneKey, before_rank, behind_rank, entry_of, key_of, rank_in
from resolvers.lane.spread import spread
from resolvers.lane.store import lanes_in, read_lanes
from resolvers.lane.walk import END, LaneWalk

BY_RANK = [("rank", 1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class Place:
    """The `order`-th place (from 0) among a lane's other open cards, or right beside another card.

    Without any of the three, and past the last open card, it is the end of the lane.
    """

    order: int | None = None
    after: ObjectId | None = None
    before: ObjectId | None = None


async def end_of(change: Change, lane: LaneKey) -> tuple[str, int]:
    """A rank behind every card of the lane, archived ones included, and the place that it is: after all open ones."""
    blocks = (await lanes_in(change, [lane], _end))[lane.id]
    last = await LaneWalk(change, blocks).last_before(END)
    return rank_between(_rank(last), None), blocks.open


async def rank_for(change: Change, card: CardRecord, column_id: ObjectId | None, place: Place) -> tuple[str, int]:
    """A rank that puts a card into a place of a lane (its own where it stands there already), and the place's number.

    Raises BadUserInput for a neighbour that is not another card of the lane.
    """
    lane, left, entry = LaneKey.of(card["project_id"], column_id), key_of(card), entry_of(card)
    neighbour = await _neighbour(change, card, column_id, place)

    def needed(one: Blocks) -> set[int]:
        around = _around(one, place, neighbour) if one.inside["_id"] == lane.id else set()
        return around | (one.places([entry]) if one.inside["_id"] == left.id else set())

    lanes = await lanes_in(change, {lane, left}, needed)
    walk = LaneWalk(change, lanes[lane.id], entry if lane == left else None)
    own = card["rank"] if lane == left else None
    rank = await _beside(walk, *await _anchor(walk, place, neighbour), own)
    if len(rank) >= MAX_LENGTH and rank != card["rank"]:
        await spread(walk, rank, card)
        neighbour = await _neighbour(change, card, column_id, place)
        rank = await _beside(walk, *await _anchor(walk, place, neighbour), None)
    return rank, await walk.open_before(before_rank(rank))


async def _neighbour(change: Change, card: CardRecord, column_id: ObjectId | None, place: Place) -> str | None:
    """The rank of the card that a place is beside of."""
    neighbour_id = place.after or place.before
    if neighbour_id is None:
        return None
    query = {"_id": neighbour_id, "project_id": card["project_id"], "column_id": column_id}
    neighbour = await collection(Card).find_one(query, {"rank": 1}, session=change.session)
    if neighbour is None or neighbour_id == card["_id"]:
        raise BadUserInput("is not another card of the column", field="afterCardId" if place.after else "beforeCardId")
    return str(neighbour["rank"])


def _end(lane: Blocks) -> set[int]:
    return {len(lane.blocks) - 1} if lane.blocks else set()


def _around(lane: Blocks, place: Place, neighbour: str | None) -> set[int]:
    """The blocks that a place is looked for in, as far as can be told before they are read."""
    if neighbour is not None:
        return lane.places([before_rank(neighbour), behind_rank(neighbour)])
    if place.order is None or place.order > lane.open:
        return _end(lane)
    return lane.around_open(place.order) or _end(lane)


async def _anchor(walk: LaneWalk, place: Place, neighbour: str | None) -> tuple[str | None, int]:
    """The rank to stand beside (None: the end of the lane on that side), and the side: 1 is right after it."""
    if neighbour is not None:
        return neighbour, 1 if place.after else -1
    if place.order == 0:
        return None, 1
    if place.order is not None and place.order <= walk.open:
        return rank_in(await walk.nth_open(place.order - 1)), 1
    return None, -1


async def _beside(walk: LaneWalk, anchor: str | None, side: int, own: str | None) -> str:
    """A rank right beside an anchor; `own`, if that is given and only archived cards stand between the two."""
    if side > 0:
        start = "" if anchor is None else behind_rank(anchor)
        if own is not None and own >= start and await _none_open(walk, start, before_rank(own)):
            return own
        return rank_between(anchor, _rank(await walk.next_from(start)))
    end = END if anchor is None else before_rank(anchor)
    if own is not None and behind_rank(own) <= end and await _none_open(walk, behind_rank(own), end):
        return own
    return rank_between(_rank(await walk.last_before(end)), anchor)


async def _none_open(walk: LaneWalk, start: str, end: str) -> bool:
    """Whether no open card stands between two texts."""
    return await walk.open_before(start) == await walk.open_before(end)


def _rank(entry: str | None) -> str | None:
    return None if entry is None else rank_in(entry)


def number(cards: Sequence[CardRecord]) -> None:
    """Set the `order` of cards that are whole lanes (or the heads of them), sorted by rank."""
    open_before: dict[LaneKey, int] = {}
    for card in cards:
        lane = key_of(card)
        card["order"] = open_before.get(lane, 0)
        open_before[lane] = card["order"] + (not card["archived"])


async def places_of(cards: Sequence[CardRecord]) -> list[int]:
    """The places of many cards: a query for their lanes, and one for the blocks that they are in.

    A card that was read with its whole lane knows its `order` already.
    """
    unknown: dict[LaneKey, list[CardRecord]] = {}
    for card in cards:
        if "order" not in card:
            unknown.setdefault(key_of(card), []).append(card)
    if unknown:
        by_lane = {key.id: [before_rank(card["rank"]) for card in found] for key, found in unknown.items()}

        lanes = await read_lanes(unknown, lambda lane: lane.places(by_lane[lane.inside["_id"]]))
        for key, found in unknown.items():
            for card in found:
                card["order"] = lanes[key.id].open_before(before_rank(card["rank"]))
    return [card["order"] for card in cards]
