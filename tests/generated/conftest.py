"""A gateway, and a world of prepared objects that generated requests meet."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from gateway.database import Database
from tests.conftest import empty
from tests.gateway.lab import gateway
from tests.generated.stage import Stage

__all__ = ["gateway"]


@pytest.fixture(scope="module")
async def stage(gateway: Starlette, database: Database) -> AsyncIterator[Stage]:
    """A world of its own for each module, in an otherwise empty database."""
    await empty(database)
    opened = Stage(gateway)
    await opened.build()
    yield opened
    await opened.close()
