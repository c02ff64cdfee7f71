"""The database is away when a client comes back: it is told to come again, in a way that its library understands."""

from typing import Any, NoReturn

import httpx
import pytest
from pymongo.errors import ConnectionFailure, NetworkTimeout, OperationFailure, ServerSelectionTimeoutError

from auth import authenticate
from realtime.hub import Hub
from tests.gateway.lab import Board
from tests.loopback import NO_TLS
from tests.patience import PATIENCE
from tests.serving.transports.websocket_lab import closing, hear, say
from tests.serving.wire_lab import EVENTS, dial, sign_in

AWAY = [ServerSelectionTimeoutError("no server"), NetworkTimeout("too slow"), ConnectionFailure("closed")]
TRY_AGAIN = (1013, "Try again later")


def break_sign_in(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def find_session(*_: Any) -> NoReturn:
        raise error

    monkeypatch.setattr(authenticate, "find_session", find_session)


def stream(board: Board, **headers: str) -> dict[str, Any]:
    return {
        "params": {"query": EVENTS.replace("$p: ID!", f'$p: ID! = "{board.project}"')},
        "headers": {"accept": "text/event-stream", "authorization": f"Bearer {board.ann.token}", **headers},
    }


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
async def test_a_socket_that_cannot_be_admitted_yet_closes_with_1013(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    break_sign_in(monkeypatch, error)
    async with dial(address) as socket:
        await say(socket, "connection_init", payload={"authorization": f"Bearer {board.ann.token}"})

        assert await closing(socket) == TRY_AGAIN


async def test_a_failure_that_will_not_pass_closes_with_4500(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_sign_in(monkeypatch, OperationFailure("not allowed"))
    async with dial(address) as socket:
        await say(socket, "connection_init", payload={"authorization": f"Bearer {board.ann.token}"})

        assert await closing(socket) == (4500, "Internal server error")


async def test_a_socket_whose_new_credential_cannot_be_looked_at_closes_with_1013(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        break_sign_in(monkeypatch, AWAY[0])
        await say(socket, "ping", payload={"authorization": f"Bearer {board.ann.token}"})

        assert await closing(socket) == TRY_AGAIN


@pytest.mark.parametrize("place", ["access", "attach"])
async def test_a_subscription_that_cannot_be_opened_yet_closes_its_socket_with_1013(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async def fail(*_: Any, **__: Any) -> NoReturn:
        raise AWAY[0]

    if place == "attach":
        monkeypatch.setattr(Hub, "attach", fail)
    else:
        monkeypatch.setattr("resolvers.kit.operation.access", fail)
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await say(socket, "subscribe", id="1", payload={"query": EVENTS, "variables": {"p": board.project}})

        assert await closing(socket) == TRY_AGAIN


async def test_a_query_that_fails_meanwhile_is_told_and_its_socket_stays(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> NoReturn:
        raise AWAY[0]

    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        monkeypatch.setattr("resolvers.kit.operation.access", fail)
        query = f'{{ project(id: "{board.project}") {{ name }} }}'
        await say(socket, "subscribe", id="1", payload={"query": query})
        answer, complete = await hear(socket), await hear(socket)

    assert answer["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert complete["type"] == "complete"


async def test_an_event_stream_that_resumes_meanwhile_is_told_to_come_again(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_sign_in(monkeypatch, AWAY[0])
    async with httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{address}", timeout=PATIENCE) as client:
        resumed = await client.get("/graphql", **stream(board, **{"last-event-id": "e1-7"}))
        fresh = await client.get("/graphql", **stream(board))

    assert (resumed.status_code, resumed.text) == (200, "retry: 2000\n\n")
    assert resumed.headers["content-type"].startswith("text/event-stream")
    assert (fresh.status_code, fresh.json()["errors"][0]["extensions"]["code"]) == (503, "INTERNAL")


async def test_a_subscription_over_an_event_stream_that_cannot_be_opened_yet_is_told_too(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> NoReturn:
        raise AWAY[0]

    monkeypatch.setattr(Hub, "attach", fail)
    cursor = (await board.ann.ask("mutation { notificationMarkAllRead { cursor } }"))["notificationMarkAllRead"][
        "cursor"
    ]
    async with httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{address}", timeout=PATIENCE) as client:
        resumed = await client.get("/graphql", **stream(board, **{"last-event-id": cursor}))
        fresh = await client.get("/graphql", **stream(board))

    assert (resumed.status_code, resumed.text) == (200, "retry: 2000\n\n")
    assert fresh.status_code == 503
