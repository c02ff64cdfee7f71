"""Feeds at their bounds: what waits and what is kept, cursors ahead of them, a database that is away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from gateway.database import Database
from models.ids import Kind, new_id
from realtime import tail as memory
from realtime.feed import Question
from realtime.hub import Hub
from realtime.log import EventLog
from tests.realtime.feed_lab import Rendering, Socket, ready, told, write
from tests.realtime.log_lab import appends, everything


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    hub = Hub(EventLog(database.client))
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


async def test_a_cursor_ahead_of_a_slow_rendering_is_resumed_without_a_repetition(hub: Hub, stream: ObjectId) -> None:
    # Given a question whose first answer takes its time, and a client that saw the second event another way
    rendering, recovered = Rendering(waits=True), list[bool]()

    def render(event: Any) -> Any:
        if event["type"] == "StreamReady":
            recovered.append(event["data"]["recovered"])
        return rendering(event)

    question = Question("same", everything, render)
    stays = Socket(await hub.attach(stream, question))
    await stays.until(ready)
    rendering.gate.clear()
    seen = await write(hub, stream, 2)
    await rendering.asked.wait()

    # When it asks the same from there on, and more events come
    back = Socket(await hub.attach(stream, question, seen))
    await back.until(ready)
    await write(hub, stream, 2)
    rendering.gate.set()
    await stays.until(lambda one: len(one.seqs) >= 4)
    await back.until(lambda one: 4 in one.seqs)

    # Then nothing is missing and nothing comes again
    assert recovered == [True, True]
    assert back.items[0][2] == str(seen)
    assert back.seqs == [3, 4]
    assert stays.seqs == [1, 2, 3, 4]


async def test_a_slow_reader_is_bounded_by_the_size_of_what_waits_and_not_of_its_events(
    hub: Hub, stream: ObjectId
) -> None:
    # Given a question whose answers are larger by far than the events, and a reader that stops
    question = Question("same", everything, told, weigh=lambda item: 100_000)
    slow = Socket(await hub.attach(stream, question), room=1)
    quick = Socket(await hub.attach(stream, question))
    await slow.until(ready)

    # When events come
    await write(hub, stream, 25)
    await quick.until(lambda one: len(one.seqs) >= 25)

    # Then a megabyte waits, and the rest is told of
    assert slow.subscription.queued == 10
    slow.go_on()
    await slow.until(lambda one: "StreamLagged" in one.types)
    assert hub.stats.dropped == 15


@pytest.mark.parametrize("replayed", [False, True])
async def test_what_is_kept_for_those_who_come_back_is_bounded_by_its_size(
    hub: Hub, stream: ObjectId, replayed: bool
) -> None:
    # Given large answers that were kept, while they were live or from a replay
    rendering = Rendering()
    question = Question("same", everything, rendering, weigh=lambda item: 100_000)
    start = await hub.log.head(stream)
    stays = Socket(await hub.attach(stream, question)) if not replayed else None
    await write(hub, stream, 25)
    first = Socket(await hub.attach(stream, question, start))
    await first.until(lambda one: len(one.seqs) >= 25)
    assert rendering.seqs == list(range(1, 26))

    # When another one comes back to all of them
    second = Socket(await hub.attach(stream, question, start))
    await second.until(lambda one: len(one.seqs) >= 25)

    # Then only a megabyte of them was kept
    assert len(rendering.seqs) >= 40
    assert second.seqs == list(range(1, 26))
    assert stays is None or stays.seqs == second.seqs


async def test_a_replay_waits_for_a_database_that_is_away(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a log whose database answers the third time it is asked
    monkeypatch.setattr(memory, "AWAY_SECONDS", 0.01)
    start = await hub.log.head(stream)
    await write(hub, stream, 5)
    read, failures = hub.log.read, [AutoReconnect("gone"), ServerSelectionTimeoutError("no server")]

    async def fails_at_first(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return await read(*args)

    monkeypatch.setattr(hub.log, "read", fails_at_first)

    # When a client comes back
    socket = Socket(await hub.attach(stream, Question("same", everything, told), start))
    await socket.until(lambda one: len(one.seqs) >= 5 or bool(one.ended))

    # Then it gets everything
    assert socket.ended == []
    assert socket.seqs == [1, 2, 3, 4, 5]


async def test_whoever_leaves_while_the_log_is_read_for_them_keeps_nobody_waiting(
    database: Database, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a hub that has not heard of what another process wrote, and never polls
    hub = Hub(EventLog(database.client), poll_seconds=3600)
    await hub.start()
    stays = Socket(await hub.attach(stream, Question("same", everything, told)))
    await stays.until(ready)
    head = (await EventLog(database.client).write(stream, None, appends(stream, 3))).cursor

    # When a client comes from there, and leaves while that is read
    read, asked = hub.log.read, asyncio.Event()

    async def hangs(*_: Any) -> Any:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(hub.log, "read", hangs)
    coming = asyncio.create_task(hub.attach(stream, Question("other", everything, told), head))
    await asked.wait()
    monkeypatch.setattr(hub.log, "read", read)
    coming.cancel()
    await asyncio.wait([coming])

    # Then whoever stays gets it all the same
    await stays.until(lambda one: len(one.seqs) >= 3)
    await hub.stop()
    assert stays.seqs == [1, 2, 3]
