"""What a socket has to say, in order: written at once where the server can, queued where it cannot."""

from collections.abc import Callable
from typing import Protocol

from starlette.websockets import WebSocket

from realtime.payload import EventPayload
from serving.transports.frames import FRAME_WRITER, PING, FrameWriter, next_frame, text_frame, whole_frame
from serving.transports.sending import Room, SendQueue


class Sender(Protocol):
    """The operation that a message is of."""

    id: str
    head: bytes
    stopped: bool

    def forget(self) -> None:
        """Its last message is on its way: the id is free."""


class Outbox(Protocol):
    """Everything that is sent is taken; `is_full` tells when to hold back, and `room` waits until that is over.

    What an operation sends after it was stopped is dropped: its client has forgotten it, and may use its id anew.
    """

    @property
    def is_full(self) -> bool:
        """Whether the client has much left to read."""

    def send(self, message: bytes, sender: Sender | None = None, *, final: bool = False) -> None:
        """Send a message, of an operation or of the connection itself."""

    def send_next(self, delivery: EventPayload, sender: Sender) -> None:
        """Send a result of an operation, or several in a row."""

    def send_whole(self, delivery: EventPayload) -> None:
        """Send a payload, or several in a row, as they are."""

    def ping(self, on_pong: Callable[[], None]) -> bool:
        """Send a ping of the protocol, whose answer is told to `on_pong`; False where the server does that itself."""

    async def room(self) -> None:
        """Wait while it is full."""

    async def flush(self) -> None:
        """Wait until everything has been handed to the server."""

    async def close(self) -> None:
        """Send nothing more, and drop what has not been handed to the server."""


def open_outbox(websocket: WebSocket, size: int, *, on_room: Callable[[], None], on_lost: Callable[[], None]) -> Outbox:
    """The outbox that the server of a socket allows; `size` is how many messages one without frames queues."""
    writer: FrameWriter | None = websocket.scope.get("extensions", {}).get(FRAME_WRITER)
    if writer is not None:
        return DirectOutbox(writer, on_room)
    return QueuedOutbox(websocket, size, on_room, on_lost)


class DirectOutbox(Room):
    """Writes ready-made frames to the transport: no task, no queue, no await."""

    __slots__ = ("_closed", "_writer")

    def __init__(self, writer: FrameWriter, on_room: Callable[[], None]) -> None:
        super().__init__(on_room)
        self._writer = writer
        self._closed = False
        writer.on_writable(self._has_room)

    @property
    def is_full(self) -> bool:
        return self._writer.is_full

    def send(self, message: bytes, sender: Sender | None = None, *, final: bool = False) -> None:
        if sender is not None:
            if sender.stopped:
                return
            if final:
                sender.forget()
        if not self._closed:
            self._writer.write_frame(text_frame(message))

    def send_next(self, delivery: EventPayload, sender: Sender) -> None:
        if not self._closed and not sender.stopped:
            self._writer.write_frame(next_frame(delivery, sender.id, sender.head))

    def send_whole(self, delivery: EventPayload) -> None:
        if not self._closed:
            self._writer.write_frame(whole_frame(delivery))

    def ping(self, on_pong: Callable[[], None]) -> bool:
        if not self._closed:
            self._writer.on_pong(on_pong)
            self._writer.write_frame(PING)
        return True

    async def flush(self) -> None:
        """Nothing is held here."""

    async def close(self) -> None:
        self._closed = True


class QueuedOutbox(SendQueue[tuple[bytes, Sender | None, bool]]):
    """Sends through the ASGI server's own `send`."""

    __slots__ = ("_websocket",)

    def __init__(
        self, websocket: WebSocket, size: int, on_room: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        super().__init__(size, on_room, on_lost)
        self._websocket = websocket

    def send(self, message: bytes, sender: Sender | None = None, *, final: bool = False) -> None:
        self.put((message, sender, final))

    def send_next(self, delivery: EventPayload, sender: Sender) -> None:
        for part in delivery.each:
            self.put((sender.head + part.payload + b"}", sender, False))

    def send_whole(self, delivery: EventPayload) -> None:
        for part in delivery.each:
            self.put((part.payload, None, False))

    def ping(self, on_pong: Callable[[], None]) -> bool:
        return False

    async def _send(self, item: tuple[bytes, Sender | None, bool]) -> None:
        message, sender, final = item
        if sender is not None:
            if sender.stopped:
                return
            if final:
                # Freed no earlier, so that a client that reads nothing keeps its places taken.
                sender.forget()
        await self._websocket.send_text(message.decode())
