"""The WebSocket protocol of the web server: uvicorn's, with ready-made frames and bounds on what a peer may do.

What it adds: applications write frames straight to the transport (`serving.transports.frames.FrameWriter`); a
connection keeps nothing that only its handshake needed; a peer that breaks RFC 6455 is told so by a close code that
reaches it, without a traceback in the log; and one that does not read cannot keep a closed connection open.
"""

import asyncio
import socket
from asyncio.transports import BaseTransport
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from serving.crowd import Crowd
from serving.transports.frames import FRAME_WRITER

READ_BYTES = 16_384
"""What is read and parsed at a time, so that a flood of tiny frames lets the others have their turn."""
UNSENT_BYTES = 131_072
"""What the system takes of a connection before its peer reads. It would take megabytes, and a reader that has stopped
would be noticed as late."""
UNSENT_LIMIT: int | None = getattr(socket, "TCP_NOTSENT_LOWAT", None)
MAX_FRAGMENTS = 256
MAX_SURPLUS = 64 * 1024 * 1024
SURPLUS_SECONDS = 2.0
"""What a peer may send after its connection has failed. A socket closed on unread data would lose the close code."""


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One connection. Itself the `FrameWriter` that its scope offers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Those of asyncio take 4 KB of each connection.
        self.queue = cast("asyncio.Queue[ASGIReceiveEvent]", Inbox())
        self.writable = cast(asyncio.Event, Gate())
        self._call_when_writable: Callable[[], None] | None = None
        self._call_at_pong: Callable[[], None] | None = None
        self._surplus: int | None = None
        self._abort_timer: asyncio.TimerHandle | None = None
        self.crowd: Crowd | None = None

    # The frame writer

    @property
    def is_full(self) -> bool:
        return not self.writable.is_set()

    def write_frame(self, frame: bytes) -> None:
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(frame)

    def on_writable(self, call: Callable[[], None]) -> None:
        self._call_when_writable = call

    def on_pong(self, call: Callable[[], None]) -> None:
        self._call_at_pong = call

    # From the transport

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        if hasattr(transport, "max_size"):
            transport.max_size = READ_BYTES
        plain = transport.get_extra_info("socket")
        if plain is not None and plain.family in (socket.AF_INET, socket.AF_INET6) and UNSENT_LIMIT is not None:
            plain.setsockopt(socket.IPPROTO_TCP, UNSENT_LIMIT, UNSENT_BYTES)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._call_when_writable is not None:
            self._call_when_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.crowd is not None:
            self.crowd.leave(self.transport)
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self._call_at_pong = None
        call, self._call_when_writable = self._call_when_writable, None
        if call is not None:
            call()

    def data_received(self, data: bytes) -> None:
        if self._surplus is None:
            super().data_received(data)
            return
        self._surplus -= len(data)
        if self._surplus < 0:
            self.transport.abort()

    # The handshake

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            # The application starts later.
            cast(dict[str, Any], self.scope["extensions"])[FRAME_WRITER] = self

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            del self.request, self.response, self.scope

    # Frames

    def handle_ping(self) -> None:
        pong = b"".join(self.conn.data_to_send())
        # Not to a peer that does not read: its pongs would pile up.
        if self.writable.is_set():
            self.transport.write(pong)

    def handle_pong(self, event: Frame) -> None:
        super().handle_pong(event)
        if self._call_at_pong is not None:
            self._call_at_pong()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MAX_FRAGMENTS:
            self._fail(CloseCode.MESSAGE_TOO_BIG, f"more than {MAX_FRAGMENTS} fragments")
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        data = b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        event: ASGIReceiveEvent
        if self.curr_msg_data_type == "bytes":
            event = {"type": "websocket.receive", "bytes": data}
        else:
            try:
                event = {"type": "websocket.receive", "text": data.decode()}
            except UnicodeDecodeError:
                self._fail(CloseCode.INVALID_DATA, "invalid UTF-8")
                return
        self.queue.put_nowait(event)
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    # The end

    def _fail(self, code: CloseCode, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        output = b"".join(self.conn.data_to_send())
        if self.close_sent:  # by the application: that is what the peer is told
            self.transport.close()
            return
        super_close = self.conn.close_sent
        code, reason = (super_close.code, super_close.reason) if super_close else (1006, "")
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_sent = True
        if self.transport.is_closing():
            return
        self.transport.write(output)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._surplus = MAX_SURPLUS
        self.read_paused = False
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(SURPLUS_SECONDS, self.transport.abort)

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        super().on_task_complete(task)
        if not self.disconnected:
            # What a peer does not read would otherwise keep the transport open for as long as it likes.
            self._abort_timer = self.loop.call_later(self.close_timeout, self.transport.abort)


class Inbox:
    """The part of `asyncio.Queue` that a connection uses, for its one reader."""

    __slots__ = ("_events", "_waiter")

    def __init__(self) -> None:
        self._events: deque[ASGIReceiveEvent] | None = None
        self._waiter: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        return not self._events

    def put_nowait(self, event: ASGIReceiveEvent) -> None:
        if self._events is None:
            self._events = deque()
        self._events.append(event)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> ASGIReceiveEvent:
        while not self._events:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        event = self._events.popleft()
        if not self._events:
            self._events = None
        return event


class Gate:
    """The part of `asyncio.Event` that a connection uses."""

    __slots__ = ("_is_set", "_waiters")

    def __init__(self) -> None:
        self._is_set = True
        self._waiters: list[asyncio.Future[None]] | None = None

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)

    def clear(self) -> None:
        self._is_set = False

    async def wait(self) -> bool:
        while not self._is_set:
            waiter = asyncio.get_running_loop().create_future()
            if self._waiters is None:
                self._waiters = []
            self._waiters.append(waiter)
            await waiter
        return True
