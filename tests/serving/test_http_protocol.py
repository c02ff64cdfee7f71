"""The web server's HTTP protocol: an answer leaves in one piece, in order, and is not held back."""

import asyncio
from typing import Any, cast

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from serving.http_protocol import MAX_HELD, HttpProtocol, TogetherTransport

REQUEST = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


class Wire:
    """A transport that notes what reaches it."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def trickle(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one", b"two"):
        await asyncio.sleep(0.01)
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def ask(app: Any, *requests: bytes) -> Wire:
    """The wire of a connection once the requests are answered."""
    config = Config(app, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    protocol, wire = HttpProtocol(config, state, {}), Wire()
    protocol.connection_made(cast(asyncio.Transport, wire))
    for request in requests:
        protocol.data_received(request)
    while state.tasks:
        await asyncio.gather(*state.tasks)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    protocol.connection_lost(None)
    return wire


async def test_the_head_and_the_body_of_an_answer_leave_together() -> None:
    wire = await ask(answer, REQUEST)

    assert len(wire.writes) == 1
    assert wire.writes[0].startswith(b"HTTP/1.1 200 ")
    assert wire.writes[0].endswith(b"\r\n\r\nhello")


async def test_an_answer_that_comes_bit_by_bit_is_not_held_back() -> None:
    wire = await ask(trickle, REQUEST)

    head, one, *rest = wire.writes
    assert head.endswith(b"\r\n\r\n")
    assert b"one" in one
    assert b"two" in b"".join(rest)


async def test_pipelined_requests_are_answered_in_order() -> None:
    wire = await ask(answer, REQUEST * 3)

    assert b"".join(wire.writes).count(b"hello") == 3


async def test_what_cannot_be_read_is_told_before_the_connection_closes() -> None:
    wire = await ask(answer, b"nonsense\r\n\r\n")

    assert b"".join(wire.writes).startswith(b"HTTP/1.1 400 ")
    assert wire.closed


@pytest.mark.parametrize("size", [1, MAX_HELD + 1])
async def test_only_a_little_is_held(size: int) -> None:
    wire = Wire()
    transport = TogetherTransport(cast(asyncio.Transport, wire))

    transport.write(b"x" * size)

    assert bool(wire.writes) is (size > MAX_HELD)
    await asyncio.sleep(0)
    assert b"".join(wire.writes) == b"x" * size
