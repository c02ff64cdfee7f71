"""The world, built once: what is refused changes nothing, so every test finds it as it was."""

from collections.abc import AsyncIterator

import pytest

from auth.subject import ANONYMOUS
from gateway.database import Database
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.kit.context import Context
from tests.conftest import empty
from tests.resolvers.lab import People
from tests.services import whole_services
from tests.world.build import build
from tests.world.world import World


@pytest.fixture(scope="package")
async def world(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Everyone and everything, in an otherwise empty database."""
    await empty(database)
    hub = Hub(EventLog(database.client))
    await hub.start()
    services = whole_services(hub, backup_dir=tmp_path_factory.mktemp("backups"))
    yield await build(People(Context(ANONYMOUS, services)))
    await hub.stop()
