"""The HTTP protocol of the web server: uvicorn's, with a deadline for heads, a place in the crowd, and whole answers.

uvicorn sends the head and the body of an answer one by one, and each write is a system call and a packet that wakes the
client. And it waits for a head as long as it takes.
"""

import asyncio
from asyncio.transports import BaseTransport
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.crowd import Crowd
from serving.websocket_protocol import WebSocketProtocol

MAX_HELD = 65_536
"""Bytes beyond which nothing more is held back, so that the transport's own limits slow the writer down."""
HEAD_SECONDS = 10.0
"""From a connection's start, or from the first byte of a further request, until the head of the request is there."""
NO_PLACE = 0


class HttpProtocol(H11Protocol):
    """One connection. `crowd` is that of its server."""

    crowd: ClassVar[Crowd | None] = None

    @classmethod
    def within(cls, crowd: Crowd) -> "type[HttpProtocol]":
        """The protocol of the connections of one server."""
        return type(cls.__name__, (cls,), {"crowd": crowd})

    def connection_made(self, transport: BaseTransport) -> None:
        self._bare = cast(asyncio.Transport, transport)
        super().connection_made(cast(asyncio.Transport, TogetherTransport(self._bare)))
        self._head_timer: asyncio.TimerHandle | None = None
        self._is_socket = False
        self._await_head()
        address = self.client[0] if self.client else ""
        if self.crowd is not None and not self.crowd.enter(self._bare, address, self._close_idle):
            self.limit_concurrency = NO_PLACE  # the answer to its request is that there is no place

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._head_is_there()
        if self.crowd is not None:
            self.crowd.leave(self._bare)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()

    def handle_events(self) -> None:
        super().handle_events()
        state = self.conn.their_state
        if state is h11.IDLE:
            return
        self._head_is_there()
        if self.crowd is None:
            return
        self.crowd.work(self._bare)
        if (
            state is h11.SEND_BODY and not self._is_socket
        ):  # nothing can be done yet: among those that give way, it is the youngest
            self.crowd.rest(self._bare, self._close_idle)

    def on_response_complete(self) -> None:
        if self.crowd is not None and not self.transport.is_closing():
            self.crowd.rest(self._bare, self._close_idle)
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._is_socket = True
        self.transport = cast(TogetherTransport, self.transport).bare
        super().handle_websocket_upgrade(event)
        socket = self._bare.get_protocol()
        if self.crowd is not None and isinstance(socket, WebSocketProtocol):
            socket.crowd = self.crowd

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close_idle)

    def _head_is_there(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close_idle(self) -> None:
        self._bare.close()


class TogetherTransport:
    """A transport on which all that is written in one turn of the event loop leaves in one write."""

    def __init__(self, bare: asyncio.Transport) -> None:
        self.bare = bare
        self._held: list[bytes] = []
        self._size = 0
        self._call_soon = asyncio.get_running_loop().call_soon
        # Asked for every request.
        self.is_closing = bare.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)

    def write(self, data: bytes) -> None:
        if not data:
            return
        if not self._held:
            self._call_soon(self._flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > MAX_HELD:
            self._flush()

    def close(self) -> None:
        self._flush()
        self.bare.close()

    def _flush(self) -> None:
        if self._held:
            self.bare.write(b"".join(self._held))
            self._held.clear()
            self._size = 0
