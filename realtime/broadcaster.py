"""What carries the bus: broadcaster, made to say so when its connection has ended."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import cast

from broadcaster import Broadcast, BroadcastBackend, Event
from broadcaster._backends.memory import MemoryBackend

from realtime.change_stream import ChangeStreamBackend

log = logging.getLogger("orrery.bus")

MEMORY = "memory"
REDIS = ("redis", "rediss")
MONGODB = "mongodb"


class Broadcaster(Broadcast):
    """A broadcast whose subscribers end when its backend fails, and whose backend is closed however it ended.

    broadcaster's own listener dies in silence, and `disconnect` then raises before it has closed the backend.
    """

    def __init__(self, backend: BroadcastBackend) -> None:
        super().__init__(backend=backend)
        self._reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await super().connect()
        self._reading = self._listener_task

    @asynccontextmanager
    async def messages(self, channel: str) -> AsyncIterator[AsyncIterator[str]]:
        """The messages of a channel, for as long as the connection lives."""
        async with self.subscribe(channel) as subscriber:
            # broadcaster annotates the iterator of its subscriber as an optional one: it is not.
            events = cast("AsyncGenerator[Event, None]", subscriber.__aiter__())
            async with aclosing(events):
                yield (event.message async for event in events)

    async def disconnect(self) -> None:
        try:
            if self._reading is not None:
                self._reading.cancel()
                await asyncio.wait([self._reading])
        finally:
            await self._backend.disconnect()

    async def _listener(self) -> None:
        try:
            await super()._listener()
        except Exception as error:
            log.debug("the bus cannot be read any further", exc_info=error)
        finally:
            for queues in self._subscribers.values():
                for queue in queues:
                    queue.put_nowait(None)


def backends(url: str) -> Callable[[], BroadcastBackend]:
    """What makes the backend of each connection to `url`. Raises ValueError for a scheme that there is none of."""
    scheme = url.partition(":")[0]
    if scheme == MEMORY:
        return lambda: MemoryBackend(url)
    if scheme in REDIS:
        from realtime.redis_backend import WatchedRedisBackend  # not at the top: few gateways need Redis's client

        return lambda: WatchedRedisBackend(url)
    if scheme == MONGODB:
        # One for all connections: it knows how far it has read.
        backend = ChangeStreamBackend()
        return lambda: backend
    raise ValueError(f"no bus has the scheme {scheme!r}")
