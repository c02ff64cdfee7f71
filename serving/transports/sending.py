"""Sending to a reader that may be slow: everything is taken, and whoever can wait is told to."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from starlette.websockets import WebSocketDisconnect

T = TypeVar("T")

DISCONNECTED = (WebSocketDisconnect, OSError, RuntimeError)
"""How servers and Starlette say that the peer has gone."""


class Room:
    """Who waits until there is room again. `on_room` is called each time there is."""

    __slots__ = ("_on_room", "_waiting")

    def __init__(self, on_room: Callable[[], None]) -> None:
        self._on_room = on_room
        self._waiting: list[asyncio.Future[None]] | None = None

    @property
    def is_full(self) -> bool:
        """Whether the peer has much left to read."""
        raise NotImplementedError

    async def room(self) -> None:
        """Wait while it is full."""
        while self.is_full:
            waiter = asyncio.get_running_loop().create_future()
            if self._waiting is None:
                self._waiting = []
            self._waiting.append(waiter)
            await waiter

    def _has_room(self) -> None:
        waiting, self._waiting = self._waiting, None
        for waiter in waiting or ():
            if not waiter.done():
                waiter.set_result(None)
        self._on_room()


class SendQueue(Room, Generic[T]):
    """Sends through a server's asynchronous `send`, by a task that lives while there is something to send."""

    __slots__ = ("_closed", "_on_lost", "_queue", "_sending", "_size")

    def __init__(self, size: int, on_room: Callable[[], None], on_lost: Callable[[], None]) -> None:
        super().__init__(on_room)
        self._size = size
        self._on_lost = on_lost
        self._queue: deque[T] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def is_full(self) -> bool:
        return len(self._queue) >= self._size

    def put(self, item: T) -> None:
        """Send this after all that was put before."""
        if not self._closed:
            self._queue.append(item)
            if self._sending is None:
                self._sending = asyncio.create_task(self._send_all())

    async def flush(self) -> None:
        """Wait until everything has been handed to the server."""
        while self._sending is not None:
            await asyncio.wait([self._sending])

    async def close(self) -> None:
        """Send nothing more, and drop what has not been handed to the server."""
        self._closed = True
        self._queue.clear()
        if self._sending is not None:
            # Whatever it still holds must not follow the last word.
            self._sending.cancel()
            await asyncio.wait([self._sending])

    async def _send(self, item: T) -> None:
        raise NotImplementedError

    async def _send_all(self) -> None:
        try:
            while self._queue:
                was_full = self.is_full
                item = self._queue.popleft()
                if was_full and not self.is_full:
                    self._has_room()
                await self._send(item)
        except DISCONNECTED:
            self._closed = True
            self._queue.clear()
            self._on_lost()
        finally:
            self._sending = None
