"""What the parts of a deletion are to take: looked for outside their transactions, a little at a time.

The embedded database reads all of a range before it cuts, and answers nobody else meanwhile. So what stands on cards is
found by these, cards in the blocks of lanes, and the records of a long list in ranges of their ids that hold a few
hundred each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import time

from bson import ObjectId

from models import Lane
from models.base import collection
from models.records import TombstoneRecord
from resolvers.deletion.cascade import Step, Where, listed

AHEAD = 10_000
"""Ids that are looked for at once in what has no index by them, where there are never many."""
ENOUGH = 250
"""Records that a range of ids is to hold: 8 ms of the embedded database."""
MOST = 2 * ENOUGH
"""Ids that are remembered of a range. MongoDB stops reading there, and the next range begins behind the last."""
TOGETHER = 600
"""Ids that one look is to find, by as many ranges as that takes: fewer, and there would be more transactions."""
LANES_AHEAD = 1_000
"""Cards that are looked for in lanes at once, at least; a block of a lane is one short read."""

_SECOND = 1 << 64
"""How far apart ids are that were made one second after another."""
_END = 1 << 96
_GROWTH = 2
"""How much wider a range is than the one before at most. What was made at once lies close together and far from the
next such: eight times as wide, and a range that meets few at the end of one reads the whole of some more."""


@dataclass(slots=True)
class Ranges:
    """Goes once through a list by the ids of its records, in ranges as wide as ENOUGH of them seem to need.

    The first ends where the ids begin that are as old as what is deleted: little that goes with it is older. Where much
    was made at once after a long time, the range that reaches into that is read once as it is.
    """

    high: int
    low: int = 0
    width: int = _SECOND

    async def next_of(self, step: Step, where: Where) -> list[ObjectId]:
        """The ids of the next records; nothing at the end of the list."""
        ids: list[ObjectId] = []
        while self.low < _END and len(ids) < TOGETHER:
            below = {"$lt": _id_at(self.high)} if self.high < _END else {}
            inside = {**where, "_id": {"$gte": _id_at(self.low), **below}}
            cursor = collection(step.models[0]).find(inside, {"_id": 1}).sort("_id", 1).limit(MOST)
            found = [record["_id"] for record in await cursor.to_list()]
            self._go_on(found)
            ids += found
        return ids

    def _go_on(self, found: Sequence[ObjectId]) -> None:
        span = self.width
        if len(found) < MOST:
            self.low = self.high
        else:
            first, last = int.from_bytes(found[0].binary), int.from_bytes(found[-1].binary)
            self.low, span = last + 1, last - first
        wanted = span * ENOUGH // max(len(found), 1)
        self.width = max(min(wanted, self.width * _GROWTH), 1)
        # What comes after now is the ids of clients, if anything.
        self.high = min(self.low + self.width, _END) if self.low < time() * _SECOND else _END


@dataclass(slots=True)
class Ahead:
    """What a worker has found of one deletion and not deleted yet: of one step after the other."""

    place: int = 0
    ids: list[ObjectId] = field(default_factory=list)
    knows_lanes: bool = False
    blocks: list[ObjectId] = field(default_factory=list)
    ranges: Ranges | None = None

    async def look(self, tombstone: TombstoneRecord, plan: Sequence[Step]) -> Step | None:
        """A step of which something was found, in `ids`; None at the end of the plan."""
        while not self.ids and self.place < len(plan):
            self.ids = await self._of_step(tombstone, plan[self.place])
            if not self.ids:
                self.place += 1
                self.ranges = None
        return plan[self.place] if self.ids else None

    async def _of_step(self, tombstone: TombstoneRecord, step: Step) -> list[ObjectId]:
        """Some of what a step is to take; nothing for one without a look."""
        ids = [] if step.lanes_by is None else await self._of_lanes(tombstone, step.lanes_by)
        if ids or step.look is None:
            return ids
        where = step.look(tombstone)
        if _is_in_order(step, where):
            if self.ranges is None:
                self.ranges = Ranges(int.from_bytes(tombstone["_id"].binary[:4]) * _SECOND)
            return await self.ranges.next_of(step, where)
        return [
            record["_id"] for record in await collection(step.models[0]).find(where, {"_id": 1}).limit(AHEAD).to_list()
        ]

    async def _of_lanes(self, tombstone: TombstoneRecord, key: str) -> list[ObjectId]:
        """Cards that the lanes of what was deleted name, or the next blocks of those."""
        entries: list[str] = []
        if not self.knows_lanes:
            parent = tombstone["_id"] if tombstone["project_id"] is None else tombstone["project_id"]
            inside = {key: parent, "lane_id": None}
            lanes = await collection(Lane).find(inside, {"entries": 1, "blocks": 1}).to_list()
            entries = [entry for lane in lanes for entry in lane["entries"]]
            self.blocks = [block for lane in lanes for block in lane["blocks"]]
            self.knows_lanes = True
        while len(entries) < LANES_AHEAD and self.blocks:
            block = await collection(Lane).find_one({"_id": self.blocks.pop()}, {"entries": 1})
            entries += [] if block is None else block["entries"]
        return [ObjectId(entry.split()[1]) for entry in entries]

    async def took(self, tombstone: TombstoneRecord, step: Step, some: Sequence[ObjectId]) -> None:
        """Forget what a part has taken, and what was moved away before it could."""
        left = set[ObjectId]()
        if step.lingers is not None:
            key = step.lingers
            found = await collection(step.models[0]).find({"_id": {"$in": list(some)}}, {key: 1}).to_list()
            left = {record["_id"] for record in found if tombstone["_id"] in listed(record[key])}
        self.ids[: len(some)] = [object_id for object_id in some if object_id in left]


def _is_in_order(step: Step, where: Where) -> bool:
    """Whether an index has the records that a filter of equal fields finds by their ids."""
    indexes = step.models[0].get_settings().indexes
    return any([*where, "_id"] == list(index.index.document["key"]) for index in indexes)


def _id_at(place: int) -> ObjectId:
    return ObjectId(place.to_bytes(12))
