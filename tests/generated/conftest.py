"""A gateway, and a world of prepared objects that generated requests meet."""

from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.applications import Starlette

from gateway.database import Database
from resolvers.project_draft import plan
from rest.agent_board import backups
from tests.conftest import empty
from tests.gateway.lab import gateway
from tests.generated.stage import Stage

__all__ = ["gateway"]


@pytest.fixture(scope="module", autouse=True)
def nobody_waits_for_a_planner() -> Iterator[None]:
    """No model works here, so that a planner answers nothing in whatever time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "PATIENCE", 0.2)
        patch.setattr(backups, "PATIENCE", 0.2)  # nor are backups made
        yield


@pytest.fixture(scope="module")
async def stage(gateway: Starlette, database: Database) -> AsyncIterator[Stage]:
    """A world of its own for each module, in an otherwise empty database."""
    await empty(database)
    opened = Stage(gateway)
    await opened.build()
    yield opened
    await opened.close()
