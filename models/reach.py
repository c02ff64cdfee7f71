"""Whether the database could be reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, PyMongoError

from models.errors import RateLimited, Unavailable

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


@contextmanager
def reachable() -> Iterator[None]:
    """Turn failures of the way to the database into Unavailable."""
    try:
        yield
    except PyMongoError as error:
        if is_unreachable(error):
            raise Unavailable from error
        raise
