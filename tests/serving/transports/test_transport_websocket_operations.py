"""Operations over a socket: results, refusals, limits, heartbeats, and how a socket ends."""

import asyncio
import json

import pytest

from serving.transports.protocol import (
    AuthenticationFailed,
    OperationRefused,
    OperationRequest,
    Payload,
)
from serving.transports.websocket import WebSocketLimits
from tests.patience import PATIENCE, until
from tests.serving.transports.transport_lab import Lab, event, next_
from tests.serving.transports.websocket_lab import closing, dial, greet, hear, say, subscribe

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
    lab.websocket = WebSocketLimits(ping_interval=1, pong_timeout=0.02)
    feed = lab.engine.feed()
    async with dial(lab) as socket:
        await greet(socket)
        await subscribe(socket, "feed")
        assert await closing(socket) == (4499, "Terminated: no pong")
    await until(feed.closed.is_set)


async def test_an_answered_ping_is_followed_by_the_next(lab: Lab) -> None:
    lab.websocket = WebSocketLimits(ping_interval=0.01, pong_timeout=PATIENCE)
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
