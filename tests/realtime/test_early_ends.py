"""Whoever has gone before a stream was opened, or whose cancellation is lost, leaves nothing open and hears nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message

from realtime.events import Event
from realtime.payload import EventPayload, Sink
from realtime.subscription import Subscription
from serving.transports.connections import Connections
from serving.transports.event_stream import EventStream
from serving.transports.frames import FRAME_WRITER
from serving.transports.limits import SseLimits
from serving.transports.operation import RunningOperation
from serving.transports.outbox import Outbox, open_outbox
from serving.transports.protocol import Engine, OperationRefused, OperationRequest
from tests.patience import PATIENCE


async def _deaf(until: asyncio.Event) -> None:
    """Waits, and swallows what cancels it, as `asyncio.wait_for` of Python 3.11 may."""
    with suppress(asyncio.CancelledError):
        await until.wait()


class Past:
    """A source that is asked for three events, and is deaf meanwhile."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.left = 0

    async def missed(self, after: int, until: int) -> AsyncIterator[tuple[int, Any]]:
        self.asked.set()
        await _deaf(asyncio.Event())
        for seq in range(after + 1, until + 1):
            yield seq, seq

    async def control(self, event: Event, seq: int) -> Any:
        return event.type

    def cursor(self, seq: int) -> str:
        return str(seq)

    def leave(self, subscription: Subscription) -> None:
        self.left += 1

    def count_dropped(self, count: int) -> None:
        raise AssertionError


@pytest.mark.parametrize("takes", [True, False])
async def test_a_reader_that_has_ended_is_written_to_no_more(takes: bool) -> None:
    # Given a reader in its replay
    source, written, ended = Past(), list[Any](), list[Exception | None]()
    subscription = Subscription(source, replay=(0, 3), recovered=True)

    def write(item: Any) -> bool:
        written.append(item)
        return takes

    subscription.open(write, ended.append)
    await source.asked.wait()

    # When it ends, and the cancellation of its replay is lost
    subscription.end()
    await asyncio.sleep(0.05)

    # Then it hears nothing any more, and no task is left
    assert (written, ended, source.left) == ([], [None], 1)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "subscription"]


class Opened:
    """A live stream."""

    def __init__(self) -> None:
        self.opened = self.closed = False

    def open(self, sink: Sink) -> None:
        self.opened = True

    def resume(self) -> None:
        raise AssertionError

    async def flush(self) -> None:
        return

    def close(self) -> None:
        self.closed = True


class Silent:
    """An outbox that nothing may be sent by."""

    is_full = False

    def send(self, message: bytes, sender: object = None, *, final: bool = False) -> None:
        raise AssertionError

    def send_next(self, delivery: EventPayload, sender: object) -> None:
        raise AssertionError

    def send_whole(self, delivery: EventPayload) -> None:
        raise AssertionError

    def ping(self, on_pong: object) -> bool:
        raise AssertionError

    async def room(self) -> None:
        return

    async def flush(self) -> None:
        return

    async def close(self) -> None:
        return


async def test_an_operation_that_was_stopped_while_its_stream_was_opened_closes_it() -> None:
    # Given an operation whose stream is being opened
    stream, asked = Opened(), asyncio.Event()

    class Slow:
        async def start(self, context: Any, request: OperationRequest) -> Opened:
            asked.set()
            await _deaf(asyncio.Event())
            return stream

    outbox: Outbox = Silent()
    engine: Engine = Slow()  # type: ignore[assignment]
    operation = RunningOperation("1", outbox, lambda one: None)
    operation.task = task = asyncio.create_task(operation.run(engine, None, OperationRequest("subscription { a }")))
    await asked.wait()

    # When its client completes it, and the cancellation is lost
    operation.stop()
    async with asyncio.timeout(PATIENCE):
        await task

    # Then the stream does not stay open
    assert (stream.opened, stream.closed) == (False, True)


class Wire:
    """Both ways to send over a socket: `sent` is what went out by one of them."""

    is_full = False

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write_frame(self, frame: bytes) -> None:
        self.sent.append(frame)

    async def send_text(self, text: str) -> None:
        self.sent.append(text.encode())

    def on_writable(self, call: Any) -> None:
        return

    def on_pong(self, call: Any) -> None:
        return

    def outbox(self, frames: bool) -> Outbox:
        websocket: Any = SimpleNamespace(
            scope={"extensions": {FRAME_WRITER: self} if frames else {}}, send_text=self.send_text
        )
        return open_outbox(websocket, 1, on_room=lambda: None, on_lost=lambda: None)


async def _several(asked: asyncio.Event) -> AsyncIterator[dict[str, Any]]:
    yield {"data": {"a": "early"}}
    asked.set()
    await _deaf(asyncio.Event())
    yield {"data": {"a": "late"}}
    raise AssertionError("it is asked for more")


@pytest.mark.parametrize("frames", [True, False], ids=["frames", "messages"])
@pytest.mark.parametrize("ending", ["payload", "bytes", "iterator", "refusal", "failure"])
async def test_an_operation_that_was_stopped_while_it_ran_sends_nothing_and_its_id_is_another_ones(
    frames: bool, ending: str
) -> None:
    # Given an operation at work, and what it comes to
    wire, asked = Wire(), asyncio.Event()
    outbox = wire.outbox(frames)

    class Slow:
        async def start(self, context: Any, request: OperationRequest) -> Any:
            if context == "another":
                return {"data": {"a": "mine"}}
            if ending == "iterator":
                return _several(asked)
            asked.set()
            await _deaf(asyncio.Event())
            if ending == "refusal":
                raise OperationRefused([{"message": "late"}])
            if ending == "failure":
                raise RuntimeError("late")
            return b'{"data":{"a":"late"}}' if ending == "bytes" else {"data": {"a": "late"}}

    engine: Engine = Slow()  # type: ignore[assignment]
    first, other = (RunningOperation("1", outbox, lambda one: None) for _ in range(2))
    first.task = running = asyncio.create_task(first.run(engine, None, OperationRequest("mutation { a }")))
    await asked.wait()

    # When its client completes it, the cancellation is lost, and another one begins under its id
    first.stop()
    await other.run(engine, "another", OperationRequest("{ a }"))
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait([running])
    await outbox.flush()

    # Then all that is sent under the id from then on is of the other one
    sent = b"".join(wire.sent)
    assert b"late" not in sent
    assert (sent.count(b'"mine"'), sent.count(b'"complete"'), sent.count(b'"error"')) == (1, 1, 0)


@pytest.mark.parametrize("frames", [True, False], ids=["frames", "messages"])
async def test_a_stream_that_fails_as_it_goes_on_is_told_and_closed(frames: bool) -> None:
    # Given a stream that was held back
    wire, stream, forgotten = Wire(), Opened(), list[RunningOperation]()
    outbox = wire.outbox(frames)

    class Opening:
        async def start(self, context: Any, request: OperationRequest) -> Opened:
            return stream

    engine: Engine = Opening()  # type: ignore[assignment]
    operation = RunningOperation("1", outbox, forgotten.append)
    await operation.run(engine, None, OperationRequest("subscription { a }"))
    wire.is_full = True
    assert not operation.write(EventPayload(b'{"data":1}'))

    # When it cannot go on
    operation.resume()
    await outbox.flush()

    # Then its client is told, and its id is free
    assert b'"error"' in wire.sent[-1]
    assert (stream.closed, forgotten) == (True, [operation])


@pytest.mark.parametrize("stopping", [True, False])
async def test_an_event_stream_that_never_begins_closes_its_subscription(stopping: bool) -> None:
    # Given a response whose peer has gone, or whose gateway stops, before its first byte
    stream, connections = Opened(), Connections()
    assert connections.enter("ann", 1)
    if stopping:
        await connections.close_all()

    async def send(message: Message) -> None:
        if not stopping:
            raise OSError("gone")

    async def receive() -> Message:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    class Watching:
        def owner(self, context: Any) -> str:
            return "ann"

        def watch(self, context: Any, end: Any) -> "Watching":
            return self

        def release(self) -> None:
            return

        async def renew(self, context: Any, authorization: str) -> None:
            return

        def expiry(self, context: Any) -> None:
            return

    engine: Engine = Watching()  # type: ignore[assignment]
    response = EventStream(engine, None, stream, SseLimits(), connections, "ann")

    # When it is sent
    with suppress(OSError):
        await response({}, receive, send)

    # Then nothing of it is left
    assert (stream.opened, stream.closed) == (False, True)
    assert len(connections) == 0
    assert connections.enter("ann", 1)
