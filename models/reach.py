"""Whether the database could be reached."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from inspect import isawaitable
from typing import TypeVar

from pymongo.errors import ConnectionFailure, PyMongoError

from models.errors import RateLimited, Unavailable

T = TypeVar("T")

AWAY_SECONDS = 0.5
"""Until the same is tried again for which the database could not be reached."""

LATER = (RateLimited, Unavailable, PyMongoError)
"""Failures of work in the background after which the same is tried again: it has not been refused."""


def is_unreachable(error: BaseException | None) -> bool:
    """Whether a failure is that of the way to the database, so that the same may succeed later."""
    return isinstance(error, ConnectionFailure) or (isinstance(error, PyMongoError) and error.timeout)


def unexpected(error: Exception) -> Exception | None:
    """What the log tells of a failure that work in the background lives through: nothing more of one that passes."""
    passes = isinstance(error, (RateLimited, Unavailable)) or is_unreachable(error)
    if isinstance(error, PyMongoError):
        passes |= error.has_error_label("TransientTransactionError") or error.has_error_label("RetryableWriteError")
    return None if passes else error


async def once_reached(first: Awaitable[T], again: Callable[[], T | Awaitable[T]]) -> T:
    """What is awaited, and asked for `again` for as long as the database cannot be reached: what never comes a second
    time waits for it."""
    pending: T | Awaitable[T] = first
    while True:
        try:
            return await pending if isawaitable(pending) else pending
        except Exception as error:
            if not is_unreachable(error):
                raise
        await asyncio.sleep(AWAY_SECONDS)
        pending = again()


@contextmanager
def reachable() -> Iterator[None]:
    """Turn failures of the way to the database into Unavailable."""
    try:
        yield
    except PyMongoError as error:
        if is_unreachable(error):
            raise Unavailable from error
        raise
