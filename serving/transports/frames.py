"""Text frames (RFC 6455) made ahead, so that one event to many sockets is framed once."""

from collections.abc import Callable
from struct import Struct
from typing import Protocol

import orjson

from realtime.payload import EventPayload

FRAME_WRITER = "orrery.frames"
"""The extension of an ASGI scope under which a server offers its `FrameWriter`."""

PING = b"\x89\x00"
"""The frame of a ping without data."""
_WHOLE = "whole"
"""What the frame of a payload that is sent as it is is kept under, in its `forms`."""
_TEXT = 0x81  # the final frame of a message, and its only one
_MEDIUM = Struct("!BBH")
_LONG = Struct("!BBQ")

_MAX_FORMS = 4
_MAX_SHARED_ID = 4
"""Ids that clients count up are the same on many sockets; random ones are each used once, and not worth keeping."""


class FrameWriter(Protocol):
    """What a server offers an application beside `websocket.send`: ready-made frames, written at once."""

    @property
    def is_full(self) -> bool:
        """Whether more is waiting for the peer than should: hold back what can wait."""

    def write_frame(self, frame: bytes) -> None:
        """Write whole frames, which are always taken; what follows a close is left out."""

    def on_writable(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever the writer was full and is so no longer, and when the connection is lost."""

    def on_pong(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever the peer answers a ping."""


def text_frame(*parts: bytes) -> bytes:
    """The unmasked frame of a text in UTF-8, given in parts."""
    length = sum(map(len, parts))
    if length < 126:
        header = bytes((_TEXT, length))
    elif length < 65_536:
        header = _MEDIUM.pack(_TEXT, 126, length)
    else:
        header = _LONG.pack(_TEXT, 127, length)
    return b"".join((header, *parts))


def next_head(id: str) -> bytes:
    """The start of an operation's `next` messages; a payload and `}` complete one."""
    return b'{"type":"next","id":' + orjson.dumps(id) + b',"payload":'


def next_frame(delivery: EventPayload, id: str, head: bytes) -> bytes:
    """The frame of a `next` message (that of each part, in a row), made once for all operations of a short id."""
    if len(id) > _MAX_SHARED_ID:
        return _made(delivery, id, head)
    frame = delivery.forms.get(id)
    if frame is None:
        frame = _made(delivery, id, head)
        if len(delivery.forms) < _MAX_FORMS:
            delivery.forms[id] = frame
    return frame


def whole_frame(delivery: EventPayload) -> bytes:
    """The frame of a payload as it is (that of each part, in a row), made once for all who get it."""
    frame = delivery.forms.get(_WHOLE)
    if frame is None:
        parts = delivery.parts
        frame = b"".join(map(whole_frame, parts)) if parts else text_frame(delivery.payload)
        delivery.forms[_WHOLE] = frame
    return frame


def _made(delivery: EventPayload, id: str, head: bytes) -> bytes:
    if delivery.parts:
        return b"".join(next_frame(part, id, head) for part in delivery.parts)
    return text_frame(head, delivery.payload, b"}")
