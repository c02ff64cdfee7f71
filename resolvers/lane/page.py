"""Pages of columns in the order of their cards: long ones read the page alone, by the ids that their blocks tell."""

from asyncio import gather
from collections.abc import Iterator, Mapping, Sequence

from bson import ObjectId

from models import Card
from models.base import AnyRecord, Record, collection
from models.ids import portions
from models.records import CardRecord
from resolvers.kit.access import projection
from resolvers.kit.landmark import AT_ONCE
from resolvers.kit.noun import Fields
from resolvers.kit.page import Page, Sort, Window, pages
from resolvers.lane.blocks import Blocks, LaneKey, behind, behind_rank, id_in, rank_in
from resolvers.lane.board import read_board
from resolvers.lane.store import OPEN, is_short, read_lanes

BY_RANK: Sort = [("rank", 1)]
LISTED = 50
"""Cards that one query names by their ids: the embedded database takes 4 ms for 50, 12 for 100."""


async def column_pages(columns: Sequence[AnyRecord], window: Window, fields: Fields) -> dict[ObjectId, Page]:
    """A page of each column's open cards, which know their `order`, with its total where that costs nothing.

    One query for the first pages of all columns where these are nearly all of a project, or of columns that are known
    to be short. Else one for the lanes, mostly with the blocks of long ones, one for each long page and for LISTED
    cards of short ones, and one for the pages of the others.
    """
    cursor = window.keyset(Card, BY_RANK)
    distinct = {column["_id"]: column["project_id"] for column in columns}
    found = await _heads(distinct, window, fields) if cursor is None else {}
    for page in found.values():
        page.total = None if page.has_next else len(page.nodes)
    if len(found) < len(distinct):
        text = None if cursor is None else behind(str(cursor[0]), cursor[1])
        found |= await _by_lanes([column_id for column_id in distinct if column_id not in found], text, window, fields)
    return found


async def _heads(projects: Mapping[ObjectId, ObjectId], window: Window, fields: Fields) -> dict[ObjectId, Page]:
    """The first pages of columns, of which the projects are told: of all of them, or of those known to be short."""
    board = await read_board(projects, window.size + 1, fields)
    if board is None:
        heads = [project for project in projects if is_short(project)]
        return await _short(heads, window, fields, dict.fromkeys(heads, 0))
    found: dict[ObjectId, Page] = {}
    for column_id, cards in board.items():
        _number(nodes := cards[: window.size], 0)
        found[column_id] = Page(nodes, len(cards) > window.size, False, BY_RANK, Card, "column_id", column_id, OPEN)
    return found


async def _by_lanes(
    column_ids: Sequence[ObjectId], text: str | None, window: Window, fields: Fields
) -> dict[ObjectId, Page]:
    lanes = await read_lanes(
        [LaneKey(object_id) for object_id in column_ids], lambda lane: _needed(lane, text, window.size)
    )
    starts = {lane_id: 0 if text is None else lane.open_before(text) for lane_id, lane in lanes.items()}
    walked = {lane_id: lane for lane_id, lane in lanes.items() if len(lane.blocks) > 1}
    found = await _walk(walked, starts, window, fields)
    found |= await _short([lane_id for lane_id in lanes if lane_id not in found], window, fields, starts)
    for column_id, page in found.items():
        page.total = lanes[column_id].open
    return found


async def _short(
    column_ids: Sequence[ObjectId], window: Window, fields: Fields, starts: Mapping[ObjectId, int]
) -> dict[ObjectId, Page]:
    if not column_ids:
        return {}
    found: dict[ObjectId, Page] = await pages(
        Card, "column_id", column_ids, window, sort=BY_RANK, where=OPEN, fields=fields
    )
    for column_id, page in found.items():
        _number(page.nodes, starts[column_id])
    return found


def _number(cards: Sequence[CardRecord], start: int) -> None:
    for place, card in enumerate(cards, start):
        card["order"] = place


def _needed(lane: Blocks, text: str | None, size: int) -> Iterator[int]:
    """The places of the blocks that a page of a long lane may be in, behind `text`."""
    if len(lane.blocks) < 2:
        return
    first = 0
    if text is not None:
        yield (first := lane.at(text))
        first += 1
    for place in range(first, len(lane.blocks)):
        if size <= 0:
            return
        if lane.blocks[place].open:
            yield place
        size -= lane.blocks[place].open


async def _walk(
    lanes: Mapping[ObjectId, Blocks], starts: Mapping[ObjectId, int], window: Window, fields: Fields
) -> dict[ObjectId, Page]:
    """The pages of long lanes; without one whose cards have all gone elsewhere since its blocks were read."""
    entries = {object_id: lane.open_entries(starts[object_id], window.size) for object_id, lane in lanes.items()}
    ids = {object_id: [*map(id_in, shown)] for object_id, shown in entries.items()}
    ranges = [object_id for object_id, lane in lanes.items() if _is_range(lane, entries[object_id])]
    listed = [card for object_id, wanted in ids.items() if object_id not in ranges for card in wanted]
    cards = await _cards([_between(range_, entries[range_]) for range_ in ranges], listed, fields)
    found: dict[ObjectId, Page] = {}
    for lane_id, lane in lanes.items():
        there = [cards[card] for card in ids[lane_id] if card in cards]
        nodes = [card for card in there if card["column_id"] == lane_id and not card["archived"]]
        nodes.sort(key=lambda card: (card["rank"], card["_id"]))
        more = starts[lane_id] + len(ids[lane_id]) < lane.open
        _number(nodes, starts[lane_id])
        if nodes or not more:
            found[lane_id] = Page(nodes, more, window.cursor is not None, BY_RANK, Card, "column_id", lane_id, OPEN)
    return found


def _is_range(lane: Blocks, shown: Sequence[str]) -> bool:
    """Whether the entries of a page are many, and most of those that stand between them."""
    return len(shown) > LISTED and lane.between(shown[0], shown[-1]) <= 2 * len(shown)


def _between(column_id: ObjectId, shown: Sequence[str]) -> Record:
    """The cards of a page and those between them, archived ones too, in one range of an index."""
    return {"column_id": column_id, "rank": {"$gte": rank_in(shown[0]), "$lt": behind_rank(rank_in(shown[-1]))}}


async def _cards(ranges: Sequence[Record], ids: Sequence[ObjectId], fields: Fields) -> dict[ObjectId, CardRecord]:
    """Cards by their ids: all in some ranges, and those that are listed, LISTED in a query."""
    wanted = projection(fields, "column_id", "rank", "archived")
    queries = [*ranges, *({"_id": {"$in": part}} for part in portions(ids, LISTED))]
    read = await gather(*(collection(Card).find(query, wanted, batch_size=AT_ONCE).to_list() for query in queries))
    return {card["_id"]: card for cards in read for card in cards}
