"""Connections: those that ask for nothing give way, and no address takes all places."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from gateway.serve import server_config
from serving import http_protocol
from serving.crowd import Crowd
from serving.http_protocol import HttpProtocol
from serving.source import parse_networks
from tests.patience import PATIENCE, until
from tests.serving.transports.transport_lab import running

HALF_A_HEAD = b"GET / HTTP/1.1\r\nhost: here\r\nx-a: "
REQUEST = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"
HALF_A_BODY = b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\n{"
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Seats:
    """Connections of a crowd by name, and which of them were closed."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.closed = crowd, list[str]()

    def enter(self, name: str, address: str = "192.0.2.1") -> bool:
        return self.crowd.enter(name, address, lambda: self.closed.append(name))

    def rest(self, name: str) -> None:
        self.crowd.rest(name, lambda: self.closed.append(name))


def test_the_oldest_idle_connection_gives_way_when_all_places_are_taken() -> None:
    seats = Seats(Crowd(places=3, per_address=3))
    for name in ("works", "idle", "later"):
        seats.enter(name, name)
    seats.crowd.work("works")

    assert seats.enter("new", "elsewhere")

    assert seats.closed == ["idle"]
    assert len(seats.crowd) == 3


def test_a_connection_that_rests_again_is_the_youngest_idle_one() -> None:
    seats = Seats(Crowd(places=2, per_address=2))
    for name in ("first", "second"):
        seats.enter(name, name)
    seats.crowd.work("first")
    seats.rest("first")

    seats.enter("new", "elsewhere")

    assert seats.closed == ["second"]


def test_an_address_with_as_many_as_it_may_loses_an_idle_one_of_its_own_alone() -> None:
    seats = Seats(Crowd(places=10, per_address=2))
    seats.enter("of somebody else", "192.0.2.9")
    seats.enter("first")
    seats.enter("second")

    assert seats.enter("third")

    assert seats.closed == ["first"]


def test_an_address_whose_connections_all_work_gets_no_further_one() -> None:
    seats = Seats(Crowd(places=10, per_address=2))
    for name in ("first", "second"):
        seats.enter(name)
        seats.crowd.work(name)

    assert not seats.enter("third")
    assert seats.enter("of somebody else", "192.0.2.9")

    # And one that is over makes room
    seats.crowd.leave("first")
    assert seats.enter("third")
    assert seats.closed == []


def test_a_proxy_has_no_bound_of_its_own() -> None:
    seats = Seats(Crowd(places=10, per_address=1, proxies=parse_networks("192.0.2.0/24")))

    assert all(seats.enter(f"{n}") for n in range(5))
    assert seats.closed == []


def test_a_network_of_ipv6_is_one_address() -> None:
    seats = Seats(Crowd(places=10, per_address=2))

    for n in range(3):
        seats.enter(f"{n}", f"2001:db8::{n}")

    assert seats.closed == ["0"]


def test_nothing_is_kept_of_connections_that_are_over() -> None:
    seats = Seats(Crowd(places=2, per_address=1))
    for n in range(9):
        seats.enter(f"{n}", f"192.0.2.{n % 3}")
    for n in range(9):
        seats.crowd.leave(f"{n}")

    assert len(seats.crowd) == 0
    assert not seats.crowd._addresses
    assert not seats.crowd._idle


@pytest.fixture
async def served() -> AsyncIterator[Callable[[int], "asyncio.Future[Serving]"]]:
    """Starts a server with so many places."""
    async with asyncio.timeout(PATIENCE * 3):
        started: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

        async def start(places: int) -> Serving:
            serving = Serving(Crowd(places - 1, places))
            config = uvicorn.Config(
                serving.app,
                interface="asgi3",
                proxy_headers=False,
                http=HttpProtocol.within(serving.crowd),
                port=0,
                lifespan="off",
                log_config=None,
                limit_concurrency=places,
            )
            server = uvicorn.Server(config)
            started.append((server, asyncio.create_task(server.serve())))
            await until(lambda: server.started)
            serving.port = server.servers[0].sockets[0].getsockname()[1]
            return serving

        yield lambda places: asyncio.ensure_future(start(places))
        for server, task in started:
            server.should_exit = True
            await task


class Serving:
    """A server whose answers wait for `go_on`."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.port, self.go_on, self.begun = crowd, 0, asyncio.Event(), 0
        self.go_on.set()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        while (message := await receive()).get("more_body"):
            pass
        await self.go_on.wait()
        if message["type"] == "http.disconnect":
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    @asynccontextmanager
    async def connected(self, count: int, first: bytes = b"") -> AsyncIterator[list[Opened]]:
        """Connections that have sent this and nothing else."""
        opened: list[Opened] = []
        try:
            for _ in range(count):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(first)
                opened.append((reader, writer))
            yield opened
        finally:
            for _, writer in opened:
                writer.close()

    async def status(self) -> int:
        """What a new connection gets."""
        async with self.connected(1, REQUEST) as [(reader, _)]:
            return int((await reader.readline()).split()[1])


@pytest.mark.parametrize(
    "first", [b"", HALF_A_HEAD, HALF_A_BODY, REQUEST], ids=["silent", "half a head", "half a body", "kept alive"]
)
async def test_connections_that_ask_for_nothing_shut_nobody_out(
    served: Callable[[int], "asyncio.Future[Serving]"], first: bytes
) -> None:
    # Given far more connections than there are places, none of which has a request under way
    serving = await served(20)
    async with serving.connected(60, first):
        # When others ask
        statuses = [await serving.status() for _ in range(5)]

    # Then they are answered
    assert statuses == [200] * 5


async def test_where_all_places_work_a_further_one_is_told_so(
    served: Callable[[int], "asyncio.Future[Serving]"],
) -> None:
    serving = await served(10)
    serving.go_on.clear()
    async with serving.connected(9, REQUEST) as working:
        await until(lambda: serving.begun == 9)

        assert await serving.status() == 503

        serving.go_on.set()
        for reader, _ in working:
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("first", [b"", HALF_A_HEAD, REQUEST + HALF_A_HEAD], ids=["silent", "half", "a further half"])
async def test_a_head_that_does_not_come_ends_the_connection(
    served: Callable[[int], "asyncio.Future[Serving]"], first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.2)
    serving = await served(10)

    async with serving.connected(1, first) as [(reader, _)]:
        # It is read to its end, which comes by itself
        await reader.read()

    await until(lambda: len(serving.crowd) == 0)


async def test_a_request_that_takes_longer_than_a_head_may_is_answered(
    served: Callable[[int], "asyncio.Future[Serving]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.1)
    serving = await served(10)
    serving.go_on.clear()

    async with serving.connected(1, REQUEST) as [(reader, _)]:
        await until(lambda: serving.begun == 1)
        await asyncio.sleep(0.3)
        serving.go_on.set()

        assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_a_socket_has_its_place_until_it_ends() -> None:
    # Given a server whose application takes sockets
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    config = server_config(app)
    config.lifespan = "off"
    listener = socket.create_server(("127.0.0.1", 0))
    crowd = cast(type[HttpProtocol], config.http).crowd
    assert crowd is not None

    # When one is opened, it has a place, and is not idle, so that it does not give way
    async with running(config, listener):
        async with connect(f"ws://127.0.0.1:{listener.getsockname()[1]}/", proxy=None):
            await until(lambda: len(crowd) == 1 and not crowd._idle)

        # Then its place is free once it has ended
        await until(lambda: len(crowd) == 0)
