"""graphql-transport-ws over real sockets."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import pytest
import pytest_asyncio
from starlette.datastructures import Headers
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from realtime.transports.origin import origin_allowed
from realtime.transports.protocol import (
    AuthenticationFailed,
    OperationRefused,
    OperationRequest,
    Payload,
)
from realtime.transports.websocket import WebSocketLimits
from tests.realtime.transport_lab import Lab, event, next_, serve_lab, until

PROTOCOL = Subprotocol("graphql-transport-ws")


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[Lab]:
    async with serve_lab() as lab:
        yield lab


@pytest.fixture
def lab(server: Lab) -> Lab:
    server.reset()
    return server


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
    async with asyncio.timeout(5):
        message: dict[str, Any] = json.loads(await socket.recv())
        return message


async def greet(socket: ClientConnection, **params: Any) -> None:
    await say(socket, "connection_init", payload=params)
    assert await hear(socket) == {"type": "connection_ack"}


async def subscribe(socket: ClientConnection, query: str, id: str = "1", **payload: Any) -> None:
    await say(socket, "subscribe", id=id, payload={"query": query, **payload})


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """Read to the end and return the close code and reason."""
    async with asyncio.timeout(5):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


# --- the handshake -------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [None, "graphql-ws"])
async def test_another_sub_protocol_closes_with_4406(lab: Lab, protocol: str | None) -> None:
    async with dial(lab, protocol) as socket:
        assert await closing(socket) == (4406, "Subprotocol not acceptable")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_refused_before_the_socket_opens(lab: Lab, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with dial(lab, origin=origin):
            pass
    assert refused.value.response.status_code == 403
    assert lab.engine.params == []


async def test_the_same_host_and_a_listed_origin_may_connect(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(allowed_origins=frozenset({"https://app.example"}))
    for origin in ("https://app.example", f"http://127.0.0.1:{lab.port}"):
        async with dial(lab, origin=origin) as socket:
            await greet(socket)


@pytest.mark.parametrize(
    ("origins", "host", "allowed"),
    [
        (["https://orrery.example"], "orrery.example", True),
        (["https://ORRERY.example"], "orrery.example:443", True),
        (["http://[::1]:3001"], "[::1]:3001", True),
        (["http://orrery.example"], "orrery.example:8080", False),
        (["https://orrery.example.evil.example"], "orrery.example", False),
        (["https://orrery.example:x"], "orrery.example", False),
        (["file://orrery.example"], "orrery.example", False),
        (["https://"], "", False),
        (["https://orrery.example", "https://evil.example"], "orrery.example", False),
    ],
)
def test_an_origin_is_compared_by_host_and_port(origins: list[str], host: str, allowed: bool) -> None:
    raw = [(b"host", host.encode()), *((b"origin", origin.encode()) for origin in origins)]
    assert origin_allowed(Headers(raw=raw), frozenset()) is allowed


# --- admission -----------------------------------------------------------------------------------


async def test_the_payload_of_connection_init_reaches_the_engine(lab: Lab) -> None:
    async with dial(lab) as socket:
        await greet(socket, token="right")
    assert lab.engine.params == [{"token": "right"}]


async def test_a_missing_connection_init_closes_with_4408(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(init_timeout=0.02)
    async with dial(lab) as socket:
        assert await closing(socket) == (4408, "Connection initialisation timeout")


async def test_a_second_connection_init_closes_with_4429(lab: Lab) -> None:
    async with dial(lab) as socket:
        await greet(socket)
        await say(socket, "connection_init")
        assert await closing(socket) == (4429, "Too many initialisation requests")


@pytest.mark.parametrize("init_first", [False, True])
async def test_a_subscribe_before_the_ack_closes_with_4401(lab: Lab, init_first: bool) -> None:
    lab.engine.admission.clear()
    async with dial(lab) as socket:
        if init_first:
            await say(socket, "connection_init")
        await subscribe(socket, "one")
        assert await closing(socket) == (4401, "Unauthorized")
    assert lab.engine.requests == []


async def test_failed_authentication_closes_with_4403_and_says_no_more(lab: Lab) -> None:
    async with dial(lab) as socket:
        await say(socket, "connection_init", payload={"token": "wrong"})
        assert await closing(socket) == (4403, "Forbidden")


async def test_a_crash_in_authentication_closes_with_4500_and_is_logged(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    async with dial(lab) as socket:
        await say(socket, "connection_init", payload={"token": "crash"})
        assert await closing(socket) == (4500, "Internal server error")
    assert "secret detail" in caplog.text


# --- malformed frames ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        '"ping"',
        "[" * 100_000,
        "[" * 60_000,
        '{"type":' * 8_000,
        "{}",
        '{"type": 1}',
        '{"type": "nothing"}',
        '{"type": "connection_ack"}',
        '{"type": "connection_init", "payload": "token"}',
        '{"type": "connection_init", "payload": NaN}',
        '{"type": "ping", "payload": []}',
        '{"type": "ping", "payload": {"a": "\\ud800"}}',
        '{"type": "ping", "payload": {"a": 123456789012345678901234567890}}',
        '{"type": "pong", "payload": 1}',
        '{"type": "complete"}',
        '{"type": "complete", "id": {}}',
        '{"type": "subscribe", "id": {}, "payload": {"query": "one"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "one"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "one"}}',
        '{"type": "subscribe", "id": "\\ud800", "payload": {"query": "one"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": "one"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "one", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "one", "operationName": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "one", "extensions": ""}}',
        json.dumps({"type": "pong", "payload": {"padding": "x" * 65_536}}),
        b'{"type": "ping"}',
        b"\xff",
    ],
    ids=lambda frame: repr(frame[:70]),
)
@pytest.mark.parametrize("greeted", [False, True])
async def test_a_malformed_frame_closes_with_4400(
    lab: Lab, frame: str | bytes, greeted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with dial(lab) as socket:
        if greeted:
            await greet(socket)
        await socket.send(frame)
        code, reason = await closing(socket)
    assert code == 4400
    assert reason.startswith("Invalid message")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_integer_over_64_bits_reaches_the_engine_as_it_was_sent(lab: Lab) -> None:
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "one", variables={"n": 2**70}, operationName="One", extensions={})
        await hear(socket)
    assert lab.engine.requests == [OperationRequest("one", {"n": 2**70}, "One", {})]


# --- operations ----------------------------------------------------------------------------------


async def test_a_query_is_one_next_and_one_complete(lab: Lab) -> None:
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "one")
        assert await hear(socket) == next_({"data": {"one": 1}})
        assert await hear(socket) == {"type": "complete", "id": "1"}
        await subscribe(socket, "one")
        assert await hear(socket) == next_({"data": {"one": 1}})


async def test_a_subscription_is_many_next_and_one_complete(lab: Lab) -> None:
    lab.engine.feed().put(event(1), event(2), None)
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "feed")
        assert [await hear(socket) for _ in range(3)] == [
            next_(event(1)),
            next_(event(2)),
            {"type": "complete", "id": "1"},
        ]
        # A late complete of the client crosses ours: nothing answers it.
        await say(socket, "complete", id="1")
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}


async def test_a_result_with_errors_is_a_next(lab: Lab) -> None:
    payload = {"data": None, "errors": [{"message": "no"}]}
    lab.engine.operations["failing"] = lambda _: payload
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "failing")
        assert await hear(socket) == next_(payload)
        assert (await hear(socket))["type"] == "complete"


async def test_a_refused_operation_is_an_error_with_a_list(lab: Lab) -> None:
    refused = [{"message": "Cannot query field", "extensions": {"code": "BAD_USER_INPUT"}}]

    def refuse(request: OperationRequest) -> Payload:
        raise OperationRefused(refused)

    lab.engine.operations["invalid"] = refuse
    lab.engine.feed().put(event(1), OperationRefused(refused))
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "invalid")
        assert await hear(socket) == {"type": "error", "id": "1", "payload": refused}
        await subscribe(socket, "feed")
        assert await hear(socket) == next_(event(1))
        assert await hear(socket) == {"type": "error", "id": "1", "payload": refused}


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("secret detail"),
        AuthenticationFailed("secret detail"),
        asyncio.CancelledError("secret detail"),
        OperationRefused([{"message": object()}]),
        {"data": object()},
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_crash_in_an_operation_is_masked_and_the_socket_lives_on(
    lab: Lab, failure: BaseException | Payload, caplog: pytest.LogCaptureFixture
) -> None:
    feed = lab.engine.feed()
    feed.put(event(1), failure)
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "feed")
        assert await hear(socket) == next_(event(1))
        error = await hear(socket)
        assert (error["type"], error["id"]) == ("error", "1")
        extensions = error["payload"][0]["extensions"]
        assert extensions["code"] == "INTERNAL"
        assert extensions["errorId"] in caplog.text
        assert "secret" not in json.dumps(error)
        await subscribe(socket, "one")
        assert await hear(socket) == next_({"data": {"one": 1}})
    assert feed.closed.is_set()


async def test_a_taken_id_closes_with_4409(lab: Lab) -> None:
    feed = lab.engine.feed()
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "feed", id="twice")
        await subscribe(socket, "one", id="twice")
        assert await closing(socket) == (4409, "Subscriber for twice already exists")
    await until(feed.closed.is_set)


async def test_a_taken_id_longer_than_a_close_frame_is_cut(lab: Lab) -> None:
    lab.engine.feed()
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "feed", id="é" * 200)
        await subscribe(socket, "feed", id="é" * 200)
        code, reason = await closing(socket)
    assert code == 4409
    assert reason.startswith("Subscriber for éé")
    assert 120 <= len(reason.encode()) <= 123


async def test_an_operation_over_the_limit_is_refused_and_the_others_go_on(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(max_operations=2)
    first, second = lab.engine.feed("first"), lab.engine.feed("second")
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "first", id="1")
        await subscribe(socket, "second", id="2")
        await subscribe(socket, "one", id="3")
        error = await hear(socket)
        assert (error["type"], error["id"]) == ("error", "3")
        assert error["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        first.put(event(1))
        assert await hear(socket) == next_(event(1))
        await say(socket, "complete", id="1")
        await subscribe(socket, "one", id="3")
        assert await hear(socket) == next_({"data": {"one": 1}}, id="3")
        assert not second.closed.is_set()


async def test_a_socket_holds_twenty_operations_unless_told_otherwise(lab: Lab) -> None:
    lab.engine.feed()
    async with dial(lab) as socket:
        await greet(socket)
        for number in range(21):
            await subscribe(socket, "feed", id=str(number))
        error = await hear(socket)
        assert (error["type"], error["id"]) == ("error", "20")


async def test_complete_stops_an_operation_and_frees_its_id_at_once(lab: Lab) -> None:
    first, second = lab.engine.feed("first"), lab.engine.feed("second")
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "first")
        await until(first.started.is_set)
        await say(socket, "complete", id="1")
        await subscribe(socket, "second")
        await until(first.closed.is_set)
        first.put(event(1))
        second.put(event(2), None)
        assert await hear(socket) == next_(event(2))
        assert await hear(socket) == {"type": "complete", "id": "1"}


async def test_complete_may_follow_subscribe_in_the_same_packet(lab: Lab) -> None:
    lab.engine.feed()
    async with dial(lab) as socket:
        await greet(socket)
        for _ in range(50):
            await subscribe(socket, "feed")
            await say(socket, "complete", id="1")
        await say(socket, "complete", id="unknown")
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}


async def test_a_disconnect_ends_every_operation(lab: Lab) -> None:
    feeds = [lab.engine.feed(str(number)) for number in range(3)]
    async with dial(lab) as socket:
        await greet(socket)
        for number in range(3):
            await subscribe(socket, str(number), id=str(number))
        for feed in feeds:
            await until(feed.started.is_set)
        socket.transport.abort()
        for feed in feeds:
            await until(feed.closed.is_set)
    await until(lambda: len(lab.connections) == 0)


# --- keeping alive -------------------------------------------------------------------------------


async def test_a_ping_is_echoed_and_an_unsolicited_pong_ignored(lab: Lab) -> None:
    async with dial(lab) as socket:
        await say(socket, "pong", payload={"a": 1})
        await say(socket, "ping", payload={"sent": "now"})
        assert await hear(socket) == {"type": "pong", "payload": {"sent": "now"}}
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}


async def test_an_unanswered_ping_closes_with_4499(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(ping_interval=0.01, pong_timeout=0.02)
    feed = lab.engine.feed()
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "feed")
        assert await closing(socket) == (4499, "Terminated: no pong")
    await until(feed.closed.is_set)


async def test_an_answered_ping_is_followed_by_the_next(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(ping_interval=0.01, pong_timeout=5)
    async with dial(lab) as socket:
        await greet(socket)
        for _ in range(3):
            assert await hear(socket) == {"type": "ping"}
            await say(socket, "pong")


# --- access taken away, shutdown -----------------------------------------------------------------


async def test_revoked_access_tells_each_operation_and_closes_with_4403(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(revalidate_interval=0.02)
    first, second = lab.engine.feed("first"), lab.engine.feed("second")
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "first", id="1")
        await subscribe(socket, "second", id="2")
        await until(lambda: first.started.is_set() and second.started.is_set())
        lab.engine.revoked = "The token was revoked"
        told = [await hear(socket), await hear(socket)]
        error = {"message": "The token was revoked", "extensions": {"code": "UNAUTHENTICATED"}}
        assert told == [{"type": "error", "id": id, "payload": [error]} for id in ("1", "2")]
        assert await closing(socket) == (4403, "Forbidden")
    await until(lambda: first.closed.is_set() and second.closed.is_set())


async def test_a_check_that_fails_now_and_then_costs_nobody_a_connection(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(revalidate_interval=0.01)
    lab.engine.checks = [RuntimeError("no database"), RuntimeError("no database")]
    async with dial(lab) as socket:
        await greet(socket)
        await until(lambda: lab.engine.checked > 4)
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}


async def test_a_check_that_keeps_failing_closes_with_1013(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(revalidate_interval=0.01)
    lab.engine.checks = [RuntimeError("secret detail") for _ in range(3)]
    async with dial(lab) as socket:
        await greet(socket)
        assert await closing(socket) == (1013, "Try again later")


async def test_a_shutdown_closes_every_socket_with_1012(lab: Lab) -> None:
    feed = lab.engine.feed()
    async with dial(lab) as first, dial(lab) as second:
        await greet(first)
        await greet(second)
        await subscribe(first, "feed")
        await until(feed.started.is_set)
        assert len(lab.connections) == 2
        await lab.connections.close_all()
        assert feed.closed.is_set()
        for socket in (first, second):
            assert await closing(socket) == (1012, "Service restart")
    async with dial(lab) as late:
        assert await closing(late) == (1012, "Service restart")
