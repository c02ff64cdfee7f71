"""A WebSocket client that reads slowly, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.types import Message
from starlette.websockets import WebSocket

from serving.transports.protocol import SUBPROTOCOL, OperationRequest, Payload
from serving.transports.websocket import WebSocketLimits, serve_websocket
from tests.patience import PATIENCE, until
from tests.serving.transports.transport_lab import FakeEngine, event, next_


class _StuckSocket:
    """An ASGI socket whose client reads nothing until ``reading`` is set."""

    def __init__(self, *frames: dict[str, Any]) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.hear(*frames)
        self.reading = asyncio.Event()
        self.sent: list[dict[str, Any]] = []

    def hear(self, *frames: dict[str, Any]) -> None:
        for frame in frames:
            self.incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    def hang_up(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            frame = json.loads(message["text"])
            if frame["type"] != "connection_ack":
                await self.reading.wait()
            self.sent.append(frame)

    def websocket(self) -> WebSocket:
        scope = {"type": "websocket", "headers": [], "subprotocols": [SUBPROTOCOL]}
        return WebSocket(scope, self.incoming.get, self.send)


def _serve(stuck: _StuckSocket, engine: FakeEngine, limits: WebSocketLimits) -> asyncio.Task[None]:
    return asyncio.create_task(serve_websocket(stuck.websocket(), engine, limits=limits))


async def test_a_reader_that_does_not_read_holds_the_operation_back() -> None:
    produced = 0

    async def count(request: OperationRequest) -> AsyncIterator[Payload]:
        nonlocal produced
        for produced in range(1, 101):
            yield event(produced)

    engine = FakeEngine()
    engine.operations["count"] = count
    stuck = _StuckSocket({"type": "connection_init"})
    serving = _serve(stuck, engine, WebSocketLimits(send_queue=4))
    await until(lambda: bool(stuck.sent))
    stuck.hear({"type": "subscribe", "id": "1", "payload": {"query": "count"}})

    await until(lambda: produced > 0)
    for _ in range(1_000):
        await asyncio.sleep(0)
    # Four in the queue, one with the sender, one waiting to be queued.
    assert produced == 6

    stuck.reading.set()
    await until(lambda: stuck.sent[-1]["type"] == "complete")
    assert stuck.sent[1:-1] == [next_(event(number)) for number in range(1, 101)]
    stuck.hang_up()
    await serving


async def test_events_still_queued_when_a_client_completes_are_not_sent() -> None:
    engine = FakeEngine()
    first, second = engine.feed("first"), engine.feed("second")
    first.put(*(event(number) for number in range(1, 4)))
    stuck = _StuckSocket({"type": "connection_init"})
    serving = _serve(stuck, engine, WebSocketLimits())
    await until(lambda: bool(stuck.sent))
    stuck.hear(
        {"type": "subscribe", "id": "1", "payload": {"query": "first"}},
        {"type": "ping"},
    )
    await until(first.items.empty)
    stuck.hear(
        {"type": "complete", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": {"query": "second"}},
    )
    second.put(event(9), None)
    await until(second.closed.is_set)

    stuck.reading.set()
    await until(lambda: stuck.sent[-1]["type"] == "complete")
    numbers = [frame["payload"]["data"]["event"]["number"] for frame in stuck.sent if frame["type"] == "next"]
    assert 2 not in numbers
    assert 3 not in numbers
    assert numbers[-1] == 9
    stuck.hang_up()
    await serving


async def test_a_reader_that_never_reads_is_let_go() -> None:
    engine = FakeEngine()
    feed = engine.feed()
    feed.put(*(event(number) for number in range(100)))
    stuck = _StuckSocket({"type": "connection_init"})
    limits = WebSocketLimits(ping_interval=0.5, pong_timeout=0.02, send_queue=2)
    serving = _serve(stuck, engine, limits)
    await until(lambda: bool(stuck.sent))
    stuck.hear({"type": "subscribe", "id": "1", "payload": {"query": "feed"}})
    await until(feed.started.is_set)
    async with asyncio.timeout(PATIENCE):
        await serving
    assert feed.closed.is_set()
    assert len(stuck.sent) == 1
