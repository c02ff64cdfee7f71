"""The life of a live connection: why it ends, who may end it, whether it may go on."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from models.errors import OrreryError
from serving.transports.protocol import Engine, GraphQLErrorDict, graphql_error

logger = logging.getLogger("orrery.transports")

_FAILED_CHECKS = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a connection ends.

    ``code`` is the WebSocket close code, or None when the peer is gone and nothing can be sent.
    ``errors`` is what each running operation is told first; ``flush`` lets its stream write first what it has.
    """

    code: int | None
    reason: str = ""
    errors: tuple[GraphQLErrorDict, ...] = ()
    flush: bool = False


GONE = Stop(None)


def stop_of(reason: OrreryError) -> Stop:
    """The end of a connection whose access has ended."""
    if reason.status == 503:
        return Stop(1013, "Try again later")
    return Stop(4403, "Forbidden", (graphql_error(reason.message, reason.code, **reason.details),))


class Connection:
    """A live connection: one task, which listens to the peer until it is stopped."""

    __slots__ = ("_stopped", "_task")

    transport: ClassVar[str]
    """What the metrics call its kind."""

    def __init__(self) -> None:
        self._stopped: Stop | None = None
        self._task: asyncio.Task[Any] | None = None

    def stop(self, stop: Stop) -> None:
        """End the connection; only the first reason counts."""
        if self._stopped is None:
            self._stopped = stop
            if self._task is not None and self._task is not asyncio.current_task():
                self._task.cancel()  # wakes it out of its waiting

    async def _listen_until_stopped(self, hear: Callable[[], Awaitable[None]]) -> Stop:
        """Hear one message of the peer after the other until somebody calls `stop`, and return with what."""
        self._task = asyncio.current_task()
        try:
            while self._stopped is None:
                await hear()
        except asyncio.CancelledError:
            if self._stopped is None or self._task is None or self._task.uncancel():
                raise
        return self._stopped


class Connections:
    """The live connections of a process, so that a shutdown can end them."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self.by_transport: Counter[str] = Counter()
        self._owned: Counter[Hashable] = Counter()
        self._closing: Stop | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def track(self, connection: Connection) -> Iterator[None]:
        """Hold a connection for as long as it lives."""
        self._open.add(connection)
        self.by_transport[connection.transport] += 1
        self._empty.clear()
        if self._closing is not None:
            connection.stop(self._closing)
        try:
            yield
        finally:
            self._open.discard(connection)
            self.by_transport[connection.transport] -= 1
            if not self._open:
                self._empty.set()

    def enter(self, owner: Hashable | None, limit: int) -> bool:
        """Count a connection as its owner's, unless there are `limit` of those already."""
        if owner is not None:
            if self._owned[owner] >= limit:
                return False
            self._owned[owner] += 1
        return True

    def leave(self, owner: Hashable | None) -> None:
        """Count it no more."""
        if owner is not None:
            self._owned[owner] -= 1
            if not self._owned[owner]:
                del self._owned[owner]

    async def close_all(self, code: int = 1012, reason: str = "Service restart") -> None:
        """End every connection, those that arrive later too, and wait until they have ended.

        What their streams have is written first. An event stream ends without ``complete``, so that its client
        reconnects and resumes.
        """
        self._closing = Stop(code, reason, flush=True)
        for connection in list(self._open):
            connection.stop(self._closing)
        await self._empty.wait()


async def watch_access(engine: Engine, context: Any, *, interval: float) -> Stop:
    """Ask every ``interval`` seconds whether a context may still read; return when it may not.

    A check that fails three times in a row ends the connection with 1013 (try again later): a
    short outage of the database costs nobody a connection, a long one keeps no one's access open.
    """
    failed = 0
    while True:
        await asyncio.sleep(interval)
        try:
            async with asyncio.timeout(interval):
                reason = await engine.still_allowed(context)
        except Exception:
            log_failure("checking whether a connection may go on")
            failed += 1
            if failed == _FAILED_CHECKS:
                return Stop(1013, "Try again later")
            continue
        failed = 0
        if reason is not None:
            return Stop(4403, "Forbidden", (graphql_error(reason, "UNAUTHENTICATED"),))


def log_failure(doing: str) -> str:
    """Log the exception being handled and return the id under which it was logged."""
    error_id = secrets.token_hex(8)
    logger.exception("%s failed [%s]", doing, error_id)
    return error_id
