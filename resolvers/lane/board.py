"""Boards: the short columns of one project in one range of an index, where they hold nearly all of its cards.

The embedded database takes a third longer to look for ten columns than to read all of their project.
"""

from collections import OrderedDict
from collections.abc import Sequence

from bson import ObjectId

from models import Card
from models.base import Record, collection
from resolvers.kit.access import projection
from resolvers.kit.landmark import AT_ONCE, reads_whole_ranges
from resolvers.kit.noun import Fields
from resolvers.kit.page_query import LONG
from resolvers.kit.tombstone import standing
from resolvers.lane.hints import HINTS
from resolvers.lane.store import OPEN

SPARE = 20
"""Cards beside those of the columns, archived or elsewhere, that a board may read beyond a quarter of its own."""
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
    project_ids: Sequence[ObjectId], column_ids: Sequence[ObjectId], size: int, fields: Fields
) -> dict[ObjectId, list[Record]] | None:
    """The open cards of short columns in order, cut behind `size`; None where columns are better read by themselves.

    No more is read than a quarter beyond the cards that the columns were known to have.
    """
    lanes = [lane for one in column_ids if (lane := HINTS.get(one)) is not None]
    alone = len(column_ids) < 2 or len(set(project_ids)) > 1 or column_ids[0] in APART or len(lanes) < len(column_ids)
    if alone or any(lane.open > max(LONG, size) for lane in lanes) or standing(Card, OPEN) is not OPEN:
        return None
    if not await reads_whole_ranges(Card):
        return None
    limit = sum(lane.open for lane in lanes) * 5 // 4 + SPARE
    wanted = projection(fields, "column_id", "rank", "archived")
    query = {"project_id": project_ids[0]}
    cards = await collection(Card).find(query, wanted, limit=limit, batch_size=AT_ONCE).to_list()
    if len(cards) == limit:
        APART.add(column_ids[0])
        return None
    found: dict[ObjectId, list[Record]] = {one: [] for one in column_ids}
    for card in cards:
        if card["column_id"] in found and not card["archived"]:
            found[card["column_id"]].append(card)
    return {one: sorted(held, key=_place)[:size] for one, held in found.items()}


def _place(card: Record) -> tuple[str, ObjectId]:
    return card["rank"], card["_id"]
