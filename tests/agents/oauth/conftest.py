"""The gateway that applications ask for access to, and a person in front of a browser."""

from collections.abc import AsyncIterator

import pytest
from bson import ObjectId
from starlette.applications import Starlette

from gateway.database import Database
from models import AttemptCount
from models.base import collection
from tests.agents.oauth.oauth_lab import Application, Browser
from tests.gateway.lab import Lab, Person, gateway
from tests.serving.wire_lab import address

__all__ = ["address", "gateway", "lab"]


@pytest.fixture(scope="module")
async def lab(gateway: Starlette) -> AsyncIterator[Lab]:
    """The gateway over whatever tests before have left."""
    opened = Lab(gateway)
    yield opened
    for client in opened.clients:
        await client.aclose()


@pytest.fixture(autouse=True)
async def nobody_has_tried(database: Database) -> None:
    """All tests come from one address."""
    await collection(AttemptCount).delete_many({})


@pytest.fixture
async def ann(lab: Lab) -> Person:
    """Somebody with an account, signed in by a token of her own too."""
    return await lab.confirmed(f"ann-{ObjectId()}@example.com")


@pytest.fixture
async def browser(lab: Lab, ann: Person) -> Browser:
    """Ann's browser, signed in."""
    opened = Browser(lab.client())
    await opened.sign_in(ann.email)
    return opened


@pytest.fixture
async def application(lab: Lab) -> Application:
    """An application that has registered itself."""
    made = Application(lab.client())
    await made.register()
    return made
