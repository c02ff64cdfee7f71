"""How the driver sends a command and waits for the answer, without a task for either.

It makes three tasks for each command, two of which are cancelled once the answer is there: one that sends, though
nothing is waited for there, one that reads, and one that looks whether the connection was given up meanwhile. That is
more than a quarter of what a command costs in this process. Here timers do the same within the task of the caller.
"""

import asyncio
import time
from typing import Any

from pymongo import _csot
from pymongo.asynchronous import pool
from pymongo.errors import ProtocolError, _OperationCancelled
from pymongo.message import _UNPACK_REPLY, _OpMsg

LOOK_SECONDS = 0.5
"""How often a command that waits looks whether its connection was given up, as in the driver."""


def quicken() -> None:
    """Let the driver send and receive like this; may be called again."""
    for name, quick in (("async_sendall", send), ("async_receive_message", receive)):
        setattr(pool, name, quick)


async def send(connection: Any, message: bytes) -> None:
    """Hand a message to the transport, which takes any number of bytes at once."""
    await connection.write(message)


async def receive(connection: Any, request_id: int | None, max_message_size: int) -> _OpMsg:
    """The next message of a connection.

    Raises TimeoutError at the deadline of the operation, or of the socket where that has none, and
    `_OperationCancelled` where the connection was given up.
    """
    look = _Look(connection)
    try:
        async with asyncio.timeout(_seconds_left(connection)) as limit:
            look.begin(limit)
            data, code = await connection.conn.get_conn.read(request_id, max_message_size)
    except TimeoutError:
        if look.given_up:
            raise _OperationCancelled("operation cancelled") from None
        if limit.expired():
            raise TimeoutError("timed out") from None
        raise
    finally:
        look.end()
    if code not in _UNPACK_REPLY:
        raise ProtocolError(f"Got opcode {code!r} but expected {_UNPACK_REPLY.keys()!r}")
    return _UNPACK_REPLY[code](data)


def _seconds_left(connection: Any) -> float | None:
    if _csot.get_timeout():
        deadline = _csot.get_deadline()
        return max(deadline - time.monotonic(), 0) if deadline else None
    return connection.conn.gettimeout or None


class _Look:
    """Ends the time of a command whose connection was given up."""

    __slots__ = ("_connection", "_limit", "_timer", "given_up")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._timer: asyncio.TimerHandle | None = None
        self.given_up = False

    def begin(self, limit: asyncio.Timeout) -> None:
        self._limit = limit
        self._look()

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        if self._connection.cancel_context.cancelled:
            self.given_up = True
            if not self._limit.expired():
                self._limit.reschedule(loop.time())
        else:
            self._timer = loop.call_later(LOOK_SECONDS, self._look)
