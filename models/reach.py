"""Whether the database could be reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, PyMongoError

from models.errors import Unavailable


def is_unreachable(error: BaseException | None) -> bool:
    """Whether a failure is that of the way to the database, so that the same may succeed later."""
    return isinstance(error, ConnectionFailure) or (isinstance(error, PyMongoError) and error.timeout)


@contextmanager
def reachable() -> Iterator[None]:
    """Turn failures of the way to the database into Unavailable."""
    try:
        yield
    except PyMongoError as error:
        if is_unreachable(error):
            raise Unavailable from error
        raise
