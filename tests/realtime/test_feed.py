"""Feeds: one item of an event for all who asked the same, in order, whoever comes, stalls or goes meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models.ids import Kind, new_id
from realtime import subscription as bounds
from realtime import tail as memory
from realtime.cursor import Cursor
from realtime.feed import Question
from realtime.hub import Hub
from realtime.log import EventLog
from tests.patience import PATIENCE
from tests.realtime.feed_lab import Item, Rendering, Socket, ready, told, write
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


@pytest.mark.parametrize("waits", [False, True])
async def test_an_event_is_made_into_an_item_once_for_all_who_asked_the_same(
    hub: Hub, stream: ObjectId, waits: bool
) -> None:
    # Given a hundred subscribers with one question, and one with another
    rendering, other = Rendering(waits=waits), Rendering(waits=waits)
    same = Question("same", everything, rendering)
    sockets = [Socket(await hub.attach(stream, same)) for _ in range(100)]
    alone = Socket(await hub.attach(stream, Question("other", everything, other)))

    # When events come
    await write(hub, stream, 5)
    for socket in [*sockets, alone]:
        await socket.until(lambda one: len(one.seqs) >= 5)

    # Then all get all, and each event was made once a question
    assert all(socket.seqs == [1, 2, 3, 4, 5] for socket in [*sockets, alone])
    assert rendering.seqs == other.seqs == [1, 2, 3, 4, 5]
    assert hub.stats.subscribers == 101
    assert hub.stats.deliveries == 505


async def test_those_who_come_back_share_what_was_made_and_ask_the_database_nothing(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a subscriber that stays, and ten events
    rendering = Rendering()
    question = Question("same", everything, rendering)
    start = await hub.log.head(stream)
    stays = Socket(await hub.attach(stream, question))
    await write(hub, stream, 10)
    await stays.until(lambda one: len(one.seqs) >= 10)

    # When twenty others resume from different places, and the database cannot be asked
    async def asked(*_: object) -> Any:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(hub.log, "bounds", asked)
    monkeypatch.setattr(hub.log, "read", asked)
    for seen in range(10):
        for _ in range(2):
            back = Socket(await hub.attach(stream, question, Cursor(start.epoch, seen)))
            await back.until(ready)
            assert back.seqs == list(range(seen + 1, 11))

    # Then nothing was made a second time
    assert rendering.seqs == list(range(1, 11))


async def test_a_cursor_ahead_of_what_this_process_has_read_is_resumed(database: Database, stream: ObjectId) -> None:
    # Given a hub with a subscriber, that has not heard of what another process wrote
    hub = Hub(EventLog(database.client), poll_seconds=3600)
    await hub.start()
    stays = Socket(await hub.attach(stream, Question("same", everything, told)))
    await stays.until(ready)
    head = (await EventLog(database.client).write(stream, None, appends(stream, 3))).cursor

    # When a client that saw the third event resumes here, and a fourth comes
    back = Socket(await hub.attach(stream, Question("same", everything, told), head))
    await back.until(ready)
    await write(hub, stream)
    await back.until(lambda one: len(one.seqs) >= 1)
    await stays.until(lambda one: len(one.seqs) >= 4)
    await hub.stop()

    # Then it gets the fourth alone, and the other one all
    assert back.items[0][2] == str(head)
    assert back.seqs == [4]
    assert stays.seqs == [1, 2, 3, 4]


async def test_a_slow_reader_stalls_nobody_and_holds_no_copy(hub: Hub, stream: ObjectId) -> None:
    # Given a reader that stops after StreamReady, beside one that goes on
    question = Question("same", everything, told)
    slow = Socket(await hub.attach(stream, question), room=1)
    quick = Socket(await hub.attach(stream, question))
    await slow.until(ready)

    # When events come
    await write(hub, stream, 20)
    await quick.until(lambda one: len(one.seqs) >= 20)

    # Then they wait for the slow one, and are the very items of the other
    assert slow.seqs == []
    assert slow.subscription.queued == 20
    slow.go_on()
    assert slow.seqs == list(range(1, 21))
    assert all(one is other for one, other in zip(slow.items[1:], quick.items[1:], strict=True))

    # And it is live again
    await write(hub, stream)
    await slow.until(lambda one: len(one.seqs) >= 21)


async def test_a_reader_that_lags_is_told_once_it_reads_and_goes_on(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_QUEUED", 3)
    question = Question("same", everything, told)
    slow = Socket(await hub.attach(stream, question), room=1)
    quick = Socket(await hub.attach(stream, question))
    await slow.until(ready)
    await write(hub, stream, 10)
    await quick.until(lambda one: len(one.seqs) >= 10)

    slow.go_on()
    await slow.until(lambda one: "StreamLagged" in one.types)
    await write(hub, stream)
    await slow.until(lambda one: 11 in one.seqs)

    assert slow.types[1:] == ["LabelDeleted"] * 3 + ["StreamLagged", "LabelDeleted"]
    assert slow.seqs == [1, 2, 3, 11]
    assert slow.items[4][2] == slow.items[3][2]
    assert hub.stats.dropped == 7


async def test_events_that_pile_up_behind_a_slow_rendering_are_owned_up_to(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a question whose answers take their time
    monkeypatch.setattr(bounds, "MAX_QUEUED", 5)
    rendering = Rendering(waits=True)
    socket = Socket(await hub.attach(stream, Question("slow", everything, rendering)))
    quick = Socket(await hub.attach(stream, Question("quick", everything, told)))
    await socket.until(ready)

    # When more events come than may wait
    rendering.gate.clear()
    await write(hub, stream, 20)
    await quick.until(lambda one: len(one.seqs) >= 20)
    rendering.gate.set()
    await socket.until(lambda one: "StreamLagged" in one.types)
    await write(hub, stream)
    await socket.until(lambda one: 21 in one.seqs)

    # Then the first ones arrive, and the rest is told of
    assert socket.seqs == [1, 2, 3, 4, 5, 6, 21]
    assert hub.stats.dropped == 14


async def test_a_subscriber_that_comes_while_an_event_is_made_gets_it(hub: Hub, stream: ObjectId) -> None:
    rendering = Rendering(waits=True)
    question = Question("same", everything, rendering)
    start = await hub.log.head(stream)
    first = Socket(await hub.attach(stream, question))
    await first.until(ready)
    rendering.gate.clear()
    await write(hub, stream, 2)
    await rendering.asked.wait()

    second = Socket(await hub.attach(stream, question, start))
    rendering.gate.set()
    await second.until(lambda one: len(one.seqs) >= 2)

    assert second.types == ["StreamReady", "LabelDeleted", "LabelDeleted"]
    assert second.seqs == [1, 2]


async def test_a_rendering_that_fails_ends_its_subscribers_and_no_others(hub: Hub, stream: ObjectId) -> None:
    # Given subscribers of a question that cannot be answered, beside others
    def fails(event: Any) -> Item:
        if event["seq"] is not None:
            raise RuntimeError("no answer")
        return told(event)

    broken = Socket(await hub.attach(stream, Question("broken", everything, fails)))
    sound = Socket(await hub.attach(stream, Question("sound", everything, told)))
    await broken.until(ready)

    # When an event comes
    await write(hub, stream, 2)
    await sound.until(lambda one: len(one.seqs) >= 2)

    # Then only they end, with the reason
    assert [str(error) for error in broken.ended] == ["no answer"]
    assert sound.ended == []
    assert hub.stats.subscribers == 1


async def test_a_rendering_that_tells_nothing_of_the_stream_gets_its_events(hub: Hub, stream: ObjectId) -> None:
    def events_alone(event: Any) -> Item | None:
        return None if event["seq"] is None else told(event)

    socket = Socket(await hub.attach(stream, Question("same", everything, events_alone)))
    await write(hub, stream, 2)
    await socket.until(lambda one: len(one.items) >= 2)

    assert (socket.seqs, socket.types.count("StreamReady")) == ([1, 2], 0)


async def test_a_stream_is_flushed_when_its_reader_has_everything(hub: Hub, stream: ObjectId) -> None:
    question = Question("same", everything, told)
    slow = Socket(await hub.attach(stream, question), room=1)
    quick = Socket(await hub.attach(stream, question))
    await slow.until(ready)
    await write(hub, stream, 3)
    await quick.until(lambda one: len(one.seqs) >= 3)
    flushing = asyncio.create_task(slow.subscription.flush())
    await asyncio.sleep(0)
    assert not flushing.done()

    slow.go_on()

    async with asyncio.timeout(PATIENCE):
        await flushing
    assert slow.seqs == [1, 2, 3]


@pytest.mark.parametrize("seed", range(8))
async def test_whoever_comes_stalls_and_goes_at_any_moment_sees_every_event_once(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Readers that are cut off and resume from the last cursor they saw, in whatever order things happen."""
    monkeypatch.setattr(memory, "MAX_RECENT", 12)
    chance = random.Random(seed)
    start = await hub.log.head(stream)
    question = Question("same", everything, Rendering(waits=bool(seed % 2)))
    wanted = 120

    async def writer() -> None:
        written = 0
        while written < wanted:
            count = min(chance.randint(1, 7), wanted - written)
            await write(hub, stream, count)
            written += count

    async def reader() -> list[int]:
        seen: list[int] = []
        cursor = start
        while len(seen) < wanted:
            room = chance.choice([None, 1, 2, 5])
            socket = Socket(await hub.attach(stream, question, cursor), room)
            enough = chance.randint(1, 40)
            try:
                async with asyncio.timeout(chance.uniform(0.005, 0.05)):
                    while len(socket.seqs) < min(enough, wanted - len(seen)):
                        await asyncio.sleep(0.001)
                        socket.go_on(room)
            except TimeoutError:
                pass
            socket.subscription.close()
            assert "StreamLagged" not in socket.types
            seen += socket.seqs
            cursor = Cursor(start.epoch, len(seen))
        return seen

    async with asyncio.timeout(PATIENCE):
        writing = asyncio.create_task(writer())
        found = await asyncio.gather(*(reader() for _ in range(6)))
        await writing

    assert all(seqs == list(range(1, wanted + 1)) for seqs in found)
