"""Keeps the facts of cards with every change of them, and reads them.

Facts of a project that has none stored are made of its cards: one that is older than facts are. They are stored with
the next change of one of its cards, or by `orrery migrate`.
"""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo import DeleteOne, InsertOne, ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Card, CardFacts, CardFactsBlock
from models.base import collection, write_all
from models.card import KEPT_FIELDS, CardPair
from models.ids import inner_id, portions
from models.pool import Pool
from models.records import CardFactsBlockRecord, CardFactsRecord, CardRecord
from realtime.log import Change
from resolvers.lane.card_facts import Facts, Unpacking, packed, rows_of

BLOCK = 256
"""Cards in a block, at most: 25 kB, which a change of one of them writes."""

FIGURES = Pool("figures", threads=2, at_once=1, of_one=20, in_all=200)
"""Where facts are unpacked and added up: 5 µs a card, which would hold everybody up for tens of thousands."""

Where = Mapping[str, Any]
PerProject = dict[ObjectId, dict[ObjectId, Facts]]
"""The facts of each card of each project."""


@dataclass(slots=True)
class _Moved:
    """What is to be done to the rows of one project."""

    workspace_id: ObjectId
    gone: set[ObjectId] = field(default_factory=set)
    rows: dict[ObjectId, bytes] = field(default_factory=dict)


async def keep_facts(change: Change, pairs: Sequence[CardPair]) -> None:
    """Bring the facts of cards up to date that are written already, at the end of the transaction."""
    change.write_last(_write_facts, *pairs)


async def _write_facts(change: Change, pairs: Sequence[CardPair]) -> None:
    moved = _moved(_merged(pairs))
    if not moved:
        return
    found = collection(CardFacts).find({"_id": {"$in": list(moved)}}, session=change.session)
    heads = {head["_id"]: head for head in await found.to_list()}
    for project_id, moved_cards in moved.items():
        if project_id in heads:
            await _update(change, heads[project_id], moved_cards)
        elif moved_cards.rows:  # what is deleted part by part lost its facts as a whole
            await store_facts(change.session, project_id, moved_cards.workspace_id, change.give_way)


def _merged(pairs: Iterable[CardPair]) -> Iterable[CardPair]:
    """Each card once: as it was before the first change of it, and as it is after the last."""
    found: dict[ObjectId, CardPair] = {}
    for before, after in pairs:
        card = before or after
        if card is not None:
            card_id = card["_id"]
            found[card_id] = (found[card_id][0] if card_id in found else before, after)
    return found.values()


def _moved(pairs: Iterable[CardPair]) -> dict[ObjectId, _Moved]:
    moved: dict[ObjectId, _Moved] = {}
    for before, after in pairs:
        row = None if after is None else packed(after)
        if before is not None and after is not None and row == packed(before) and _project(after) == _project(before):
            continue  # only its rank differs
        if before is not None:
            moved.setdefault(before["project_id"], _Moved(before["workspace_id"])).gone.add(before["_id"])
        if after is not None and row is not None:
            moved.setdefault(after["project_id"], _Moved(after["workspace_id"])).rows[after["_id"]] = row
    return moved


def _project(card: CardRecord) -> ObjectId:
    return ObjectId(card["project_id"])


async def store_facts(
    session: AsyncClientSession,
    project_id: ObjectId,
    workspace_id: ObjectId,
    give_way: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Store the facts of all cards of a project that has none stored."""
    cards = collection(Card).find({"project_id": project_id}, dict.fromkeys(KEPT_FIELDS, 1), session=session)
    rows = {card["_id"]: packed(card) for card in await cards.to_list()}
    head: CardFactsRecord = {"_id": project_id, "workspace_id": workspace_id, "blocks": [], "firsts": []}
    blocks = _add_blocks(head, 0, rows)
    await write_all(CardFacts, [InsertOne(head)], session)
    await write_all(CardFactsBlock, [InsertOne(block) for block in blocks], session, give_way)


async def _update(change: Change, head: CardFactsRecord, moved: _Moved) -> None:
    places = {card_id: max(bisect_right(head["firsts"], card_id) - 1, 0) for card_id in (*moved.gone, *moved.rows)}
    ids = [head["blocks"][place] for place in set(places.values()) if head["blocks"]]
    blocks: dict[ObjectId, CardFactsBlockRecord] = {}
    for some in portions(ids):
        found = collection(CardFactsBlock).find({"_id": {"$in": some}}, session=change.session)
        blocks |= {block["_id"]: block for block in await found.to_list()}
    writes: list[InsertOne[CardFactsBlockRecord] | ReplaceOne[CardFactsBlockRecord] | DeleteOne] = []
    is_other = not ids
    for place in sorted(set(places.values()), reverse=True):  # from the end: places before stay where they are
        inside = [card_id for card_id, where in places.items() if where == place]
        block = blocks[head["blocks"][place]] if ids else None
        known = {} if block is None else rows_of(block)
        rows = {ObjectId(row_id): row for row_id, row in known.items() if ObjectId(row_id) not in moved.gone}
        rows |= {object_id: moved.rows[object_id] for object_id in inside if object_id in moved.rows}
        if block is not None and 0 < len(rows) <= BLOCK:
            stored: CardFactsBlockRecord = {**block, "rows": {str(card_id): row for card_id, row in rows.items()}}
            writes.append(ReplaceOne({"_id": block["_id"]}, stored))
            continue
        is_other = True
        if block is not None:
            writes.append(DeleteOne({"_id": block["_id"]}))
            del head["blocks"][place], head["firsts"][place]
        writes += [InsertOne(add_block) for add_block in _add_blocks(head, place, rows)]
    await write_all(CardFactsBlock, writes, change.session, change.give_way)
    if is_other:
        await write_all(CardFacts, [ReplaceOne({"_id": head["_id"]}, head)], change.session)


def _add_blocks(head: CardFactsRecord, place: int, rows: Mapping[ObjectId, bytes]) -> list[CardFactsBlockRecord]:
    """The rows in new blocks that are half full, which the head then names from `place` on."""
    ids, half = sorted(rows), BLOCK // 2
    made: list[CardFactsBlockRecord] = [
        {
            "_id": inner_id(),
            "workspace_id": head["workspace_id"],
            "project_id": head["_id"],
            "rows": {str(object_id): rows[object_id] for object_id in ids[start : start + half]},
        }
        for start in range(0, len(ids), half)
    ]
    head["blocks"][place:place] = [block["_id"] for block in made]
    head["firsts"][place:place] = [ObjectId(next(iter(block["rows"]))) for block in made]
    return made


async def facts_of(project_ids: Collection[ObjectId]) -> PerProject:
    """The facts of all cards of some projects: a query for each hundred, and one for those that have none stored."""
    found: PerProject = {}
    for ids in portions(project_ids):
        found |= await facts_where({"project_id": {"$in": ids}}, ids)
    return found


async def facts_where(inside: Where, project_ids: Collection[ObjectId]) -> PerProject:
    """The same of `project_ids`, which a filter by project or workspace selects with few others, in one query."""
    blocks = await collection(CardFactsBlock).find(inside).to_list()
    found = await FIGURES.run(_unpacked, blocks, project_ids, admitted=True)
    unpacking = Unpacking()
    for ids in portions(project_id for project_id, facts in found.items() if not facts):  # none stored, or no cards
        cards = collection(Card).find({"project_id": {"$in": ids}}, dict.fromkeys(KEPT_FIELDS, 1))
        async for card in cards:
            found[card["project_id"]][card["_id"]] = unpacking.facts(packed(card))
    return found


def _unpacked(blocks: Sequence[CardFactsBlockRecord], project_ids: Collection[ObjectId]) -> PerProject:
    unpacking = Unpacking()
    found: PerProject = {project_id: {} for project_id in project_ids}
    for block in blocks:
        facts = found.get(block["project_id"], {})
        for card_id, row in rows_of(block).items():
            facts[ObjectId(card_id)] = unpacking.facts(row)
    return found


async def elsewhere(card_ids: Collection[ObjectId]) -> dict[ObjectId, tuple[ObjectId, Facts]]:
    """The project and the facts of single cards, which are read."""
    unpacking, found = Unpacking(), dict[ObjectId, tuple[ObjectId, Facts]]()
    for ids in portions(card_ids):
        cards = collection(Card).find({"_id": {"$in": ids}}, dict.fromkeys(KEPT_FIELDS, 1))
        async for card in cards:
            found[card["_id"]] = (card["project_id"], unpacking.facts(packed(card)))
    return found
