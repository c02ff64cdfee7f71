"""The heartbeat of the agent board's WebSocket: pings of the protocol, which whoever is there answers; and its end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from bson import ObjectId
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from auth.subject import Credential, Subject
from models.enums import TokenScope
from models.errors import Unauthenticated, Unavailable
from realtime.stats import Stats
from resolvers.kit.context import Context
from rest.agent_board.live.socket import serve_board_socket
from serving.transports.connections import Connections
from serving.transports.limits import WebSocketLimits
from serving.websocket_protocol import WebSocketProtocol
from tests.patience import PATIENCE
from tests.serving.transports.transport_lab import running

PING, PONG, CLOSE = 0x89, 0x8A, 0x88
HANDSHAKE = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Engine:
    """Knows everybody, who may read nothing, or a stream of their own."""

    def __init__(self, stream: "Personal | None" = None) -> None:
        self._services: Any = SimpleNamespace(hub=stream, guard=self)
        self._scopes = frozenset() if stream is None else frozenset({TokenScope.NOTIFICATIONS_READ})

    async def authenticate(self, *_: Any) -> Subject:
        return Subject(user_id=ObjectId(), credential=Credential.JWT, scopes=self._scopes)

    def watch(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(release=lambda: None)

    def context_of(self, subject: Subject) -> Context:
        return Context(subject, self._services)


class Personal:
    """A hub of one stream, in which nothing happens but its end."""

    def __init__(self) -> None:
        self.stats = Stats()
        self.opened = asyncio.get_running_loop().create_future()

    async def attach(self, *_: Any) -> Any:
        return self

    def open(self, _: Any, end: Callable[[Exception | None], None]) -> None:
        self.opened.set_result(end)

    async def flush(self) -> None: ...

    def close(self) -> None: ...

    end = close


@asynccontextmanager
async def opened(
    limits: WebSocketLimits, stream: Personal | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A plain connection whose handshake is done."""
    engine: Any = Engine(stream)

    async def endpoint(websocket: WebSocket) -> None:
        await serve_board_socket(websocket, lambda: engine, limits=limits, connections=Connections())

    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws=WebSocketProtocol, ws_ping_interval=None)
    async with running(config, listener):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(HANDSHAKE.encode())
        await reader.readuntil(b"\r\n\r\n")
        yield reader, writer
        writer.close()


async def frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next frame, a short one."""
    async with asyncio.timeout(PATIENCE):
        kind, length = await reader.readexactly(2)
        return kind, await reader.readexactly(length)


async def test_a_ping_that_is_answered_is_followed_by_the_next() -> None:
    async with opened(WebSocketLimits(ping_interval=0.01, pong_timeout=PATIENCE)) as (reader, writer):
        for _ in range(3):
            assert await frame(reader) == (PING, b"")
            writer.write(bytes((PONG, 0x80)) + bytes(4))


async def test_a_ping_that_is_not_answered_ends_the_socket_with_1013() -> None:
    async with opened(WebSocketLimits(ping_interval=0.01, pong_timeout=0.02)) as (reader, _):
        assert await frame(reader) == (PING, b"")
        kind, payload = await frame(reader)

    assert (kind, int.from_bytes(payload[:2], "big")) == (CLOSE, 1013)


@pytest.mark.parametrize(("error", "code"), [(None, 1013), (Unavailable(), 1013), (Unauthenticated("over"), 4001)])
async def test_a_socket_ends_with_the_stream_of_its_user(error: Exception | None, code: int) -> None:
    stream = Personal()
    async with opened(WebSocketLimits(), stream) as (reader, _):
        async with asyncio.timeout(PATIENCE):
            end = await stream.opened
        end(error)
        kind, payload = await frame(reader)

    assert (kind, int.from_bytes(payload[:2], "big")) == (CLOSE, code)
