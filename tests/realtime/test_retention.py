"""Retention: what goes, what stays, and that nobody takes a hole for nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import LoggedEvent, StreamHead
from models.base import collection, utc_now
from models.ids import Kind, new_id
from realtime import retention as module
from realtime.cursor import Cursor
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.retention import Bounds, Retention, remember_oldest
from tests.patience import PATIENCE
from tests.realtime.log_lab import appends, everything, logged, reading
from tests.resolvers.test_indexes import check, examined, recorded
from tests.stubs import stubs

NONE = timedelta(0)
EVER = timedelta(days=365)


@pytest.fixture
async def hub(clean: Database) -> AsyncIterator[Hub]:
    hub = Hub(EventLog(clean.client), poll_seconds=3600)
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


async def write(hub: Hub, stream: ObjectId, count: int) -> list[Cursor]:
    return [(await hub.log.write(stream, None, appends(stream))).cursor for _ in range(count)]


async def age(stream: ObjectId, up_to: int, by: timedelta) -> None:
    old = {"stream_id": stream, "seq": {"$lte": up_to}}
    await collection(LoggedEvent).update_many(old, {"$set": {"at": utc_now() - by}})
    await collection(StreamHead).update_one({"_id": stream}, {"$set": {"oldest_at": utc_now() - by}})


async def head_of(stream: ObjectId) -> Any:
    head = await collection(StreamHead).find_one({"_id": stream})
    assert head is not None
    return head


async def seqs(stream: ObjectId) -> list[int]:
    return [event["seq"] for event in await logged(stream)]


async def until_trimmed(stream: ObjectId) -> None:
    async with asyncio.timeout(PATIENCE):
        while await seqs(stream):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def floor(stream: ObjectId) -> int:
    return int((await head_of(stream))["floor"])


async def test_events_past_the_age_go_and_the_floor_says_so(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 5)
    await age(stream, 3, timedelta(days=31))

    deleted = await Retention(Bounds(age=timedelta(days=30))).trim()

    assert deleted == 3
    assert await seqs(stream) == [4, 5]
    assert await floor(stream) == 3


async def test_the_oldest_events_past_the_number_go(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 5)

    await Retention(Bounds(age=EVER, events=2, grace=NONE)).trim()

    assert await seqs(stream) == [4, 5]
    assert await floor(stream) == 3


async def test_an_event_of_the_last_minute_stays_whatever_the_number(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 5)

    assert await Retention(Bounds(age=EVER, events=2)).trim() == 0
    assert await seqs(stream) == [1, 2, 3, 4, 5]


async def test_an_old_event_behind_a_younger_one_stays_so_that_there_is_no_hole(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 3)
    await age(stream, 3, timedelta(days=31))
    young = utc_now()
    await collection(LoggedEvent).update_one({"stream_id": stream, "seq": 1}, {"$set": {"at": young}})

    assert await Retention(Bounds()).trim() == 0
    assert await seqs(stream) == [1, 2, 3]
    assert (await head_of(stream))["oldest_at"] == young


async def test_a_long_history_goes_in_portions_and_other_streams_stay(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    other = new_id(Kind.USER)
    await write(hub, other, 2)
    await hub.log.write(stream, None, appends(stream, 10))
    await age(stream, 8, EVER)

    assert await Retention(Bounds()).trim() == 8
    assert await seqs(stream) == [9, 10]
    assert await seqs(other) == [1, 2]


async def test_trimming_again_finds_nothing_and_writing_goes_on_where_it_was(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 3)
    await age(stream, 3, EVER)
    retention = Retention(Bounds())

    assert [await retention.trim(), await retention.trim()] == [3, 0]
    (cursor,) = await write(hub, stream, 1)

    assert cursor.seq == 4
    assert await seqs(stream) == [4]


async def test_what_an_interrupted_trimming_left_goes_with_the_next(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 6)
    await age(stream, 4, EVER)
    await collection(StreamHead).update_one({"_id": stream}, {"$set": {"floor": 2}})

    await Retention(Bounds()).trim()

    assert await seqs(stream) == [5, 6]


async def test_a_pass_that_was_killed_between_its_two_writes_is_made_up_for(hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 3)
    await age(stream, 3, EVER)
    await collection(StreamHead).update_one({"_id": stream}, {"$set": {"floor": 3}})

    assert await Retention(Bounds()).trim() == 3
    assert (await head_of(stream))["oldest_at"] is None


async def test_a_head_says_what_its_stream_holds(hub: Hub, stream: ObjectId) -> None:
    began = utc_now()
    await write(hub, stream, 5)
    head = await head_of(stream)
    assert began <= head["oldest_at"] <= utc_now()
    assert head["size"] == 3

    await age(stream, 4, EVER)
    await Retention(Bounds()).trim()
    head, [event] = await head_of(stream), await logged(stream)
    assert (head["oldest_at"], head["size"]) == (event["at"], 1)

    await age(stream, 5, EVER)
    await Retention(Bounds()).trim()
    head = await head_of(stream)
    assert (head["oldest_at"], head["size"]) == (None, 0)

    await write(hub, stream, 1)
    head = await head_of(stream)
    assert began < head["oldest_at"]
    assert head["size"] == 1


async def test_a_pass_reads_the_heads_that_are_due_and_no_others(clean: Database, hub: Hub, stream: ObjectId) -> None:
    others = [{"_id": new_id(Kind.USER), "epoch": "0" * 8, "seq": 9, "floor": 0, "size": 4} for _ in range(300)]
    await stubs(StreamHead).insert_many([{**one, "oldest_at": utc_now()} for one in others])
    await write(hub, stream, 3)
    with recorded() as queries:
        assert await Retention(Bounds()).trim() == 0
    assert [name for _, name, _ in queries] == ["streams", "streams"]
    assert [await examined(clean, query) for query in queries] == [0, 0]

    await age(stream, 3, EVER)
    with recorded() as queries:
        assert await Retention(Bounds()).trim() == 3
    assert {asked["_id"] for _, name, asked in queries if name == "streams" and "_id" in asked} == {stream}


async def test_trimming_reads_and_deletes_on_an_index(clean: Database, hub: Hub, stream: ObjectId) -> None:
    await write(hub, stream, 3)
    await age(stream, 2, EVER)

    with recorded() as queries:
        await Retention(Bounds()).trim()

    await check(clean, queries)


async def test_streams_that_were_begun_before_are_back_filled(clean: Database, hub: Hub, stream: ObjectId) -> None:
    empty = new_id(Kind.USER)
    await write(hub, stream, 5)
    await hub.log.head(empty)
    await collection(StreamHead).update_many({}, {"$unset": {"oldest_at": "", "size": ""}})
    await write(hub, stream, 1)  # does not pass for the oldest
    assert (await head_of(stream)).get("oldest_at") is None

    await remember_oldest([await head_of(stream), await head_of(empty)])

    first, *_ = await logged(stream)
    head, other = await head_of(stream), await head_of(empty)
    assert (head["oldest_at"], head["size"]) == (first["at"], 3)
    assert (other["oldest_at"], other["size"]) == (None, 0)


@pytest.mark.parametrize("known", [False, True], ids=["new to the process", "watched by the process"])
async def test_a_cursor_before_the_floor_is_told_to_fetch_afresh(hub: Hub, stream: ObjectId, known: bool) -> None:
    first, *_, last = await write(hub, stream, 5)
    other = await hub.subscribe(stream, everything) if known else None  # so that the floor of before is remembered
    await age(stream, 3, EVER)
    await Retention(Bounds()).trim()

    async with reading(hub, stream, first) as reader:
        assert reader.types == ["StreamReady"]
        assert reader.events[0]["data"] == {"recovered": False}
        assert reader.events[0]["cursor"] == str(last)
    async with reading(hub, stream, Cursor(first.epoch, 3)) as reader:
        assert reader.seqs == [4, 5]
        assert reader.events[-1]["data"] == {"recovered": True}
    if other is not None:
        other.close()


async def test_a_replay_that_is_overtaken_by_trimming_says_that_it_is_not_whole(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = await write(hub, stream, 6)
    read = hub.log.read

    async def overtaken(stream_id: ObjectId, after: int, limit: int = 2) -> Any:
        found = await read(stream_id, after, limit)
        await age(stream, 5, EVER)
        await Retention(Bounds()).trim()
        return found

    monkeypatch.setattr(hub.log, "read", overtaken)

    async with reading(hub, stream, first) as reader:
        assert reader.seqs == [2, 3]  # what it had read before
        assert reader.events[-1]["data"] == {"recovered": False}


async def test_events_that_are_being_deleted_one_by_one_are_a_hole(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = await write(hub, stream, 6)
    read = hub.log.read

    async def torn(stream_id: ObjectId, after: int, limit: int = 500) -> list[Any]:
        return [event for event in await read(stream_id, after, limit) if event["seq"] not in (3, 4)]

    monkeypatch.setattr(hub.log, "read", torn)

    async with reading(hub, stream, first) as reader:
        assert reader.seqs == [2]
        assert reader.events[-1]["data"] == {"recovered": False}


async def test_a_live_reader_that_was_overtaken_is_told_that_it_lags_and_goes_on(
    clean: Database, hub: Hub, stream: ObjectId
) -> None:
    elsewhere = EventLog(clean.client)  # another process, whose hints do not come
    (first,) = await write(hub, stream, 1)
    async with reading(hub, stream) as reader:
        await elsewhere.write(stream, None, appends(stream, 4))
        await age(stream, 4, EVER)
        await Retention(Bounds()).trim()

        await write(hub, stream, 1)
        await reader.until(lambda one: 6 in one.seqs)

    assert reader.types == ["StreamReady", "StreamLagged", "LabelDeleted", "LabelDeleted"]
    assert reader.seqs == [5, 6]
    assert reader.events[1]["data"] == {"dropped": 3, "resume_from": str(first)}


async def test_readers_beside_a_trimmer_and_writers_never_miss_an_event_in_silence(hub: Hub, stream: ObjectId) -> None:
    (first,) = await write(hub, stream, 1)
    stopping = False

    async def trimming() -> None:
        retention = Retention(Bounds(age=EVER, events=5, grace=NONE))
        while not stopping:
            await retention.trim()
            await asyncio.sleep(0)

    async def reader(after: Cursor) -> list[str]:
        """Resumes again and again; whatever it is told it has recovered must be without a hole."""
        broken: list[str] = []
        while not stopping:
            async with reading(hub, stream, after) as one:
                whole = next(event for event in one.events if event["type"] == "StreamReady")["data"]["recovered"]
                expected = list(range(after.seq + 1, after.seq + 1 + len(one.seqs)))
                if whole and one.seqs != expected:
                    broken.append(f"{after.seq}: {one.seqs}")
                after = Cursor.parse(one.events[-1]["cursor"])
            await asyncio.sleep(0.01)
        return broken

    trimmer = asyncio.create_task(trimming())
    readers = [asyncio.create_task(reader(first)) for _ in range(5)]
    await write(hub, stream, 120)
    stopping = True

    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*readers) == [[]] * 5
        await trimmer
    assert await floor(stream) > 1  # it was trimmed while they read
