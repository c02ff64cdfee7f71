"""What tests of feeds are written with: readers that may be slow, and renderings that count and wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bson import ObjectId

from realtime.cursor import Cursor
from realtime.hub import Hub
from realtime.subscription import Subscription
from tests.patience import PATIENCE
from tests.realtime.log_lab import appends

Item = tuple[str, int | None, str]


def told(event: Any) -> Item:
    return event["type"], event["seq"], event["cursor"]


class Socket:
    """A reader that takes what it is given, or says that it is slow after a number of items."""

    def __init__(self, subscription: Subscription, room: int | None = None) -> None:
        self.subscription = subscription
        self.items: list[Item] = []
        self.ended: list[Exception | None] = []
        self.room = room
        self._arrived = asyncio.Event()
        subscription.open(self._write, self._end)

    @property
    def seqs(self) -> list[int]:
        return [seq for _, seq, _ in self.items if seq is not None]

    @property
    def types(self) -> list[str]:
        return [name for name, _, _ in self.items]

    def go_on(self, room: int | None = None) -> None:
        self.room = room
        self.subscription.resume()

    async def until(self, done: Callable[["Socket"], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not done(self):
                self._arrived.clear()
                await self._arrived.wait()

    def _write(self, item: Item) -> bool:
        self.items.append(item)
        self._arrived.set()
        if self.room is not None:
            self.room -= 1
        return self.room is None or self.room > 0

    def _end(self, error: Exception | None) -> None:
        self.ended.append(error)
        self._arrived.set()


class Rendering:
    """Makes items, and counts how often; `gate` holds the ones that are made asynchronously."""

    def __init__(self, *, waits: bool = False) -> None:
        self.made: list[Item] = []
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self._waits = waits

    def __call__(self, event: Any) -> Item | Awaitable[Item]:
        self.made.append(told(event))
        return self._later(event) if self._waits and event["seq"] is not None else told(event)

    async def _later(self, event: Any) -> Item:
        self.asked.set()
        await self.gate.wait()
        return told(event)

    @property
    def seqs(self) -> list[int]:
        return [seq for _, seq, _ in self.made if seq is not None]


async def write(hub: Hub, stream: ObjectId, count: int = 1) -> Cursor:
    return (await hub.log.write(stream, None, appends(stream, count))).cursor


def ready(socket: Socket) -> bool:
    return "StreamReady" in socket.types
