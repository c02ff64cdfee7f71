"""The bus: hints between processes that something was written, through broadcaster. The truth stays in the log."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from random import uniform
from time import monotonic

from realtime.background import end
from realtime.broadcaster import MONGODB, Broadcaster, backends

log = logging.getLogger("orrery.bus")

CHANNEL = "orrery"
MAX_WAITING = 10_000
"""Messages that wait for a connection, and hints that do; beyond it the oldest are dropped."""
MAX_WAITING_SIZE = 16 * 1024 * 1024
"""Characters of the messages that wait."""
MAX_AGE = 5.0
"""Seconds after which one that still waits is dropped: the polls of the others have made up for it."""
MAX_TOGETHER = 256 * 1024
"""Characters that travel as one message of the server's."""
FIRST_PAUSE = 0.1
MAX_PAUSE = 2.0

Receiver = Callable[[str], None]


class Bus:
    """One supervised subscription to one channel per process.

    broadcaster loses messages when several subscribe to a channel at once; so there is one subscription, and it is set
    up anew, with a growing pause, whenever it ends or its own heartbeat no longer arrives. `on_connect` is called
    whenever it stands (again): what others sent meanwhile is lost. Messages have no line breaks. Times are in seconds.
    """

    def __init__(
        self,
        url: str,
        receiver: Receiver,
        *,
        on_connect: Callable[[], None] = lambda: None,
        heartbeat: float = 2.0,
        patience: float = 5.0,
    ) -> None:
        self._backend = backends(url)
        self._receiver = receiver
        self._on_connect = on_connect
        self._heartbeat = heartbeat
        self._patience = patience
        self._waiting: deque[tuple[float, str]] = deque()
        self._waiting_size = 0
        # Apart, so that a flood of messages pushes no hint out.
        self._hints: dict[str, tuple[float, int, str]] = {}
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._branches: list[Receiver] = []
        self.is_redis = url.startswith("redis")
        self.hears_commits = url.startswith(MONGODB)
        """Whether commits need not be told, because it reads them from the database."""
        self.connections = 0
        """How often the connection was made."""

    @property
    def is_connected(self) -> bool:
        """Whether messages come and go."""
        return self._ready.is_set()

    async def start(self) -> None:
        """Connect. Where that takes long, the rest starts without it: the hubs poll meanwhile."""
        self._task = asyncio.create_task(self._supervise(), name="bus")
        try:
            async with asyncio.timeout(self._patience):
                await self._ready.wait()
        except TimeoutError:
            log.warning("the bus does not answer yet; events of other processes may come seconds late")

    async def stop(self) -> None:
        await end(self._task)
        self._task = None

    def publish(self, message: str) -> None:
        """Send a message when the connection stands. A lost one costs seconds (the hub polls), never an event."""
        now = monotonic()
        self._waiting.append((now, message))
        self._waiting_size += len(message)
        while self._waiting and (
            len(self._waiting) > MAX_WAITING
            or self._waiting_size > MAX_WAITING_SIZE
            or self._waiting[0][0] < now - MAX_AGE
        ):
            self._take()
        self._wake.set()

    def hint(self, about: str, rank: int, message: str) -> None:
        """Send a message that makes those of a lower rank about the same thing superfluous: they no longer wait."""
        waiting = self._hints.get(about)
        if waiting is None and len(self._hints) >= MAX_WAITING:
            del self._hints[next(iter(self._hints))]
        if waiting is None or waiting[1] < rank:
            self._hints[about] = (monotonic(), rank, message)
            self._wake.set()

    def branch(self, send: Receiver) -> Callable[[], None]:
        """Hand all messages of this process to `send` as well, which does not block; what is returned ends that."""
        self._branches.append(send)
        return lambda: self._branches.remove(send)

    def hear(self, together: str, branch: Receiver | None = None) -> None:
        """Take what came over a branch: it is for this process, and for all other branches."""
        for send in self._branches:
            if send is not branch:
                send(together)
        for message in together.split("\n"):
            if message:
                self._hand_over(message)

    async def _supervise(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = monotonic()
            try:
                await self._connected()
            except Exception:
                log.warning("the bus connection was lost; connecting again", exc_info=log.isEnabledFor(logging.DEBUG))
            self._ready.clear()
            if monotonic() - began > self._patience:
                pause = FIRST_PAUSE  # a connection that ends as soon as it stands is no better than none
            await asyncio.sleep(uniform(pause / 2, pause))
            pause = min(pause * 2, MAX_PAUSE)

    async def _connected(self) -> None:
        broadcaster = Broadcaster(self._backend())
        stack = contextlib.AsyncExitStack()
        try:
            async with asyncio.timeout(self._patience):
                stack.push_async_callback(broadcaster.disconnect)
                await broadcaster.connect()
                messages = await stack.enter_async_context(broadcaster.messages(CHANNEL))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(broadcaster))
                tasks.create_task(self._receive(messages))
                self.connections += 1
                self._ready.set()
                self._on_connect()
        finally:
            # Taking leave of a server that is gone fails, or hangs.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(self._patience):
                    await stack.aclose()

    async def _send(self, broadcaster: Broadcaster) -> None:
        while True:
            together = self._next()
            async with asyncio.timeout(self._patience):
                await broadcaster.publish(CHANNEL, together)
            if together:
                for send in self._branches:
                    send(together)
            if self._hints or self._waiting:
                continue
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._heartbeat):
                    await self._wake.wait()

    def _next(self) -> str:
        """Some of what waits, hints first; nothing is a heartbeat."""
        taken: list[str] = []
        size = 0
        oldest = monotonic() - MAX_AGE
        while (found := self._oldest()) and (not taken or size + len(found[1]) < MAX_TOGETHER):
            sent_at, message = found
            if self._hints:
                del self._hints[next(iter(self._hints))]
            else:
                self._take()
            if sent_at >= oldest:
                taken.append(message)
                size += len(message)
        return "\n".join(taken)

    def _take(self) -> None:
        self._waiting_size -= len(self._waiting.popleft()[1])

    def _oldest(self) -> tuple[float, str] | None:
        if self._hints:
            sent_at, _, message = next(iter(self._hints.values()))
            return sent_at, message
        return self._waiting[0] if self._waiting else None

    async def _receive(self, messages: AsyncIterator[str]) -> None:
        while True:
            async with asyncio.timeout(self._heartbeat + self._patience):
                together = await anext(messages, None)
            if together is None:
                raise ConnectionError("the bus has ended")
            for message in together.split("\n"):
                if message:
                    self._hand_over(message)

    def _hand_over(self, message: str) -> None:
        try:
            self._receiver(message)
        except Exception:  # of another version, or of somebody else: what it told is found by the polls
            log.warning("a message of the bus could not be read", exc_info=log.isEnabledFor(logging.DEBUG))
