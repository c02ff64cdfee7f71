"""The stage: one world for all contracts, as it was for each test."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from auth.subject import ANONYMOUS
from gateway.database import Database
from resolvers.kit.context import Context, Services
from resolvers.project_draft import plan
from tests.conftest import empty
from tests.provider import NAMED, provider
from tests.resolvers.lab import People
from tests.rest.conftest import rest_app
from tests.rest.contract.stage import Stage
from tests.world.build import build


@pytest.fixture(scope="package")
async def world(database: Database, services: Services) -> AsyncIterator[Stage]:
    """Everyone and everything, in an otherwise empty database."""
    await empty(database)
    made = await build(People(Context(ANONYMOUS, services)))
    ids = {**made.ids, "ws_slug": "eng", "owner_email": made.people.email(made.owner)}
    transport = httpx.ASGITransport(rest_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client, provider(NAMED) as sso:
        ids |= {"provider": sso, "issuer": sso.issuer}
        opened = Stage(database, client, made.owner, ids, made.tokens)
        await opened.keep()
        yield opened


@pytest.fixture
async def stage(world: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """The world, which a test may change and add names to."""
    monkeypatch.setattr(plan, "PATIENCE", 0.0)  # nobody is there who plans
    used = replace(world, ids=dict(world.ids), tokens=dict(world.tokens))
    yield used
    await used.restore()
