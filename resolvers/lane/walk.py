"""A lane as a card that moves sees it: the others, in order, with as few blocks read as the question needs."""

from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

from realtime.log import Change
from resolvers.lane.blocks import Blocks, is_open
from resolvers.lane.store import load_blocks

END = "~"
"""A text that sorts behind every entry."""


@dataclass(slots=True)
class LaneWalk:
    """`own` is the entry of the card that moves, if it stands in this lane: it is passed over."""

    change: Change
    lane: Blocks
    own: str | None = None

    @property
    def open(self) -> int:
        """How many others are open."""
        return self.lane.open - self._own_counts

    @property
    def _own_counts(self) -> int:
        return int(self.own is not None and is_open(self.own))

    async def open_before(self, text: str) -> int:
        """How many open ones sort before a text."""
        if not self.lane.blocks:
            return 0
        await self.load([self.lane.at(text)])
        passed = self._own_counts if self.own is not None and self.own < text else 0
        return self.lane.open_before(text) - passed

    async def nth_open(self, number: int) -> str:
        """The `number`-th open one, from 0."""
        if self._own_counts and self.own is not None and number >= await self.open_before(self.own):
            number += 1
        place, inside = self.lane.with_open(number)
        await self.load([place])
        return [entry for entry in self.lane.blocks[place].loaded if is_open(entry)][inside]

    async def next_from(self, text: str) -> str | None:
        """The first one that does not sort before a text."""
        first = self.lane.at(text) if self.lane.blocks else 0
        async for entries in self._loaded(range(first, len(self.lane.blocks))):
            for entry in entries[bisect_left(entries, text) :]:
                if entry != self.own:
                    return entry
        return None

    async def last_before(self, text: str) -> str | None:
        """The last one that sorts before a text."""
        last = self.lane.at(text) if self.lane.blocks else -1
        async for entries in self._loaded(range(last, -1, -1)):
            for entry in reversed(entries[: bisect_left(entries, text)]):
                if entry != self.own:
                    return entry
        return None

    async def load(self, places: Iterable[int]) -> None:
        await load_blocks([(self.lane, places)], self.change.session)

    async def _loaded(self, places: Iterable[int]) -> AsyncIterator[list[str]]:
        for place in places:
            await self.load([place])
            yield self.lane.blocks[place].loaded

    def others(self, places: range) -> Iterator[str]:
        """The others in some blocks that are loaded."""
        return (entry for place in places for entry in self.lane.blocks[place].loaded if entry != self.own)
