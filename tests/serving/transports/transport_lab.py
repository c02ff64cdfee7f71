"""A server with both transports on a free port, over an engine whose operations a test writes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from serving.transports.connections import Connections
from serving.transports.protocol import AuthenticationFailed, OperationRequest, Payload
from serving.transports.sse import SseLimits, serve_sse
from serving.transports.websocket import WebSocketLimits, serve_websocket

Handler = Callable[[OperationRequest], AsyncIterator[Payload] | Payload]


class Feed:
    """A subscription that yields what a test puts into it, and tells when it was closed."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Payload | BaseException | None] = asyncio.Queue()
        self.started = asyncio.Event()
        self.closed = asyncio.Event()

    def put(self, *items: Payload | BaseException | None) -> None:
        for item in items:
            self.items.put_nowait(item)

    async def __call__(self, request: OperationRequest) -> AsyncIterator[Payload]:
        self.started.set()
        try:
            while (item := await self.items.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            self.closed.set()


class FakeEngine:
    """Looks an operation up by the text of its query."""

    def __init__(self) -> None:
        self.operations: dict[str, Handler] = {"one": lambda _: {"data": {"one": 1}}}
        self.requests: list[OperationRequest] = []
        self.params: list[Mapping[str, Any] | None] = []
        self.admission = asyncio.Event()
        self.admission.set()
        self.revoked: str | None = None
        self.checks: list[BaseException] = []
        self.checked = 0

    async def authenticate(self, connection: HTTPConnection, params: Mapping[str, Any] | None) -> Any:
        self.params.append(params)
        await self.admission.wait()
        token = (params or {}).get("token")
        if token == "wrong":
            raise AuthenticationFailed("user 17 is unknown")
        if token == "crash":
            raise RuntimeError("secret detail")
        return {"token": token}

    async def start(self, context: Any, request: OperationRequest) -> AsyncIterator[Payload] | Payload:
        self.requests.append(request)
        return self.operations[request.query](request)

    async def still_allowed(self, context: Any) -> str | None:
        self.checked += 1
        if self.checks:
            raise self.checks.pop()
        return self.revoked

    def feed(self, name: str = "feed") -> Feed:
        self.operations[name] = feed = Feed()
        return feed


@dataclass
class Lab:
    """What the server uses for the next connection; a test sets it before it connects."""

    port: int
    engine: FakeEngine = field(default_factory=FakeEngine)
    websocket: WebSocketLimits = field(default_factory=WebSocketLimits)
    sse: SseLimits = field(default_factory=SseLimits)
    connections: Connections = field(default_factory=Connections)

    def reset(self) -> None:
        fresh = Lab(self.port)
        self.__dict__.update(fresh.__dict__)


class _Server(uvicorn.Server):
    """Leaves the signals to the test run."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running(config: uvicorn.Config, listener: socket.socket) -> AsyncIterator[None]:
    """A real server for as long as the block lasts."""
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def serve_lab() -> AsyncIterator[Lab]:
    """Run a real server on loopback for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    lab = Lab(listener.getsockname()[1])

    async def websocket(socket: WebSocket) -> None:
        await serve_websocket(socket, lab.engine, limits=lab.websocket, connections=lab.connections)

    async def stream(request: Request) -> Response:
        operation = OperationRequest(query=request.query_params["query"])
        return await serve_sse(request, lab.engine, operation, {}, limits=lab.sse, connections=lab.connections)

    app = Starlette(routes=[WebSocketRoute("/ws", websocket), Route("/sse", stream)])
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws_max_size=1 << 20)
    async with running(config, listener):
        yield lab


def event(number: int) -> Payload:
    return {"data": {"event": {"number": number}}}


def next_(payload: Payload, id: str = "1") -> dict[str, Any]:
    return {"type": "next", "id": id, "payload": payload}
