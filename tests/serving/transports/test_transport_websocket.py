"""graphql-transport-ws over real sockets."""

import json
import logging

import pytest
from starlette.datastructures import Headers
from websockets.exceptions import InvalidStatus

from serving.transports.origin import origin_allowed
from serving.transports.protocol import (
    OperationRequest,
)
from serving.transports.websocket import WebSocketLimits
from tests.serving.transports.transport_lab import Lab
from tests.serving.transports.websocket_lab import closing, dial, greet, hear, say, subscribe

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
        json.dumps({"type": "subscribe", "id": "é" * 257, "payload": {"query": "one"}}),
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
