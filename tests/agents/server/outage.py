"""A database that is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import ServerSelectionTimeoutError


@contextmanager
def no_database() -> Iterator[None]:
    """No server of the database is found by what the block does."""

    async def none_found(*_: Any, **__: Any) -> NoReturn:
        raise ServerSelectionTimeoutError("no server")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(AsyncMongoClient, "_select_server", none_found)
        yield
