"""One server of the live transports a module, over an engine that the tests direct."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.serving.transports.transport_lab import Lab, serve_lab


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[Lab]:
    async with serve_lab() as lab:
        yield lab


@pytest.fixture
def lab(server: Lab) -> Lab:
    server.reset()
    return server
