"""Lanes as they are stored: read with the blocks that are needed, written where they differ.

A lane that is not stored is made of its cards: one that is empty, or that is older than lanes are. It is stored with
the next change of one of its cards, or by `resolvers.lane.rebuild`.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo import DeleteOne, ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Card, Lane
from models.base import AnyRecord, Record, aggregate, collection, write_all
from models.ids import among, inner_id, portions
from models.records import LaneRecord
from realtime.log import Change
from resolvers.kit.tombstone import standing, without_cards
from resolvers.lane.blocks import Block, Blocks, LaneKey, entry_of, key_of
from resolvers.lane.hints import HINTS

_INSIDE = ("workspace_id", "project_id", "scope_id", "column_id")
_ATTEMPTS = 3

OPEN: Mapping[str, Any] = {"archived": False}
"""The cards that lanes count as open."""

Lanes = dict[ObjectId, Blocks]
Needed = Callable[[Blocks], Iterable[int]]
"""Which blocks of a lane, by their places, a caller goes on with."""


class ChangedMeanwhileError(Exception):
    """A lane and its blocks were read as different changes left them."""


async def read_lanes(keys: Collection[LaneKey], needed: Needed) -> Lanes:
    """Lanes by id, outside of a transaction, with the blocks loaded whose places `needed` tells.

    One query, another for blocks that were not foreseen, and one or two for the cards of lanes that are not stored.
    """
    for _ in range(_ATTEMPTS):
        lanes = await _find(keys, needed, None)
        try:
            await load_blocks([(lane, needed(lane)) for lane in lanes.values()], None)
        except ChangedMeanwhileError:
            continue
        return lanes
    return await of_cards(keys, None)


async def open_counts(column_ids: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """How many open cards each column has: one query for every hundred, and one for lanes that are not stored."""
    return {object_id: counts[0] for object_id, counts in (await _counts(column_ids)).items()}


async def archived_counts(column_ids: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """How many archived cards each column has, in the same queries."""
    return {object_id: counts[1] for object_id, counts in (await _counts(column_ids)).items()}


async def _counts(column_ids: Iterable[ObjectId]) -> dict[ObjectId, tuple[int, int]]:
    wanted = list(dict.fromkeys(column_ids))
    found: dict[ObjectId, tuple[int, int]] = {column_id: (0, 0) for column_id in wanted if column_id in without_cards()}
    for ids in portions(column_id for column_id in wanted if column_id not in found):
        for lane in await collection(Lane).find({"_id": {"$in": ids}}, {"open": 1, "archived": 1}).to_list():
            found[lane["_id"]] = (lane["open"], lane["archived"])
    missing = [LaneKey(object_id) for object_id in wanted if object_id not in found]
    made = await of_cards(missing, None) if missing else {}
    return found | {lane_id: (lane.open, lane.size - lane.open) for lane_id, lane in made.items()}


async def open_totals(parent_key: str, parent_ids: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """How many open cards the projects or the scopes (`parent_key` says which) have in all their stored lanes."""
    found: dict[ObjectId, int] = {}
    for ids in portions(dict.fromkeys(parent_ids)):
        query = {parent_key: among(ids), "lane_id": None}
        left = standing(Lane, None)
        pipeline: list[Mapping[str, Any]] = [
            {"$match": query},
            *([{"$match": left}] if left else []),
            {"$project": {parent_key: 1, "open": 1}},
        ]
        for lane in await aggregate(Lane, pipeline):
            found[lane[parent_key]] = found.get(lane[parent_key], 0) + lane["open"]
    return found


def is_short(column_id: ObjectId) -> bool:
    """Whether a column is known to have few cards, so that its lane saves nothing."""
    return HINTS.is_short(column_id)


async def lanes_in(change: Change, keys: Collection[LaneKey], needed: Needed) -> Lanes:
    """The same as a change sees them, and remembered for the rest of its transaction."""
    known: Lanes = change.together.lanes
    unknown = [key for key in keys if key.id not in known]
    if unknown:
        known |= await _find(unknown, needed, change.session)
    lanes: Lanes = {key.id: known[key.id] for key in keys}
    await load_blocks([(lane, needed(lane)) for lane in lanes.values()], change.session)
    return lanes


async def load_blocks(needed: Iterable[tuple[Blocks, Iterable[int]]], session: AsyncClientSession | None) -> None:
    """Load blocks by their places, all in one query for each hundred.

    Raises ChangedMeanwhileError, which a transaction never meets.
    """
    wanted: dict[ObjectId, Block] = {}
    for lane, places in needed:
        wanted |= {block_id: block for block_id, block in _stored(lane, places).items() if block.entries is None}
    for ids in portions(wanted):
        for stored in await collection(Lane).find({"_id": {"$in": ids}}, {"entries": 1}, session=session).to_list():
            block = wanted.pop(stored["_id"])
            if not block.matches(stored["entries"]):
                raise ChangedMeanwhileError
            block.entries = stored["entries"]
    if wanted:
        raise ChangedMeanwhileError


async def of_cards(keys: Collection[LaneKey], session: AsyncClientSession | None) -> Lanes:
    """Lanes made of the cards themselves, whatever is stored of them."""
    insides: dict[ObjectId, Record] = {}
    entries: dict[ObjectId, list[str]] = {key.id: [] for key in keys}
    wanted = dict.fromkeys((*_INSIDE, "rank", "archived"), 1)
    for where in _where(keys):
        async for card in collection(Card).find(where, wanted, session=session):
            lane_id = key_of(card).id
            entries[lane_id].append(entry_of(card))
            insides[lane_id] = inside_of(card)
    return {
        object_id: Blocks.of({"_id": object_id, **insides.get(object_id, {})}, found)
        for object_id, found in entries.items()
    }


def inside_of(card: AnyRecord) -> Record:
    """The ids that the lane of a card is stored with."""
    return {name: card[name] for name in _INSIDE}


async def save_known(change: Change, lane_ids: Sequence[ObjectId]) -> None:
    """Write lanes that the changes of a transaction have changed."""
    await save([change.together.lanes[lane_id] for lane_id in dict.fromkeys(lane_ids)], change.session, change.give_way)


async def save(
    lanes: Sequence[Blocks], session: AsyncClientSession, give_way: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Write changed lanes whose heads are up to date, with their changed blocks.

    Lanes are written as a whole: two changes of one lane are in conflict, wherever in it they are.
    """
    written: list[ReplaceOne[Any] | DeleteOne] = []
    for lane in lanes:
        written += [DeleteOne({"_id": block_id}) for block_id in lane.gone]
        for block in lane.blocks if len(lane.blocks) > 1 or (lane.blocks and lane.blocks[0].id is not None) else ():
            if block.dirty:
                block.id = block.id or inner_id()
                stored = {**lane.inside, "_id": block.id, "lane_id": lane.inside["_id"], "entries": block.loaded}
                written.append(ReplaceOne({"_id": block.id}, stored, upsert=True))
        written.append(ReplaceOne({"_id": lane.inside["_id"]}, _record(lane), upsert=True))
        _settled(lane)
        HINTS.see(lane)
    await write_all(Lane, written, session, give_way)


async def _find(keys: Collection[LaneKey], needed: Needed, session: AsyncClientSession | None) -> Lanes:
    """Lanes, with those of the needed blocks that this process knows of."""
    known = filter(None, (HINTS.get(key.id) for key in keys))
    foreseen = [block_id for lane in known for block_id in _stored(lane, needed(lane))]
    found: Lanes = {}
    blocks: dict[ObjectId, list[str]] = {}
    for ids in portions([*(key.id for key in keys), *foreseen]):
        for stored in await collection(Lane).find({"_id": {"$in": ids}}, session=session).to_list():
            if stored["lane_id"] is None:
                found[stored["_id"]] = _lane(stored)
            else:
                blocks[stored["_id"]] = stored["entries"]
    for lane in found.values():
        for block in lane.blocks:
            if block.id in blocks and block.matches(blocks[block.id]):
                block.entries = blocks[block.id]
        HINTS.see(lane)
    missing = [key for key in keys if key.id not in found]
    made = await of_cards(missing, session) if missing else {}
    for lane in made.values():
        if not lane.blocks:
            HINTS.see(lane)
    return found | made


def _stored(lane: Blocks, places: Iterable[int]) -> dict[ObjectId, Block]:
    """The blocks at some places that are documents of their own, by id."""
    found = (lane.blocks[place] for place in places)
    return {block.id: block for block in found if block.id is not None}


def _where(keys: Iterable[LaneKey]) -> Iterable[Record]:
    """The cards of lanes, in flat queries: the embedded database finds no index for an `$or`."""
    keys = list(keys)
    for ids in portions(key.id for key in keys if not key.is_rest):
        yield {"column_id": {"$in": ids}}
    for ids in portions(key.id for key in keys if key.is_rest):
        yield {"project_id": {"$in": ids}, "column_id": None}


def _lane(stored: LaneRecord) -> Blocks:
    inside = {"_id": stored["_id"], **inside_of(stored)}
    if not stored["blocks"]:
        entries: list[str] = stored["entries"]
        return Blocks(inside, [Block.of(entries)] if entries else [])
    heads = zip(stored["blocks"], stored["firsts"], stored["sizes"], stored["opens"], strict=True)
    return Blocks(inside, [Block(*head) for head in heads])


def _record(lane: Blocks) -> Record:
    held = lane.blocks[0].loaded if len(lane.blocks) == 1 and lane.blocks[0].id is None else []
    stored = [] if held else lane.blocks
    return {
        **lane.inside,
        "lane_id": None,
        "open": lane.open,
        "archived": lane.size - lane.open,
        "entries": held,
        "blocks": [block.id for block in stored],
        "firsts": [block.first for block in stored],
        "sizes": [block.size for block in stored],
        "opens": [block.open for block in stored],
    }


def _settled(lane: Blocks) -> None:
    lane.gone = []
    lane.fresh = False
    for block in lane.blocks:
        block.dirty = False
