"""The backend of a bus on Redis: broadcaster's, whose reader learns of its connection's end."""

import asyncio
from contextlib import suppress

from broadcaster import Event
from broadcaster._backends.redis import RedisBackend


class WatchedRedisBackend(RedisBackend):
    """broadcaster's backend, whose reader fails when its listener has ended."""

    _LOST = Event("", "")

    async def connect(self) -> None:
        await super().connect()
        if self._listener is not None:
            self._listener.add_done_callback(self._end)

    async def next_published(self) -> Event:
        event = await super().next_published()
        if event is self._LOST:
            raise ConnectionError("the connection to Redis was lost")
        return event

    async def disconnect(self) -> None:
        with suppress(Exception):
            await super().disconnect()
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.wait([self._listener])
        await self._conn.aclose()

    def _end(self, listener: "asyncio.Task[None]") -> None:
        if not listener.cancelled():
            listener.exception()  # taken note of: what matters is that it has ended
        self._queue.put_nowait(self._LOST)
