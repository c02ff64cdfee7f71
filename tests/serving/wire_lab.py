"""The gateway on a real port of this machine, behind the web server that `orrery serve` runs it with."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from gateway.app import create_app
from gateway.database import Database
from gateway.serve import server_config
from gateway.settings import Settings
from tests.serving.transports.transport_lab import running
from tests.serving.transports.websocket_lab import PROTOCOL, greet, hear, say

EVENTS = """subscription ($p: ID!) { projectEvents(projectId: $p) {
  __typename ... on Event { cursor } ... on CardCreated { card { title } } } }"""


@asynccontextmanager
async def on_port(app: Starlette) -> AsyncIterator[str]:
    """The address (`host:port`) of an application that has started."""
    config = server_config(app)
    config.lifespan = "off"
    listener = socket.create_server(("127.0.0.1", 0))
    async with running(config, listener):
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def gateway_of(settings: Settings, database: Database) -> AsyncIterator[str]:
    """The address of one more gateway over the same database."""
    app = create_app(settings, database=database)
    async with app.router.lifespan_context(app), on_port(app) as address:
        yield address


@pytest.fixture
async def address(gateway: Starlette) -> AsyncIterator[str]:
    async with on_port(gateway) as where:
        yield where


def dial(address: str, *protocols: str, origin: str | None = None, **options: Any) -> connect:
    """A socket, with the right sub-protocol unless others are named; an empty name stands for none."""
    offered = [Subprotocol(one) for one in protocols or (PROTOCOL,) if one]
    return connect(
        f"ws://{address}/graphql",
        subprotocols=offered or None,
        origin=None if origin is None else Origin(origin),
        compression=None,
        proxy=None,
        **options,
    )


async def sign_in(socket: ClientConnection, token: str | None) -> None:
    """Have the socket acknowledged."""
    await greet(socket, **({} if token is None else {"authorization": f"Bearer {token}"}))


async def watch(socket: ClientConnection, project: str, id: str = "1") -> None:
    """Subscribe to a project's events, and wait until that is live."""
    await say(socket, "subscribe", id=id, payload={"query": EVENTS, "variables": {"p": project}})
    ready = await hear(socket)
    assert ready["payload"]["data"]["projectEvents"]["__typename"] == "StreamReady", ready


async def title(socket: ClientConnection) -> str:
    """The title of the card in the next event."""
    event = await hear(socket)
    made: str = event["payload"]["data"]["projectEvents"]["card"]["title"]
    return made
