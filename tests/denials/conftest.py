"""The world, built once: what is refused changes nothing, so every test finds it as it was."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from auth.jwt import JwtSigner
from auth.subject import ANONYMOUS
from gateway.database import Database
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.kit.context import Context, Services
from tests.conftest import empty
from tests.denials.world import World, build
from tests.machine import base, project_roots
from tests.resolvers.lab import MODELS, VAULT, People


@pytest.fixture(scope="package")
async def world(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Everyone and everything, in an otherwise empty database."""
    await empty(database)
    hub = Hub(EventLog(database.client))
    await hub.start()
    services = Services(
        hub,
        Guard(),
        JwtSigner("denials-" * 5),
        timedelta(days=7),
        "http://testserver",
        vault=VAULT,
        project_roots=project_roots(),
        worktrees=base() / "worktrees",
        models=MODELS,
        backup_dir=tmp_path_factory.mktemp("backups"),
        runs_scripts=True,
    )
    yield await build(People(Context(ANONYMOUS, services)))
    await hub.stop()
