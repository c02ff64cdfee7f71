"""`/mcp` as HTTP: who is let in, and what becomes of what is no message."""

import re
from typing import Any, NoReturn

import pytest
from bson import ObjectId
from pymongo.errors import ServerSelectionTimeoutError

from agents.server import server
from agents.server.endpoint import MAX_BODY
from tests.agents.server.client import HANDSHAKE, MODERN, VERSIONS, Client
from tests.gateway.lab import Board, Lab
from tests.test_layout import ROOT

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("token", [None, "nonsense"])
async def test_who_does_not_say_who_he_is_learns_how(version: str, token: str | None, lab: Lab) -> None:
    answered = await Client(lab.client(token), version).post(LIST)

    assert answered.status_code == 401
    assert answered.headers["www-authenticate"].startswith("Bearer")


async def test_a_cookie_calls_no_tools(lab: Lab) -> None:
    values = {"email": f"cookie-{ObjectId()}@example.com", "password": "correct horse battery", "name": "C"}
    http = lab.client()
    assert (await http.post("/auth/register", json=values)).status_code == 201
    assert http.cookies

    assert (await Client(http, HANDSHAKE).post(LIST)).status_code == 401


async def test_a_page_of_another_origin_is_refused(board: Board) -> None:
    client = Client(board.ann.http, MODERN)

    assert (await client.post(client.message("tools/list"), origin="https://evil.example")).status_code == 403
    assert (await client.post(client.message("tools/list"), origin="http://127.0.0.1:3001")).status_code == 200


async def test_another_host_is_refused(board: Board) -> None:
    client = Client(board.ann.http, MODERN)

    assert (await client.post(client.message("tools/list"), host="evil.example")).status_code == 400


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_what_is_no_post_is_answered_at_once(method: str, board: Board) -> None:
    answered = await board.ann.http.request(method, "/mcp", headers={"accept": "text/event-stream"})

    assert answered.status_code == 405
    assert answered.headers["allow"] == "POST"


async def test_a_browser_is_shown_what_the_address_is_for(lab: Lab) -> None:
    answered = await lab.client().get("/mcp", headers={"accept": "text/html"})

    assert answered.status_code == 200
    assert "Authorization: Bearer" in answered.text


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_is_no_json_rpc_is_answered_as_such(version: str, board: Board) -> None:
    headers = {
        "mcp-protocol-version": version,
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
    }
    codes = {}
    for body in (b"{", b"[]", b"7", b'{"jsonrpc": "2.0", "id": 1}', b""):
        answered = await board.ann.http.post("/mcp", content=body, headers=headers)
        codes[body] = answered.status_code, answered.json()["error"]["code"]

    assert codes[b"{"] == (400, -32700)
    assert {status for status, _ in codes.values()} == {400}
    assert {code for _, code in codes.values()} <= {-32700, -32600, -32602}


async def test_an_unknown_revision_is_refused(board: Board) -> None:
    client = Client(board.ann.http, "1999-01-01")

    answered = await client.post(client.message("tools/list"))

    assert answered.status_code == 400
    assert "error" in answered.json()


async def test_a_body_that_is_too_large_or_too_deep_is_not_read(board: Board) -> None:
    client = Client(board.ann.http, HANDSHAKE)
    deep: object = 1
    for _ in range(500):
        deep = [deep]

    large = await client.post(client.message("tools/call", name="get_card", arguments={"id": "x" * MAX_BODY}))
    nested = await client.post(client.message("tools/call", name="get_card", arguments={"id": deep}))

    assert (large.status_code, large.json()["error"]["code"]) == (413, -32600)
    assert (nested.status_code, nested.json()["error"]["code"]) == (400, -32700)


def test_a_gateway_starts_without_the_sdk() -> None:
    """What the endpoint imports as it is imported itself: two seconds of a test go into asking a new process."""
    seen: set[str] = set()
    left = {"agents.server.endpoint"}
    while left:
        seen |= {name := left.pop()}
        source = (ROOT / f"{name.replace('.', '/')}.py").read_text()
        found = re.findall(r"^(?:from|import) ((?:agents|mcp|pydantic_ai)[\w.]*)", source, re.MULTILINE)
        left |= {module for module in found if module.startswith("agents.server")} - seen
        seen |= set(found)

    assert {name.partition(".")[0] for name in seen} == {"agents"}
    assert [name for name in seen if name.startswith("agents.tools")] == []


async def test_a_client_that_cancels_while_the_database_is_away_is_told_to_come_again(
    lab: Lab, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(*_: Any) -> NoReturn:
        raise ServerSelectionTimeoutError("no server")

    monkeypatch.setattr(server, "cancel_call", unreachable)
    client = Client(lab.client(board.ann.token), MODERN)
    told = client.message("notifications/cancelled", requestId=1)
    del told["id"]

    answered = await client.post(told)

    assert (answered.status_code, answered.headers["retry-after"]) == (503, "1")
