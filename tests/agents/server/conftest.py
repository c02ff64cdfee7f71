"""The gateway that clients of MCP speak to, and a board for all tests of a file."""

from collections.abc import AsyncIterator

import pytest
from bson import ObjectId
from starlette.applications import Starlette

from tests.gateway.lab import Board, Lab, gateway, make_board
from tests.serving.wire_lab import address

__all__ = ["address", "board", "gateway", "lab"]


@pytest.fixture(scope="module")
async def lab(gateway: Starlette) -> AsyncIterator[Lab]:
    """The gateway over whatever tests before have left."""
    opened = Lab(gateway)
    yield opened
    for client in opened.clients:
        await client.aclose()


@pytest.fixture(scope="module")
async def board(lab: Lab) -> Board:
    """Ann's board."""
    return await make_board(await lab.person(f"ann-{ObjectId()}@example.com"))
