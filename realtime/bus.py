"""The bus: hints between processes that something was written, through broadcaster. The truth stays in the log."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

from broadcaster import Broadcast, Event

log = logging.getLogger("orrery.bus")

CHANNEL = "orrery"
Receiver = Callable[[str], Awaitable[None]]


class Bus:
    """One supervised subscription to one channel per process.

    broadcaster loses messages when several subscribe to a channel at once, and its listener ends for good when the
    connection does; so there is one subscription, and it is set up anew, with a growing pause, whenever it ends.
    """

    def __init__(self, url: str, receiver: Receiver) -> None:
        self._url = url
        self._receiver = receiver
        self._broadcast: Broadcast | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def start(self) -> None:
        """Connect and wait until the subscription stands."""
        self._task = asyncio.create_task(self._supervise(), name="bus")
        await self._ready.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def publish(self, message: str) -> None:
        """Send a hint. A lost one costs seconds (the hub polls), never an event, so failures are only logged."""
        if self._broadcast is None:
            return
        try:
            await self._broadcast.publish(CHANNEL, message)
        except Exception:
            log.warning("a message was not published", exc_info=True)

    async def _supervise(self) -> None:
        pause = 0.1
        while True:
            try:
                async with Broadcast(self._url) as broadcast, broadcast.subscribe(CHANNEL) as subscriber:
                    self._broadcast = broadcast
                    self._ready.set()
                    pause = 0.1
                    # broadcaster annotates its subscriber as optional events and an optional iterator: it is neither.
                    async for event in cast("AsyncIterator[Event]", subscriber):
                        await self._receiver(event.message)
            except Exception:
                log.warning("the bus connection was lost; connecting again", exc_info=True)
            finally:
                self._broadcast = None
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
