"""The client of `docs/guarantee.md` is run as it stands there."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from models import LoggedEvent, StreamHead
from models.base import collection, utc_now
from realtime.retention import Bounds, Retention
from serving.websocket_protocol import WebSocketProtocol
from tests.gateway.lab import JSON, Board, Lab
from tests.patience import PATIENCE, until

PAGE = Path(__file__).parents[2] / "docs" / "guarantee.md"
UPDATE = "mutation ($id: ID!, $t: String!) { cardUpdate(id: $id, input: {title: $t}) { card { version rank } } }"
DELETE = "mutation ($id: ID!) { cardDelete(id: $id) { cursor } }"


class Seen:
    """What the client said last, and what it keeps."""

    def __init__(self) -> None:
        self.types: list[str] = []
        self.titles: list[str] = []
        self._changed = asyncio.Event()

    def __call__(self, type_: str, cards: dict[str, JSON]) -> None:
        self.types.append(type_)
        self.titles = [one["title"] for one in sorted(cards.values(), key=lambda one: (one["rank"], one["id"]))]
        self._changed.set()

    async def until(self, done: Callable[["Seen"], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not done(self):
                self._changed.clear()
                await self._changed.wait()


def client() -> dict[str, Any]:
    """The names that the page's code defines."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 30
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102
    return names


@pytest.fixture
async def host(gateway: Starlette, lab: Lab) -> AsyncIterator[str]:
    config = uvicorn.Config(gateway, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws=WebSocketProtocol)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


class Cuts:
    """Stands for the page's `httpx`: its streams can be cut, and held back before they are opened."""

    TransportError = httpx.TransportError

    def __init__(self) -> None:
        self.allowed = asyncio.Event()
        self.allowed.set()
        self._streams: list[httpx.Response] = []

    def AsyncClient(self, **settings: Any) -> httpx.AsyncClient:  # noqa: N802
        async def wait(request: httpx.Request) -> None:
            await self.allowed.wait()

        async def keep(response: httpx.Response) -> None:
            if response.headers["content-type"].startswith("text/event-stream"):
                self._streams.append(response)

        return httpx.AsyncClient(**settings, event_hooks={"request": [wait], "response": [keep]})

    def cut(self) -> None:
        """End the newest stream's connection below HTTP."""
        self._streams[-1].extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)


async def test_the_client_of_the_page_keeps_a_board_right_through_cuts(host: str, board: Board) -> None:
    # Given the client, with a board of one card
    names, seen, cuts = client(), Seen(), Cuts()
    first = await board.card("One")
    names["httpx"] = cuts
    task = asyncio.create_task(names["follow"](host, board.ann.token, board.project, seen))
    try:
        await seen.until(lambda one: one.types == ["StreamReady"])
        assert seen.titles == ["One"]

        # When cards change, and its connection is cut while they do
        await board.ann.ask(UPDATE, id=first, t="First")
        await seen.until(lambda one: one.titles == ["First"])
        cuts.cut()
        second = await board.card("Two")
        await board.card("Three")
        await board.ann.ask(DELETE, id=second)
        await seen.until(lambda one: one.types.count("StreamReady") == 2)

        # Then it has what the server has, and saw each event once
        assert seen.titles == ["First", "Three"]
        assert seen.types == [
            *("StreamReady", "CardUpdated"),
            *("CardCreated", "CardCreated", "CardDeleted", "StreamReady"),
        ]
    finally:
        await end(task)


async def test_the_client_of_the_page_fetches_afresh_when_the_log_no_longer_reaches_back(
    host: str, board: Board
) -> None:
    # Given the client, away for longer than the log reaches
    names, seen, cuts = client(), Seen(), Cuts()
    await board.card("One")
    names["httpx"] = cuts
    task = asyncio.create_task(names["follow"](host, board.ann.token, board.project, seen))
    try:
        await seen.until(lambda one: one.types == ["StreamReady"])
        cuts.allowed.clear()
        cuts.cut()
        await board.card("Two")
        long_ago = utc_now().replace(year=2020)
        await collection(LoggedEvent).update_many({}, {"$set": {"at": long_ago}})
        await collection(StreamHead).update_many({}, {"$set": {"oldest_at": long_ago}})
        await Retention(Bounds()).trim()
        await board.card("Three")

        # When it comes back
        cuts.allowed.set()
        await seen.until(lambda one: one.types.count("StreamReady") == 3)

        # Then it was told, and has all
        assert seen.titles == ["One", "Two", "Three"]
    finally:
        await end(task)


async def test_the_client_of_the_page_ends_where_access_ends(host: str, board: Board) -> None:
    # Given the client, following a board
    names, seen = client(), Seen()
    task = asyncio.create_task(names["follow"](host, board.ann.token, board.project, seen))
    await seen.until(lambda one: one.types == ["StreamReady"])

    # When the credential is taken back
    await board.ann.http.post("/auth/logout")

    # Then it does not go on asking
    async with asyncio.timeout(PATIENCE):
        with pytest.raises((TypeError, KeyError, httpx.HTTPStatusError)):
            await task


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
