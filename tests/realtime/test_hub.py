"""The hub on the real embedded database: order, resumption, bounds, several processes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import LoggedEvent, StreamHead
from models.base import collection
from models.ids import Kind, new_id
from realtime import subscription as bounds
from realtime.cursor import Cursor
from realtime.feed import Question
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.subscription import Subscription
from tests.patience import PATIENCE, until
from tests.realtime.log_lab import Reader, appends, everything, logged, reading, writes_label

NEVER = 3600.0


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    """A hub that hears of commits alone: its poll does not come round."""
    hub = Hub(EventLog(database.client), poll_seconds=NEVER)
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


async def write(hub: Hub, stream: ObjectId, count: int = 1) -> Cursor:
    return (await hub.log.write(stream, None, appends(stream, count))).cursor


async def drain(subscription: Subscription, until: str) -> list[Any]:
    """The events of a subscription that nobody has read yet, up to the first one of the type `until`."""
    found: list[Any] = []
    async with asyncio.timeout(PATIENCE):
        async for event in subscription.events():
            if event is not None:
                found.append(event)
            if found and found[-1]["type"] == until:
                break
    return found


async def test_events_arrive_after_stream_ready_in_their_order(hub: Hub, stream: ObjectId) -> None:
    # Given a subscriber of a stream with a history
    head = await write(hub, stream, 3)
    async with reading(hub, stream) as reader:
        # When 50 changes are written at once
        await asyncio.gather(*(hub.log.write(stream, None, writes_label(stream, f"{n}")) for n in range(50)))
        await reader.until(lambda r: len(r.seqs) >= 50)

    # Then it gets these alone, in order, each with its cursor
    ready, *events = reader.events
    assert (ready["type"], ready["data"], ready["cursor"]) == ("StreamReady", {"recovered": True}, str(head))
    assert [event["seq"] for event in events] == list(range(4, 54))
    assert [event["cursor"] for event in events] == [str(Cursor(head.epoch, seq)) for seq in range(4, 54)]


async def test_whoever_catches_up_has_handed_out_all_that_is_committed_anywhere(
    hub: Hub, database: Database, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a log that is read slowly, and subscribers of whom one gets what takes its time to be made
    read = hub.log.read

    async def slow(*args: Any) -> Any:
        await asyncio.sleep(0.1)
        return await read(*args)

    async def made(event: Any) -> Any:
        await asyncio.sleep(0.1)
        return event

    monkeypatch.setattr(hub.log, "read", slow)
    other = EventLog(database.client)
    async with reading(hub, stream) as reader:
        late = Reader(await hub.attach(stream, Question("made", everything, made)))
        await late.until(lambda r: bool(r.events))

        # When this process and another one have written, of which nobody was told
        await write(hub, stream)
        await other.write(stream, None, appends(stream))
        await hub.catch_up()

        # Then both have been handed all of it
        assert reader.seqs == late.seqs == [1, 2]
        late.subscription.close()
        await late.task


async def test_a_subscriber_gets_only_what_it_accepts(hub: Hub, stream: ObjectId) -> None:
    # Given a subscriber of labels that were created, with a past to replay
    start = await hub.log.head(stream)
    for body in (appends(stream), writes_label(stream, "past"), appends(stream)):
        await hub.log.write(stream, None, body)
    subscription = await hub.subscribe(stream, lambda event: event["type"] == "LabelCreated", start)
    reader = Reader(subscription)

    # When more is written
    for body in (appends(stream), writes_label(stream, "live"), appends(stream)):
        await hub.log.write(stream, None, body)
    await reader.until(lambda r: len(r.seqs) >= 2)
    subscription.close()
    await reader.task

    # Then both parts are filtered
    assert reader.types == ["LabelCreated", "StreamReady", "LabelCreated"]


async def test_resuming_gives_exactly_what_was_missed_while_writers_go_on(hub: Hub, stream: ObjectId) -> None:
    # Given a writer that never stops, and a reader that was cut off somewhere in its stream
    stopped = False

    async def keep_writing() -> None:
        while not stopped:
            await write(hub, stream, 3)

    writer = asyncio.create_task(keep_writing())
    async with reading(hub, stream) as first:
        await first.until(lambda r: len(r.seqs) >= 10)
    seen = first.seqs
    cursor = first.events[-1]["cursor"]

    # When it resumes, several times
    for _ in range(5):
        async with reading(hub, stream, Cursor.parse(cursor)) as again:
            await again.until(lambda r: len(r.seqs) >= 10)
        seen += again.seqs
        cursor = again.events[-1]["cursor"]
        assert [event["data"] for event in again.events if event["type"] == "StreamReady"] == [{"recovered": True}]
    stopped = True
    await writer

    # Then it has seen every event once
    assert seen == list(range(seen[0], seen[0] + len(seen)))


async def test_a_long_absence_is_replayed_page_by_page(hub: Hub, stream: ObjectId) -> None:
    start = await hub.log.head(stream)
    await write(hub, stream, 1200)

    async with reading(hub, stream, start) as reader:
        pass

    assert reader.seqs == list(range(1, 1201))
    assert reader.types[-1] == "StreamReady"


@pytest.mark.parametrize(
    ("epoch", "seq"), [("00000000", 3), (None, 4), (None, 9)], ids=["foreign", "trimmed", "from the future"]
)
async def test_what_cannot_be_resumed_is_not_recovered(hub: Hub, stream: ObjectId, epoch: str | None, seq: int) -> None:
    # Given a stream of 8 events, of which the first 5 were trimmed
    head = await write(hub, stream, 8)
    await collection(LoggedEvent).delete_many({"stream_id": stream, "seq": {"$lte": 5}})
    await collection(StreamHead).update_one({"_id": stream}, {"$set": {"floor": 5}})

    # When a client resumes with a cursor that the log cannot serve
    async with reading(hub, stream, Cursor(epoch or head.epoch, seq)) as reader:
        await write(hub, stream)
        await reader.until(lambda r: len(r.seqs) >= 1)

    # Then it is told so, and goes on from the head
    assert reader.events[0]["data"] == {"recovered": False}
    assert reader.events[0]["cursor"] == str(head)
    assert reader.seqs == [9]


async def test_a_cursor_just_behind_what_was_trimmed_is_recovered(hub: Hub, stream: ObjectId) -> None:
    head = await write(hub, stream, 8)
    await collection(LoggedEvent).delete_many({"stream_id": stream, "seq": {"$lte": 5}})
    await collection(StreamHead).update_one({"_id": stream}, {"$set": {"floor": 5}})

    async with reading(hub, stream, Cursor(head.epoch, 5)) as reader:
        pass

    assert reader.seqs == [6, 7, 8]
    assert reader.events[-1]["data"] == {"recovered": True}


async def test_events_that_are_trimmed_during_the_replay_are_owned_up_to(hub: Hub, stream: ObjectId) -> None:
    # Given a subscription that has noted where it begins
    head = await write(hub, stream, 8)
    subscription = await hub.subscribe(stream, everything, Cursor(head.epoch, 2))

    # When those events go before it reads them
    await collection(LoggedEvent).delete_many({"stream_id": stream, "seq": {"$lte": 5}})
    [ready] = await drain(subscription, "StreamReady")

    # Then it does not pass them over in silence
    assert (ready["type"], ready["data"]) == ("StreamReady", {"recovered": False})


async def test_a_slow_reader_is_told_how_much_it_missed(hub: Hub, stream: ObjectId) -> None:
    # Given a subscriber that does not read, beside one that does
    slow = await hub.subscribe(stream, everything)
    async with reading(hub, stream) as quick:
        # When more events come than may wait
        head = await write(hub, stream, bounds.MAX_QUEUED + 200)
        await quick.until(lambda r: len(r.seqs) >= bounds.MAX_QUEUED + 200)

        # Then it gets those that waited, and is told the number of the others and where to resume
        found = await drain(slow, "StreamLagged")
    assert [event["seq"] for event in found[1:-1]] == list(range(1, bounds.MAX_QUEUED + 1))
    lagged = found[-1]
    resume_from = Cursor(head.epoch, bounds.MAX_QUEUED)
    assert lagged["type"] == "StreamLagged"
    assert lagged["data"] == {"dropped": 200, "resume_from": str(resume_from)}

    # And from there it gets the rest
    async with reading(hub, stream, resume_from) as resumed:
        pass
    assert resumed.seqs == list(range(bounds.MAX_QUEUED + 1, bounds.MAX_QUEUED + 201))


async def test_large_events_make_a_reader_lag_sooner(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_QUEUED_BYTES", 1000)
    slow = await hub.subscribe(stream, everything)
    async with reading(hub, stream) as quick:
        await write(hub, stream, 20)
        await quick.until(lambda r: len(r.seqs) + sum(e["data"].get("dropped", 0) for e in r.events) >= 20)

        found = await drain(slow, "StreamLagged")

    waited = len(found) - 2
    assert 1 <= waited < 10
    assert found[-1]["data"]["dropped"] == 20 - waited


async def test_an_ephemeral_event_follows_what_was_committed_before_it_and_is_not_replayed(
    hub: Hub, stream: ObjectId
) -> None:
    # Given a subscriber
    start = await hub.log.head(stream)
    async with reading(hub, stream) as reader:
        # When ephemeral events are sent between commits
        for text in ("one", "two", "three"):
            head = await write(hub, stream, 2)
            hub.broadcast(stream, head, {"type": "Delta", "mission_id": None, "data": {"text": text}})
        await reader.until(lambda r: r.types.count("Delta") == 3)

    # Then each stands behind its commit, with a cursor to resume from
    assert [event["seq"] for event in reader.events[1:]] == [1, 2, None, 3, 4, None, 5, 6, None]
    deltas = [event for event in reader.events if event["type"] == "Delta"]
    assert [delta["data"]["text"] for delta in deltas] == ["one", "two", "three"]
    assert [Cursor.parse(delta["cursor"]).seq for delta in deltas] == [2, 4, 6]

    # And a replay does without them
    async with reading(hub, stream, start) as resumed:
        pass
    assert resumed.seqs == [1, 2, 3, 4, 5, 6]
    assert "Delta" not in resumed.types


async def test_the_poll_finds_what_another_process_wrote(database: Database, stream: ObjectId) -> None:
    # Given a hub that no hint reaches
    hub = Hub(EventLog(database.client), poll_seconds=0.05)
    await hub.start()
    other = EventLog(database.client)
    async with reading(hub, stream) as reader:
        # When another process writes
        for _ in range(3):
            await other.write(stream, None, appends(stream))
        await reader.until(lambda r: len(r.seqs) >= 3)
    await hub.stop()

    # Then every event arrives once
    assert reader.seqs == [1, 2, 3]


async def test_a_stream_that_was_replaced_ends(database: Database, stream: ObjectId) -> None:
    # Given a subscriber of a stream
    hub = Hub(EventLog(database.client), poll_seconds=0.05)
    await hub.start()
    async with reading(hub, stream) as reader:
        await write(hub, stream)
        await reader.until(lambda r: len(r.seqs) >= 1)

        # When the database is put back to a state without it
        await collection(StreamHead).delete_one({"_id": stream})
        async with asyncio.timeout(PATIENCE):
            await reader.task
    await hub.stop()

    # Then the iteration has ended, so that the client begins again
    assert reader.seqs == [1]


async def test_closing_the_last_subscription_ends_the_reading_of_its_stream(hub: Hub, stream: ObjectId) -> None:
    def tails() -> int:
        return sum(task.get_name() == "hub-tail" for task in asyncio.all_tasks())

    # Given two subscriptions of one stream
    before = tails()
    first = await hub.subscribe(stream, everything)
    second = await hub.subscribe(stream, everything)
    assert tails() == before + 1

    # When both are closed, one of them twice
    first.close()
    first.close()
    second.close()
    await asyncio.sleep(0)

    # Then nothing is left of it, and a third one works
    assert tails() == before
    async with reading(hub, stream) as reader:
        await write(hub, stream)
        await reader.until(lambda r: len(r.seqs) >= 1)


async def test_subscribers_that_come_and_go_miss_nothing(hub: Hub, stream: ObjectId) -> None:
    # Given writers, and subscribers that begin at any moment
    start = await hub.log.head(stream)

    async def subscriber() -> list[int]:
        async with reading(hub, stream, start) as reader:
            await reader.until(lambda r: len(r.seqs) >= 60)
        return reader.seqs[:60]

    writers = [asyncio.create_task(hub.log.write(stream, None, appends(stream, 2))) for _ in range(30)]
    subscribers = []
    for writer in writers:
        subscribers.append(asyncio.create_task(subscriber()))
        await asyncio.wait([writer])

    # When all have read
    found = await asyncio.gather(*subscribers)

    # Then each has seen all, once, in order
    assert all(seqs == list(range(1, 61)) for seqs in found)


async def test_a_waiting_reader_gets_a_tick(hub: Hub, stream: ObjectId) -> None:
    subscription = await hub.subscribe(stream, everything)

    found = []
    async with asyncio.timeout(PATIENCE):
        async for event in subscription.events(tick=0.01):
            found.append(event)
            if found.count(None) > 1 and len(found) > 2:
                break
    subscription.close()

    # On a busy machine it may wait for the first event too.
    assert [event["type"] for event in found if event is not None] == ["StreamReady"]


async def test_stopping_the_hub_ends_every_subscription(database: Database, stream: ObjectId) -> None:
    hub = Hub(EventLog(database.client))
    await hub.start()
    reader = Reader(await hub.subscribe(stream, everything))
    await reader.ready.wait()

    await hub.stop()

    async with asyncio.timeout(PATIENCE):
        await reader.task
    assert reader.types == ["StreamReady"]
    assert await logged(stream) == []


async def test_a_listener_for_elsewhere_hears_of_nothing_that_is_changed_here(
    hub: Hub, database: Database, stream: ObjectId
) -> None:
    # Given two hubs, of which one hears what the other tells
    other = Hub(EventLog(database.client), poll_seconds=NEVER)
    await other.start()
    leave = hub.bus.branch(other.bus.hear)
    here, there = list[ObjectId](), list[ObjectId]()
    hub.on_change(here.append, elsewhere_only=True)
    other.on_change(there.append, elsewhere_only=True)
    try:
        await write(hub, stream)

        await until(lambda: there == [stream])
        assert here == []
    finally:
        leave()
        await other.stop()
