"""The life of a live connection: why it ends, who may end it, whether it may go on."""

import asyncio
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from realtime.transports.protocol import Engine, GraphQLErrorDict, graphql_error

logger = logging.getLogger("orrery.transports")

_FAILED_CHECKS = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a connection ends.

    ``code`` is the WebSocket close code, or None when the peer is gone and nothing can be sent.
    ``errors`` is what each running operation is told first.
    """

    code: int | None
    reason: str = ""
    errors: tuple[GraphQLErrorDict, ...] = ()


GONE = Stop(None)


class Stoppable(Protocol):
    """A live connection."""

    def stop(self, stop: Stop) -> None:
        """Ask the connection to end; only the first request counts."""


class Connections:
    """The live connections of a process, so that a shutdown can end them."""

    def __init__(self) -> None:
        self._open: set[Stoppable] = set()
        self._closing: Stop | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def track(self, connection: Stoppable) -> Iterator[None]:
        """Hold a connection for as long as it lives."""
        self._open.add(connection)
        self._empty.clear()
        if self._closing is not None:
            connection.stop(self._closing)
        try:
            yield
        finally:
            self._open.discard(connection)
            if not self._open:
                self._empty.set()

    async def close_all(self, code: int = 1012, reason: str = "Service restart") -> None:
        """End every connection, those that arrive later too, and wait until they have ended.

        An event stream ends without ``complete``, so that its client reconnects and resumes.
        """
        self._closing = Stop(code, reason)
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
