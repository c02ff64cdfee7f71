"""Places of the transactions that work at a time, for which those who wait take turns."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from models.turns import Turns


@dataclass(eq=False, slots=True)
class Place:
    """One that somebody has, until they leave it."""

    _places: "Places"
    _is_left: bool = False

    def leave(self) -> None:
        """Let the next one have it; what was left stays left."""
        if not self._is_left:
            self._is_left = True
            self._places._hand_on()


@dataclass(eq=False, slots=True)
class Places:
    """`free` of them are not taken. Callers who wait have one in turn, each in the order in which they came."""

    free: int
    _waiting: Turns[asyncio.Future[None]] = field(default_factory=Turns)

    @asynccontextmanager
    async def one(self, caller: Hashable) -> AsyncIterator[Place]:
        """A place, once it is the caller's turn, until the block ends or the place is left before."""
        await self._take(caller)
        place = Place(self)
        try:
            yield place
        finally:
            place.leave()

    async def _take(self, caller: Hashable) -> None:
        if self.free:
            self.free -= 1
            return
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(caller, ready)
        try:
            await ready
        except asyncio.CancelledError:
            if not self._waiting.remove(caller, ready):
                self._hand_on()  # its turn came at the same moment
            raise

    def _hand_on(self) -> None:
        while (found := self._waiting.next_caller()) is not None:
            ready = self._waiting.take(found[0])
            if not ready.done():  # else it was given up
                ready.set_result(None)
                return
        self.free += 1
