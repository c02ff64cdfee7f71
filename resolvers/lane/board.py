"""Boards: the columns of one project in one range of an index, where their pages hold nearly all of its cards.

The embedded database takes a third longer to look for ten columns than to read all of their project.
"""

from collections import OrderedDict
from collections.abc import Mapping
from operator import itemgetter

from bson import ObjectId
from pymongo.errors import ProtocolError

from models import Card
from models.base import collection
from models.ids import raw
from models.records import CardRecord
from resolvers.kit.access import projection
from resolvers.kit.landmark import AT_ONCE, reads_whole_ranges
from resolvers.kit.noun import Fields
from resolvers.kit.page_query import LONG
from resolvers.kit.tombstone import standing
from resolvers.lane.hints import HINTS
from resolvers.lane.store import OPEN

SPARE = 20
"""Cards beside those of the columns, archived or elsewhere, that a board may read beyond a quarter of its own."""
_PLACE = itemgetter("rank", "_id")
KEPT = 10_000
"""Boards that are remembered for the many other cards of their projects; those met the longest ago are forgotten."""


class Apart:
    """Boards, each by its first column, whose projects have many cards elsewhere: hints that cost time alone."""

    def __init__(self) -> None:
        self._boards: OrderedDict[ObjectId, None] = OrderedDict()

    def __contains__(self, column_id: ObjectId) -> bool:
        return column_id in self._boards

    def add(self, column_id: ObjectId) -> None:
        """Remember one more."""
        self._boards[column_id] = None
        if len(self._boards) > KEPT:
            self._boards.popitem(last=False)


APART = Apart()


async def read_board(
    projects: Mapping[ObjectId, ObjectId], size: int, fields: Fields
) -> dict[ObjectId, list[CardRecord]] | None:
    """The open cards of columns, by whose ids their `projects` are told, in order and cut behind `size`; None where
    columns are better read by themselves.

    No more is read than a quarter beyond what the columns were known to show, or would be read of them in any case.
    """
    column_ids = [*projects]
    lanes = [lane for object_id in column_ids if (lane := HINTS.get(object_id)) is not None]
    alone = len(column_ids) < 2 or len(set(projects.values())) > 1 or len(lanes) < len(column_ids)
    if alone or column_ids[0] in APART or standing(Card, OPEN) is not OPEN:
        return None
    read = sum(lane.open if lane.open <= LONG else min(lane.open, size) for lane in lanes)
    limit = read * 5 // 4 + SPARE
    if sum(lane.open for lane in lanes) > limit or not await reads_whole_ranges(Card):
        return None
    cards = await _cards(projects[column_ids[0]], limit, fields)
    if len(cards) == limit:
        APART.add(column_ids[0])
        return None
    found: dict[bytes, list[CardRecord]] = {raw(object_id): [] for object_id in column_ids}
    elsewhere: list[CardRecord] = []
    for card in cards:
        if (column_id := card["column_id"]) is not None and not card["archived"]:
            found.get(raw(column_id), elsewhere).append(card)
    return {object_id: sorted(found[raw(object_id)], key=_PLACE)[:size] for object_id in column_ids}


async def _cards(project_id: ObjectId, limit: int, fields: Fields) -> list[CardRecord]:
    """At most so many cards of a project, in one reply where the driver takes it: up to 48 MB.

    To see where a batch of a cursor ends, the embedded database encodes each once more, a seventh of its time.
    """
    query, wanted = {"project_id": project_id}, projection(fields, "column_id", "rank", "archived")
    try:
        return await collection(Card).find(query, wanted, limit=-limit).to_list()  # less than 0 is without a cursor
    except ProtocolError:
        return await collection(Card).find(query, wanted, limit=limit, batch_size=AT_ONCE).to_list()
