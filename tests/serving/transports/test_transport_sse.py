"""Event streams over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from serving.transports.protocol import AuthenticationFailed, OperationRefused, OperationRequest, Payload
from serving.transports.sse import SseLimits, event_id
from tests.loopback import NO_TLS
from tests.patience import PATIENCE, until
from tests.serving.transports.transport_lab import Lab

RETRY = ["retry: 2000"]
COMPLETE = ["event: complete", "data:"]


def address(lab: Lab, query: str) -> str:
    return f"http://127.0.0.1:{lab.port}/sse?query={query}"


async def get(lab: Lab, query: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=NO_TLS, timeout=PATIENCE) as client:
        return await client.get(address(lab, query), headers=headers)


class Reader:
    """Reads a stream one block (the lines up to an empty one) at a time."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def block(self) -> list[str]:
        lines = []
        while line := await anext(self._lines, ""):
            lines.append(line)
        return lines


@asynccontextmanager
async def streaming(lab: Lab, query: str) -> AsyncIterator[Reader]:
    async with (
        httpx.AsyncClient(verify=NO_TLS, timeout=PATIENCE) as client,
        client.stream("GET", address(lab, query)) as response,
    ):
        reader = Reader(response)
        assert await reader.block() == RETRY
        yield reader


def blocks(text: str) -> list[list[str]]:
    return [block.split("\n") for block in text.removesuffix("\n\n").split("\n\n")]


def event(cursor: str) -> Payload:
    return {"data": {"projectEvents": {"cursor": cursor}}}


def errors_of(block: list[str]) -> list[dict[str, Any]]:
    assert block[0] == "event: next"
    payload = json.loads(block[1].removeprefix("data: "))
    assert set(payload) == {"errors"}
    errors: list[dict[str, Any]] = payload["errors"]
    return errors


# --- the stream ----------------------------------------------------------------------------------


async def test_a_query_is_one_next_and_one_complete(lab: Lab) -> None:
    response = await get(lab, "one")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    assert blocks(response.text) == [RETRY, ["event: next", 'data: {"data":{"one":1}}'], COMPLETE]


async def test_an_event_with_a_cursor_carries_it_as_its_id(lab: Lab) -> None:
    feed = lab.engine.feed()
    feed.put(event("e1-7"), {"data": {"text": "a\nb"}}, None)
    response = await get(lab, "feed")
    assert blocks(response.text) == [
        RETRY,
        ["event: next", "id: e1-7", 'data: {"data":{"projectEvents":{"cursor":"e1-7"}}}'],
        ["event: next", 'data: {"data":{"text":"a\\nb"}}'],
        COMPLETE,
    ]
    assert feed.closed.is_set()


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"data": {"a": {"cursor": "c1"}}}, "c1"),
        ({"data": {"a": {"cursor": "c1"}}, "extensions": {"cursor": "c2"}}, "c2"),
        ({"data": {"a": {"cursor": "c1"}}, "extensions": {"cursor": 7}}, "c1"),
        ({"data": {"a": {"at": "now"}, "b": {"cursor": "c1"}}}, None),
        ({"data": {"a": {"cursor": "c\n1"}}}, None),
        ({"data": {"a": {"cursor": "c" * 65}}}, None),
        ({"data": {"a": None}}, None),
        ({"data": {}}, None),
        ({"data": None, "extensions": None}, None),
        ({"errors": []}, None),
    ],
)
def test_the_cursor_of_a_payload_is_found(payload: Payload, expected: str | None) -> None:
    assert event_id(payload) == expected


async def test_an_idle_stream_is_kept_alive_by_comments(lab: Lab) -> None:
    lab.sse = SseLimits(keep_alive_interval=0.01)
    lab.engine.feed()
    async with streaming(lab, "feed") as stream:
        assert await stream.block() == [": keep-alive"]
        assert await stream.block() == [": keep-alive"]


async def test_a_disconnect_ends_the_operation(lab: Lab) -> None:
    feed = lab.engine.feed()
    async with streaming(lab, "feed"):
        await until(feed.started.is_set)
        assert len(lab.connections) == 1
    await until(feed.closed.is_set)
    await until(lambda: len(lab.connections) == 0)


async def test_a_disconnect_ends_an_operation_that_writes_faster_than_its_client_reads(lab: Lab) -> None:
    closed = asyncio.Event()

    async def flood(request: OperationRequest) -> AsyncIterator[Payload]:
        try:
            while True:
                yield {"data": {"text": "x" * 65_536}}
        finally:
            closed.set()

    lab.engine.operations["flood"] = flood
    async with streaming(lab, "flood"):
        pass
    await until(closed.is_set)


# --- Last-Event-ID -------------------------------------------------------------------------------


async def test_last_event_id_reaches_the_engine_as_the_cursor_to_resume_after(lab: Lab) -> None:
    await get(lab, "one", **{"Last-Event-ID": "e1-7"})
    await get(lab, "one", **{"Last-Event-ID": ""})
    await get(lab, "one")
    assert [request.resume_after for request in lab.engine.requests] == ["e1-7", None, None]


@pytest.mark.parametrize("value", ["c" * 65, "a b", "a\tb", "é"])
async def test_a_malformed_last_event_id_is_bad_input(lab: Lab, value: str) -> None:
    async with httpx.AsyncClient(verify=NO_TLS, timeout=PATIENCE) as client:
        headers = [(b"last-event-id", value.encode("latin-1"))]
        response = await client.get(address(lab, "one"), headers=headers)
    assert response.status_code == 400
    extensions = response.json()["errors"][0]["extensions"]
    assert extensions == {"code": "BAD_USER_INPUT", "field": "Last-Event-ID"}
    assert lab.engine.requests == []


# --- failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (OperationRefused([{"message": "no", "extensions": {"code": "FORBIDDEN"}}]), 400, "FORBIDDEN"),
        (AuthenticationFailed("secret detail"), 401, "UNAUTHENTICATED"),
        (RuntimeError("secret detail"), 500, "INTERNAL"),
    ],
    ids=["refused", "unauthenticated", "crash"],
)
async def test_a_failure_before_the_stream_is_json(lab: Lab, failure: Exception, status: int, code: str) -> None:
    def fail(request: OperationRequest) -> Payload:
        raise failure

    lab.engine.operations["failing"] = fail
    response = await get(lab, "failing")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]
    assert "secret" not in response.text


async def test_a_refusal_in_the_stream_is_a_next_with_errors(lab: Lab) -> None:
    refused = [{"message": "gone", "extensions": {"code": "NOT_FOUND"}}]
    feed = lab.engine.feed()
    feed.put(event("c1"), OperationRefused(refused))
    _, _, last, complete = blocks((await get(lab, "feed")).text)
    assert errors_of(last) == refused
    assert complete == COMPLETE
    assert feed.closed.is_set()


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("secret detail"),
        ConnectionResetError("secret detail"),
        asyncio.CancelledError("secret detail"),
        {"data": object()},
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_crash_in_the_stream_is_masked(
    lab: Lab, failure: BaseException | Payload, caplog: pytest.LogCaptureFixture
) -> None:
    feed = lab.engine.feed()
    feed.put(event("c1"), failure)
    response = await get(lab, "feed")
    _, _, last, complete = blocks(response.text)
    extensions = errors_of(last)[0]["extensions"]
    assert extensions["code"] == "INTERNAL"
    assert extensions["errorId"] in caplog.text
    assert complete == COMPLETE
    assert "secret" not in response.text
    assert feed.closed.is_set()


# --- access taken away, shutdown -----------------------------------------------------------------


async def test_revoked_access_is_a_next_with_errors_and_the_end(lab: Lab) -> None:
    lab.sse = SseLimits(revalidate_interval=0.02)
    feed = lab.engine.feed()
    async with streaming(lab, "feed") as stream:
        lab.engine.revoked = "The token was revoked"
        error = {"message": "The token was revoked", "extensions": {"code": "UNAUTHENTICATED"}}
        assert errors_of(await stream.block()) == [error]
        assert await stream.block() == COMPLETE
        assert await stream.block() == []
    await until(feed.closed.is_set)


async def test_a_check_that_keeps_failing_ends_the_stream_so_that_its_client_reconnects(lab: Lab) -> None:
    lab.sse = SseLimits(revalidate_interval=0.01)
    lab.engine.checks = [RuntimeError("no database") for _ in range(3)]
    lab.engine.feed()
    response = await get(lab, "feed")
    assert blocks(response.text) == [RETRY]


async def test_a_shutdown_ends_the_stream_so_that_its_client_reconnects(lab: Lab) -> None:
    feed = lab.engine.feed()
    async with streaming(lab, "feed") as stream:
        await until(feed.started.is_set)
        await lab.connections.close_all()
        assert feed.closed.is_set()
        assert await stream.block() == []
    late = await get(lab, "feed")
    assert late.status_code == 200
    assert "event:" not in late.text
