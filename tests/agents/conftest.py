"""A person with a board, and services on the real embedded database, as the tests of operations have them."""

import pytest

from gateway.database import Database
from models import MissionRun
from tests.conftest import empty
from tests.resolvers.conftest import (
    anonymous,
    join,
    organization,
    owner,
    people,
    services,
    standing_owner,
    standing_people,
    tenant,
    workspace,
)

__all__ = [
    "anonymous",
    "join",
    "organization",
    "owner",
    "people",
    "services",
    "standing_owner",
    "standing_people",
    "tenant",
    "workspace",
]


@pytest.fixture
async def nothing_due(database: Database) -> None:
    """No mission of another test waits for a runner."""
    await empty(database, MissionRun)
