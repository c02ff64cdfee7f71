"""The front: under which names the gateway answers, by whichever way a request goes on, and what is counted."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from serving.front import Front

HOSTS = ("Orrery.example", "127.0.0.1", "[::1]")
KNOWN = [
    b"orrery.example",
    b"ORRERY.example",
    b"orrery.example:443",
    b"orrery.example:",
    b"127.0.0.1:3001",
    b"[::1]",
    b"[::1]:3001",
]
UNKNOWN = [
    b"evil.example",
    b"orrery.example.evil",
    b"evil.example:80",
    b"orrery.example:80:80",
    b"orrery.example:port",
    b"orrery.example@evil",
    b"::1",
    b"[::1",
    b"[::2]",
    b"",
]
WAYS = [
    ("http", "POST", "/graphql"),
    ("http", "POST", "/auth/login"),
    ("http", "GET", "/graphql"),
    ("websocket", None, "/graphql"),
]


class Entered:
    """What is behind the front, and what came there; `answered` is what was counted."""

    def __init__(self, hosts: tuple[str, ...] = HOSTS) -> None:
        self.by: list[str] = []
        self.answered: list[tuple[str, int]] = []
        self.sent: list[Message] = []
        self.front = Front(
            self._routes,
            lambda: self._endpoint,
            hosts,
            lambda *told: self.answered.append((told[0], told[1])),
            lambda _: None,
        )

    async def call(self, type: str, method: str | None, path: str, *hosts: bytes) -> None:
        scope: dict[str, Any] = {"type": type, "path": path, "headers": [(b"host", host) for host in hosts]}
        scope |= {} if method is None else {"method": method}
        scope |= {"extensions": {"websocket.http.response": {}}, "query_string": b""}
        await self.front(scope, self._receive, self._send)

    async def _routes(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.by.append("routes")
        if scope["type"] == "http":
            await PlainTextResponse("", status_code=404)(scope, receive, send)

    async def _endpoint(self, request: Request) -> Response:
        self.by.append("endpoint")
        return PlainTextResponse("")

    async def _receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_a_request_under_a_known_name_goes_on(way: tuple[str, str | None, str]) -> None:
    for host in KNOWN:
        entered = Entered()

        await entered.call(*way, host)

        assert entered.by == ["endpoint" if way[:2] == ("http", "POST") and way[2] == "/graphql" else "routes"], host


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_a_request_under_another_name_none_or_two_goes_nowhere(way: tuple[str, str | None, str]) -> None:
    for hosts in [*((host,) for host in UNKNOWN), (), (b"evil.example", KNOWN[0]), (KNOWN[0], b"evil.example")]:
        entered = Entered()

        await entered.call(*way, *hosts)

        assert entered.by == [], hosts
        assert entered.sent[0]["status"] == 400
        assert entered.answered == ([] if way[0] == "websocket" else [(way[1], 400)])


async def test_any_name_will_do_where_all_are_allowed() -> None:
    entered = Entered(("*",))

    await entered.call("http", "POST", "/graphql", b"whatever.example")

    assert entered.by == ["endpoint"]


async def test_each_answer_is_counted_and_methods_that_nobody_knows_are_one() -> None:
    entered = Entered()

    await entered.call("http", "POST", "/graphql", KNOWN[0])
    await entered.call("http", "BREW", "/pot", KNOWN[0])

    assert entered.answered == [("POST", 200), ("other", 404)]
