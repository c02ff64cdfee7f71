"""The bus: hints between processes that something was written, through broadcaster. The truth stays in the log."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import cast

from broadcaster import Broadcast, Event

log = logging.getLogger("orrery.bus")

CHANNEL = "orrery"
MAX_WAITING = 10_000
"""Messages that wait for a connection; beyond it the oldest are dropped."""

Receiver = Callable[[str], None]


class Bus:
    """One supervised subscription to one channel per process.

    broadcaster loses messages when several subscribe to a channel at once, and its listener ends for good, in silence,
    when the connection does; so there is one subscription, and it is set up anew, with a growing pause, whenever it
    ends or its own heartbeat no longer arrives. Times are in seconds.
    """

    def __init__(self, url: str, receiver: Receiver, *, heartbeat: float = 2.0, patience: float = 5.0) -> None:
        self._url = url
        self._receiver = receiver
        self._heartbeat = heartbeat
        self._patience = patience
        self._waiting: deque[str] = deque(maxlen=MAX_WAITING)
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect. Where that takes long, the rest starts without it: the hubs poll meanwhile."""
        self._task = asyncio.create_task(self._supervise(), name="bus")
        try:
            async with asyncio.timeout(self._patience):
                await self._ready.wait()
        except TimeoutError:
            log.warning("the bus does not answer yet; events of other processes may come seconds late")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def publish(self, message: str) -> None:
        """Send a message when the connection stands. A lost one costs seconds (the hub polls), never an event."""
        self._waiting.append(message)
        self._wake.set()

    async def _supervise(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._connected()
            except Exception:
                log.warning("the bus connection was lost; connecting again", exc_info=log.isEnabledFor(logging.DEBUG))
            if self._ready.is_set():
                pause = 0.1
                self._ready.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._patience)

    async def _connected(self) -> None:
        broadcast = Broadcast(self._url)
        stack = contextlib.AsyncExitStack()
        try:
            async with asyncio.timeout(self._patience):
                stack.push_async_callback(broadcast.disconnect)
                await broadcast.connect()
                subscriber = await stack.enter_async_context(broadcast.subscribe(CHANNEL))
            # broadcaster annotates the iterator of its subscriber as an optional one: it is not.
            events = cast("AsyncIterator[Event]", subscriber.__aiter__())
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(broadcast))
                tasks.create_task(self._receive(events))
                self._ready.set()
        finally:
            # Taking leave of a server that is gone fails, or hangs.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(self._patience):
                    await stack.aclose()

    async def _send(self, broadcast: Broadcast) -> None:
        while True:
            message = self._waiting.popleft() if self._waiting else ""
            async with asyncio.timeout(self._patience):
                await broadcast.publish(CHANNEL, message)
            if self._waiting:
                continue
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await self._wake.wait()

    async def _receive(self, events: AsyncIterator[Event]) -> None:
        while True:
            async with asyncio.timeout(self._heartbeat + self._patience):
                event = await anext(events)
            if event.message:
                self._receiver(event.message)
