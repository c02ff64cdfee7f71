"""Events that were read at once are handed out at once: one write a reader, in order, and none is lost to the slow."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
import pytest
from bson import ObjectId

from gateway.database import Database
from models.ids import Kind, new_id
from realtime import tail as memory
from realtime.cursor import Cursor
from realtime.feed import Question
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.payload import EventPayload, together
from serving.transports.event_stream import _form
from serving.transports.frames import next_frame, next_head, text_frame
from tests.patience import PATIENCE
from tests.realtime.log_lab import appends, everything

Item = tuple[int | None, ...]


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    hub = Hub(EventLog(database.client))
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


def number(event: Any) -> Item:
    return (event["seq"],)


async def number_later(event: Any) -> Item:
    await asyncio.sleep(0)
    return number(event)


def join(items: Sequence[Item]) -> Item:
    return tuple(one for item in items for one in item)


class Socket:
    """Writes down each item that is written to it, as the seqs that it is made of; slow after a number of them."""

    def __init__(self, room: int | None = None) -> None:
        self.writes: list[Item] = []
        self.room = room
        self._arrived = asyncio.Event()

    @property
    def seqs(self) -> list[int]:
        return [one for item in self.writes for one in item if one is not None]

    def write(self, item: Item) -> bool:
        self.writes.append(item)
        self._arrived.set()
        if self.room is not None:
            self.room -= 1
        return self.room is None or self.room > 0

    async def until(self, seq: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while seq not in self.seqs:
                self._arrived.clear()
                await self._arrived.wait()

    async def until_ready(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.writes:
                self._arrived.clear()
                await self._arrived.wait()


async def attached(hub: Hub, stream: ObjectId, question: Question, room: int | None = None) -> tuple[Socket, Any]:
    socket = Socket(room)
    subscription = await hub.attach(stream, question)
    subscription.open(socket.write, lambda error: None)
    await socket.until_ready()
    return socket, subscription


async def write(hub: Hub, stream: ObjectId, count: int) -> Cursor:
    return (await hub.log.write(stream, None, appends(stream, count))).cursor


async def test_a_reader_that_keeps_up_is_written_to_once_for_events_of_one_commit(hub: Hub, stream: ObjectId) -> None:
    question = Question("same", everything, number, join)
    first, _ = await attached(hub, stream, question)
    second, _ = await attached(hub, stream, question)

    await write(hub, stream, 5)
    await first.until(5)

    assert first.writes[1:] == [(1, 2, 3, 4, 5)]
    assert first.writes[1] is second.writes[1]
    assert hub.stats.events == 5
    assert hub.stats.deliveries == 10


async def test_no_more_than_some_go_together(hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_TOGETHER", 4)
    socket, _ = await attached(hub, stream, Question("same", everything, number, join))

    await write(hub, stream, 10)
    await socket.until(10)

    assert socket.writes[1:] == [(1, 2, 3, 4), (5, 6, 7, 8), (9, 10)]


async def test_large_ones_go_alone(hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_TOGETHER_BYTES", 1)
    socket, _ = await attached(hub, stream, Question("same", everything, number, join))

    await write(hub, stream, 3)
    await socket.until(3)

    assert socket.writes[1:] == [(1,), (2,), (3,)]


async def test_a_slow_reader_gets_them_one_by_one_when_it_goes_on(hub: Hub, stream: ObjectId) -> None:
    # Given a reader that has stopped, beside one that has not
    question = Question("same", everything, number, join)
    quick, _ = await attached(hub, stream, question)
    slow, subscription = await attached(hub, stream, question, room=1)

    # When events come, and it goes on for as long as two writes
    await write(hub, stream, 4)
    await quick.until(4)
    assert subscription.queued == 4
    slow.room = 2
    subscription.resume()

    # Then it has two, and the rest when it goes on once more
    assert slow.writes[1:] == [(1,), (2,)]
    slow.room = None
    subscription.resume()
    await write(hub, stream, 2)
    await slow.until(6)
    assert slow.seqs == quick.seqs == [1, 2, 3, 4, 5, 6]


async def test_who_comes_in_the_midst_gets_each_once(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a reader, and events that are handed out two by two with a turn of the loop between
    monkeypatch.setattr(memory, "MAX_TOGETHER", 2)
    monkeypatch.setattr(memory, "BREATH", 1)
    start = await hub.log.head(stream)
    question = Question("same", everything, number, join)
    first, _ = await attached(hub, stream, question)

    # When others resume from the beginning while they arrive
    writing = asyncio.create_task(write(hub, stream, 40))
    others: list[Socket] = []
    while not writing.done() or 40 not in first.seqs:
        socket = Socket()
        subscription = await hub.attach(stream, question, start)
        subscription.open(socket.write, lambda error: None)
        others.append(socket)
        await asyncio.sleep(0)
    for socket in others:
        await socket.until(40)

    assert all(socket.seqs == list(range(1, 41)) for socket in [first, *others])


async def test_what_the_log_does_not_hold_keeps_its_place_among_them(hub: Hub, stream: ObjectId) -> None:
    socket, _ = await attached(hub, stream, Question("same", everything, number, join))
    head = await write(hub, stream, 2)
    hub.broadcast(stream, head, {"type": "MissionOutputDelta", "data": {"text": "a"}})
    hub.broadcast(stream, head, {"type": "MissionOutputDelta", "data": {"text": "b"}})
    await write(hub, stream, 1)
    await socket.until(3)

    assert join(socket.writes[1:]) == (1, 2, None, None, 3)


async def test_items_that_take_time_come_in_order_among_those_that_do_not(hub: Hub, stream: ObjectId) -> None:
    def render(event: Any) -> Any:
        return number_later(event) if event["seq"] is not None and event["seq"] % 3 == 0 else number(event)

    socket, _ = await attached(hub, stream, Question("same", everything, render, join))

    await write(hub, stream, 20)
    await socket.until(20)

    assert socket.seqs == list(range(1, 21))
    assert (1, 2) in socket.writes


def test_deliveries_together_are_the_frames_of_each_in_a_row() -> None:
    parts = [EventPayload(orjson.dumps({"data": {"n": n}}), cursor=f"c{n}", written_at=float(n)) for n in (1, 2)]
    both = together(parts)

    for id in ("1", "an id that is long"):
        head = next_head(id)
        frames = [text_frame(head + part.payload + b"}") for part in parts]
        assert next_frame(both, id, head) == b"".join(frames)
    assert _form(both) == b"event: next\nid: c1\ndata: %b\n\nevent: next\nid: c2\ndata: %b\n\n" % (
        parts[0].payload,
        parts[1].payload,
    )
    assert _form(both) is _form(both)
    assert (both.cursor, both.written_at, both.each) == ("c2", 1.0, tuple(parts))
