"""Landmarks: where long lists can be cut before they are read.

MongoDB walks an index and stops at the end of a page. The embedded database reads all of the range that a filter names
before it sorts and cuts, so there the range itself must be short. A list that filled a page is measured once: every so
many records, the key of one is remembered. From then on a page reads the ranges between those keys that it needs, one
after the other. Landmarks are hints of one process: ranges between any keys make up the list, so that a wrong landmark
costs time and nothing else, and a part that grew is measured again.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from pymongo import AsyncMongoClient

from models.base import Record, Recorded, collection

BLOCK = 25
"""Records between two landmarks, at least: a page reads about two blocks too much at most."""
PARTS = 200
"""Landmarks of one measuring: a list of 5,000 has blocks of 25, one of 50,000 blocks of 250."""
READS = 16
"""After so many full pages of a list the part that was read is measured again."""
KEPT = 100_000
"""Blocks of all lists together: about 15 MB. The lists that were measured the longest ago are forgotten first."""

AT_ONCE = 10_000
"""Records that the database sends in one answer, up to 16 MB. It would send 101, and the rest when asked again."""

_ENDLESS = 1 << 40

Span = tuple[int, int]
"""The first and the last of some blocks."""

_is_whole: WeakKeyDictionary[AsyncMongoClient[Record], bool] = WeakKeyDictionary()


async def reads_whole_ranges(model: type[Recorded[Any]]) -> bool:
    """Whether the database reads all of a range before it cuts, as the embedded one does; asked once per client."""
    client = collection(model).database.client
    if client not in _is_whole:
        _is_whole[client] = "secantusVersion" in await client.server_info()
    return _is_whole[client]


@dataclass(slots=True)
class Landmarks:
    """The ascending edges between the blocks of a list, and how many records each block had."""

    edges: tuple[Any, ...] = ()
    counts: tuple[int, ...] = (_ENDLESS,)
    pages: int = 0

    @property
    def total(self) -> int:
        """How many records there were, when they were counted."""
        return sum(self.counts)

    def spans(self, start: Any, size: int, *, down: bool) -> Iterator[Span]:
        """Blocks that follow each other from the one of `start` on, each span as long as all before it."""
        last, step = len(self.edges), -1 if down else 1
        at = bisect_right(self.edges, start) if start is not None else last if down else 0
        wanted = size if start is None else size + self.counts[at]  # a part of it lies on the other side
        while 0 <= at <= last:
            begin, found = at, self.counts[at]
            while found < wanted and 0 <= at + step <= last:
                at += step
                found += self.counts[at]
            yield min(begin, at), max(begin, at)
            at += step
            wanted += found

    def bounds(self, span: Span) -> dict[str, Any]:
        """The condition on the key of what lies in a span."""
        low, high = span
        bounds = {"$gte": self.edges[low - 1]} if low > 0 else {}
        return {**bounds, "$lt": self.edges[high]} if high < len(self.edges) else bounds

    def with_blocks(self, span: Span, blocks: Sequence[tuple[Any, int]]) -> "Landmarks":
        """The same with blocks, by their first keys, in the place of a span."""
        low, high = span
        keys, counts = tuple(key for key, _ in blocks[1:]), tuple(count for _, count in blocks) or (0,)
        return Landmarks(
            self.edges[:low] + keys + self.edges[high:], self.counts[:low] + counts + self.counts[high + 1 :]
        )


class Memory:
    """The landmarks of lists, by name."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lists: OrderedDict[tuple[Any, ...], Landmarks] = OrderedDict()
        self._kept = kept
        self._blocks = 0

    def get(self, name: tuple[Any, ...]) -> Landmarks:
        """The landmarks of a list; those of one that was never measured are one block without an end."""
        return self._lists.get(name) or Landmarks()

    def put(self, name: tuple[Any, ...], landmarks: Landmarks) -> None:
        """Remember the landmarks of a list, and forget others where there are too many."""
        if (old := self._lists.pop(name, None)) is not None:
            self._blocks -= len(old.counts)
        self._lists[name] = landmarks
        self._blocks += len(landmarks.counts)
        while self._blocks > self._kept:
            _, oldest = self._lists.popitem(last=False)
            self._blocks -= len(oldest.counts)


MEMORY = Memory()


@dataclass(frozen=True, slots=True)
class Walk:
    """A list in the order of an index: the records of a model that have these equal fields, by `key`."""

    model: type[Recorded[Any]]
    equal: Mapping[str, Any]
    key: str
    down: bool

    @property
    def name(self) -> tuple[Any, ...]:
        return (self.model, *self.equal.items(), self.key)

    @property
    def length(self) -> int | None:
        """How long the list was when it was measured; None for one that was not."""
        total = MEMORY.get(self.name).total
        return None if total >= _ENDLESS else total

    async def read(self, tail: Sequence[Mapping[str, Any]], size: int, start: Any) -> list[Record]:
        """The first `size` records, from `start` (inclusive) on, of what the stages in `tail` leave over.

        `tail` sorts and cuts. Raises TypeError for a start of another type than the keys of the list.
        """
        known = MEMORY.get(self.name)
        found: dict[Any, Record] = {}
        read: list[int] = []
        for span in known.spans(start, size, down=self.down):
            for condition in self._conditions(known, span, None if read else start):
                for record in await self._in(condition, tail):
                    found.setdefault(record["_id"], record)  # what moved meanwhile is there once
            read += span
            if len(found) >= size:
                known.pages += 1
                if known.total >= _ENDLESS or known.pages % READS == 0:
                    await self._measure(known, (min(read), max(read)))
                break
        return list(found.values())[:size]

    async def measure(self) -> None:
        """Look where a list that was read without landmarks can be cut."""
        await self._measure(MEMORY.get(self.name), (0, 0))

    def _conditions(self, known: Landmarks, span: Span, start: Any) -> list[dict[str, Any] | None]:
        """The conditions on the key of a span, cut at `start` where the database can do that, in order.

        Where more keys follow in the index, its `$lte` leaves out what is equal; and it minds one upper bound alone.
        """
        bounds = known.bounds(span)
        if start is not None and not self.down:
            bounds["$gte"] = start
        elif start is not None and self.key == "_id":
            bounds.pop("$lt", None)
            bounds["$lte"] = start
        if not self.has_nulls or span[0] > 0 or not bounds:
            return [bounds]
        if start is not None and not self.down:
            return [bounds]
        return [bounds, None] if self.down else [None, bounds]  # null comes before all, and compares with nothing

    @property
    def has_nulls(self) -> bool:
        """Whether there may be records without a key."""
        field = self.model.model_fields.get(self.key)
        return field is not None and not field.is_required() and field.default is None

    async def _in(self, condition: Mapping[str, Any] | None, tail: Sequence[Mapping[str, Any]]) -> list[Record]:
        begin = dict(self.equal) if condition == {} else {**self.equal, self.key: condition}
        return await (await collection(self.model).aggregate([{"$match": begin}, *tail], batchSize=AT_ONCE)).to_list()

    async def _measure(self, known: Landmarks, span: Span) -> None:
        parts = {"$bucketAuto": {"groupBy": f"${self.key}", "buckets": PARTS}}
        MEMORY.put(self.name, known.with_blocks(span, _blocks(await self._in(known.bounds(span), [parts]))))


def _blocks(parts: Sequence[Record]) -> list[tuple[Any, int]]:
    blocks: list[tuple[Any, int]] = []
    for part in parts:
        key, count = part["_id"]["min"], part["count"]
        if blocks and (blocks[-1][1] < BLOCK or blocks[-1][0] == key):
            key, count = blocks[-1][0], blocks.pop()[1] + count
        blocks.append((key, count))
    return blocks
