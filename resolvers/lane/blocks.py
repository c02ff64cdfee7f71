"""The blocks of one lane in memory: where an entry belongs, what is counted before it, and how blocks split and join.

Nothing here reads or writes. Blocks that are not loaded are known by their heads: first entry, size and open entries.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bson import ObjectId

from models.base import Record

BLOCK = 200
"""The most entries of a block: about 8 kB, which a change rewrites in half a millisecond."""

_ARCHIVED = " -"
# A space sorts before, and `!` right behind it, but both before all that ranks are made of.
_BEFORE, _BEHIND = " ", "!"


class LaneKey(NamedTuple):
    """A column's cards or, with `is_rest`, those of a project without a column; by the id of the column or project."""

    id: ObjectId
    is_rest: bool = False

    @classmethod
    def of(cls, project_id: ObjectId, column_id: ObjectId | None) -> "LaneKey":
        return cls(project_id, is_rest=True) if column_id is None else cls(column_id)


def key_of(card: Mapping[str, Any]) -> LaneKey:
    """The lane that a card stands in."""
    return LaneKey.of(card["project_id"], card["column_id"])


def entry_of(card: Mapping[str, Any]) -> str:
    """The entry of a card."""
    return f"{card['rank']} {card['_id']}{_ARCHIVED if card['archived'] else ''}"


def is_open(entry: str) -> bool:
    return not entry.endswith(_ARCHIVED)


def rank_in(entry: str) -> str:
    return entry.partition(" ")[0]


def id_in(entry: str) -> ObjectId:
    return ObjectId(entry.split(" ", 2)[1])


def before_rank(rank: str) -> str:
    """What sorts before every entry of a rank, and behind all lesser ones."""
    return rank + _BEFORE


def behind_rank(rank: str) -> str:
    """What sorts behind every entry of a rank, and before all greater ones."""
    return rank + _BEHIND


def behind(rank: str, card_id: ObjectId) -> str:
    """What sorts right behind the entry of a card."""
    return f"{rank} {card_id}{_BEHIND}"


@dataclass(slots=True)
class Block:
    """Neighbouring entries; without `id` those of a lane that has no block of its own, without `entries` not loaded."""

    id: ObjectId | None
    first: str
    size: int
    open: int
    entries: list[str] | None = None
    dirty: bool = False

    @classmethod
    def of(cls, entries: list[str], block_id: ObjectId | None = None) -> "Block":
        """A loaded block."""
        return cls(block_id, _bare(entries[0]), len(entries), sum(map(is_open, entries)), entries)

    @property
    def length(self) -> int:
        """How many entries there are, changes included that the head does not tell of yet."""
        return self.size if self.entries is None else len(self.entries)

    @property
    def loaded(self) -> list[str]:
        if self.entries is None:
            raise LookupError("the block is not loaded")
        return self.entries

    def matches(self, entries: Sequence[str]) -> bool:
        """Whether entries that were read are those that the head tells of."""
        if len(entries) != self.size or _bare(entries[0]) != self.first:
            return False
        return sum(map(is_open, entries)) == self.open


@dataclass(slots=True)
class Blocks:
    """A lane. `inside` are the ids that it is stored with; `gone` the stored blocks that it no longer has.

    `fresh` says that it was made of the cards themselves.
    """

    inside: Record
    blocks: list[Block] = field(default_factory=list)
    gone: list[ObjectId] = field(default_factory=list)
    fresh: bool = False

    @classmethod
    def of(cls, inside: Record, entries: Iterable[str]) -> "Blocks":
        """A lane of entries in any order."""
        ordered = sorted(entries)
        parts = [ordered] if len(ordered) <= BLOCK else list(_parts(ordered))
        blocks = [Block.of(part) for part in parts if part]
        for block in blocks:
            block.dirty = True
        return cls(inside, blocks, fresh=True)

    @property
    def heads(self) -> list[tuple[ObjectId | None, str, int, int]]:
        """What is known of the blocks that are not loaded."""
        return [(block.id, block.first, block.size, block.open) for block in self.blocks]

    @property
    def open(self) -> int:
        return sum(block.open for block in self.blocks)

    @property
    def size(self) -> int:
        return sum(block.size for block in self.blocks)

    def at(self, entry: str) -> int:
        """The place of the block that an entry belongs in."""
        return max(bisect_right(self.blocks, entry, key=lambda block: block.first) - 1, 0)

    def places(self, entries: Iterable[str]) -> set[int]:
        """The places of the blocks that some entries belong in."""
        return {self.at(entry) for entry in entries} if self.blocks else set()

    def around_open(self, number: int) -> set[int]:
        """The places of the blocks that hold an open entry by its number, from 0, and those beside it."""
        return {self.with_open(place)[0] for place in range(max(number - 1, 0), min(number + 2, self.open))}

    def open_before(self, text: str) -> int:
        """How many open entries sort before a text, whose block is loaded."""
        if not self.blocks:
            return 0
        place = self.at(text)
        entries = self.blocks[place].loaded
        inside = sum(map(is_open, entries[: bisect_left(entries, text)]))
        return sum(block.open for block in self.blocks[:place]) + inside

    def with_open(self, number: int) -> tuple[int, int]:
        """The place of the block that holds the `number`-th open entry, from 0, and its number there."""
        for place, block in enumerate(self.blocks):
            if number < block.open:
                return place, number
            number -= block.open
        raise IndexError(number)

    def holding(self, start: int, count: int) -> Iterator[int]:
        """The places of the blocks that hold `count` open entries from the `start`-th on."""
        seen = 0
        for place, block in enumerate(self.blocks):
            if block.open and start < seen + block.open and seen < start + count:
                yield place
            seen += block.open

    def open_entries(self, start: int, count: int) -> list[str]:
        """`count` open entries from the `start`-th on (or as many as there are), whose blocks are loaded."""
        places = list(self.holding(start, count))
        if not places:
            return []
        skipped = sum(block.open for block in self.blocks[: places[0]])
        found = [entry for place in places for entry in self.blocks[place].loaded if is_open(entry)]
        return found[start - skipped : start - skipped + count]

    def between(self, first: str, last: str) -> int:
        """How many entries, archived ones too, there are from one to another, whose blocks are loaded."""
        before, place = self.at(first), self.at(last)
        passed = sum(block.length for block in self.blocks[before:place])
        return passed + bisect_right(self.blocks[place].loaded, last) - bisect_left(self.blocks[before].loaded, first)

    def remove(self, entry: str) -> bool:
        """Take an entry out of its block, which is loaded; whether it was there."""
        if not self.blocks:
            return False
        block = self.blocks[self.at(entry)]
        place = bisect_left(block.loaded, _bare(entry))
        if place == len(block.loaded) or _bare(block.loaded[place]) != _bare(entry):
            return False
        del block.loaded[place]
        block.dirty = True
        return True

    def add(self, entry: str) -> None:
        """Put an entry into its block, which is loaded, in the place of one of the same card and rank."""
        self.remove(entry)
        if not self.blocks:
            self.blocks.append(Block(None, entry, 0, 0, []))
        block = self.blocks[self.at(entry)]
        block.loaded.insert(bisect_left(block.loaded, entry), entry)
        block.dirty = True

    def too_few(self) -> Iterator[tuple[int, int]]:
        """Places of changed blocks with few entries, each with a neighbour's that has room for them."""
        for place, block in enumerate(self.blocks):
            if block.dirty and 0 < block.length < BLOCK // 4:
                for other in (place - 1, place + 1):
                    if 0 <= other < len(self.blocks) and self.blocks[other].length + block.length <= BLOCK // 2:
                        yield place, other
                        break

    def settle(self) -> None:
        """Bring the heads up to date: what is full is split, what is empty goes, what is small joins a neighbour."""
        for place, other in reversed(list(self.too_few())):
            if other < len(self.blocks) and self.blocks[other].entries is not None:
                self._join(min(place, other))
        settled: list[Block] = []
        for place, block in enumerate(self.blocks):
            settled += self._settled(block, is_last=place == len(self.blocks) - 1) if block.dirty else [block]
        self.blocks = settled
        if len(settled) == 1 and settled[0].entries is not None and settled[0].id is not None:
            self._give_up(settled[0])  # the lane holds it itself

    def _join(self, place: int) -> None:
        left, right = self.blocks[place], self.blocks[place + 1]
        left.loaded.extend(right.loaded)
        left.dirty = True
        self._give_up(right)
        del self.blocks[place + 1]

    def _settled(self, block: Block, *, is_last: bool) -> list[Block]:
        entries = block.loaded
        if not entries:
            self._give_up(block)
            return []
        parts = [entries] if len(entries) <= BLOCK else list(_parts(entries, BLOCK if is_last else None))
        made = [Block.of(part) for part in parts]
        made[0].id = block.id
        for item in made:
            item.dirty = True
        return made

    def _give_up(self, block: Block) -> None:
        if block.id is not None:
            self.gone.append(block.id)
            block.id = None


def _parts(entries: list[str], size: int | None = None) -> Iterator[list[str]]:
    """Entries in parts of about three quarters of a block, or of a `size`, which is best where the end grows."""
    if size is None:
        count = -(-len(entries) // (BLOCK * 3 // 4))
        size = -(-len(entries) // count)
    for start in range(0, len(entries), size):
        yield entries[start : start + size]


def _bare(entry: str) -> str:
    return entry.removesuffix(_ARCHIVED)
