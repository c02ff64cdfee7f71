"""Watching a subscription's source, as a transport would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from realtime.told import ToldEvent
from resolvers.subscribe import Source
from tests.patience import PATIENCE


class Watcher:
    """Collects what a source yields."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events: list[ToldEvent] = []
        self._arrived = asyncio.Event()
        self.task = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        try:
            async for event in self.source:
                self.events.append(event)
                self._arrived.set()
        finally:
            self._arrived.set()

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def until(self, count: int) -> None:
        """Wait for that many events, StreamReady counted."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:
                self._arrived.clear()
                if self.task.done():
                    self.task.result()
                    raise AssertionError(f"the stream ended after {self.types}")
                await self._arrived.wait()

    async def end(self) -> None:
        """Wait until the stream ends by itself; raises what it ended with."""
        async with asyncio.timeout(PATIENCE):
            await self.task


@asynccontextmanager
async def watching(source: Awaitable[Source]) -> AsyncIterator[Watcher]:
    """A watcher that has got its StreamReady."""
    watcher = Watcher(await source)
    try:
        await watcher.until(1)
        yield watcher
    finally:
        watcher.task.cancel()
        await asyncio.gather(watcher.task, return_exceptions=True)
