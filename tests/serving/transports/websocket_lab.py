"""A WebSocket client for the tests of the live transport."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tests.patience import PATIENCE
from tests.serving.transports.transport_lab import Lab

PROTOCOL = Subprotocol("graphql-transport-ws")


def dial(
    lab: Lab, protocol: str | None = PROTOCOL, origin: str | None = None
) -> AbstractAsyncContextManager[ClientConnection]:
    return connect(
        f"ws://127.0.0.1:{lab.port}/ws",
        subprotocols=None if protocol is None else [Subprotocol(protocol)],
        origin=None if origin is None else Origin(origin),
        compression=None,
    )


async def say(socket: ClientConnection, type_: str, **fields: Any) -> None:
    await socket.send(json.dumps({"type": type_, **fields}))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        message: dict[str, Any] = json.loads(await socket.recv())
        return message


async def greet(socket: ClientConnection, **params: Any) -> None:
    await say(socket, "connection_init", payload=params)
    while (message := await hear(socket)) == {"type": "ping"}:
        pass
    assert message == {"type": "connection_ack"}


async def subscribe(socket: ClientConnection, query: str, id: str = "1", **payload: Any) -> None:
    await say(socket, "subscribe", id=id, payload={"query": query, **payload})


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """Read to the end and return the close code and reason."""
    async with asyncio.timeout(PATIENCE):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""
