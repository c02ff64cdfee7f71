"""The event log on the real embedded database: one transaction, numbers without holes, retries, isolation."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure

from gateway.database import Database
from models import Label, LoggedEvent, StreamHead
from models.base import collection
from models.errors import Conflict
from models.ids import Kind, new_id
from models.write import find_and_delete, update_and_read
from realtime.change import Change
from realtime.cursor import Cursor
from realtime.events.label import LabelDeleted
from realtime.log import EventLog
from realtime.writer_queue import Heads
from tests.realtime.log_lab import appends, logged, new_label, writes_label


@pytest.fixture
def log(database: Database) -> EventLog:
    return EventLog(database.client)


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


async def test_a_change_is_written_with_its_event(log: EventLog, stream: ObjectId) -> None:
    # Given a stream without history
    actor = new_id(Kind.USER)

    # When a change is written
    committed = await log.write(stream, actor, writes_label(stream, "first"))

    # Then the document and its event are there, and the cursor names the event
    assert await collection(Label).find_one({"_id": committed.value["_id"]}) == committed.value
    [event] = await logged(stream)
    assert (event["seq"], event["type"], event["actor_id"]) == (1, "LabelCreated", actor)
    assert event["data"] == {"label": committed.value}
    assert event["workspace_id"] == stream
    assert committed.cursor.seq == 1
    assert await log.head(stream) == committed.cursor


async def test_50_changes_at_once_are_numbered_without_holes(log: EventLog, stream: ObjectId) -> None:
    # When 50 changes are written at once
    committed = await asyncio.gather(*(log.write(stream, None, writes_label(stream, f"{n}")) for n in range(50)))

    # Then each has a number of its own, under which the log holds its event
    events = await logged(stream)
    assert [event["seq"] for event in events] == list(range(1, 51))
    assert sorted(one.cursor.seq for one in committed) == list(range(1, 51))
    by_seq = {event["seq"]: event["data"]["label"]["_id"] for event in events}
    assert all(by_seq[one.cursor.seq] == one.value["_id"] for one in committed)


async def test_changes_that_wait_are_committed_in_the_order_of_their_arrival(log: EventLog, stream: ObjectId) -> None:
    committed = await asyncio.gather(*(log.write(stream, None, appends(stream, 2)) for _ in range(30)))

    assert [one.cursor.seq for one in committed] == [2 * (n + 1) for n in range(30)]


async def test_a_body_that_raises_leaves_nothing(log: EventLog, stream: ObjectId) -> None:
    # Given a body that fails after it wrote
    write = writes_label(stream, "doomed")
    written: list[Any] = []

    async def body(change: Change) -> None:
        written.append(await write(change))
        raise Conflict("no")

    # When it is written
    with pytest.raises(Conflict):
        await log.write(stream, None, body)

    # Then neither its document nor its event is there, and no number was used up
    assert await collection(Label).find_one({"_id": written[0]["_id"]}) is None
    assert await logged(stream) == []
    assert (await log.write(stream, None, appends(stream))).cursor.seq == 1


async def test_a_body_that_raises_takes_none_of_its_neighbours_along(log: EventLog, stream: ObjectId) -> None:
    # Given 30 changes of which every third fails
    def body(n: int) -> Any:
        write = writes_label(stream, f"{n}")

        async def run(change: Change) -> Any:
            written = await write(change)
            if n % 3 == 0:
                raise Conflict(f"{n}")
            return written

        return run

    # When they are written at once
    outcomes = await asyncio.gather(*(log.write(stream, None, body(n)) for n in range(30)), return_exceptions=True)

    # Then those alone fail, with their own errors
    failed = {n: str(outcome) for n, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)}
    assert failed == {n: f"{n}" for n in range(0, 30, 3)}
    events = await logged(stream)
    assert [event["seq"] for event in events] == list(range(1, 21))
    assert await collection(Label).count_documents({"workspace_id": stream}) == 20


async def test_a_failure_that_only_an_undone_neighbour_caused_is_not_reported(log: EventLog, stream: ObjectId) -> None:
    # Given a change that fails once it has taken a name, and one that fails where the name is taken
    label = new_label(stream, "name")

    async def take(change: Change) -> None:
        await collection(Label).insert_one(label, session=change.session)
        raise Conflict("taken and let go")

    async def need(change: Change) -> str:
        if await collection(Label).find_one({"_id": label["_id"]}, session=change.session) is not None:
            raise Conflict("the name is taken")
        change.append(stream, LabelDeleted(deleted_id=label["_id"]))
        return "written"

    # When they wait together behind another
    outcomes = await asyncio.gather(
        *(log.write(stream, None, body) for body in (appends(stream), take, need)), return_exceptions=True
    )

    # Then the second succeeds: the name was never taken
    assert isinstance(outcomes[1], Conflict)
    assert not isinstance(outcomes[2], BaseException)
    assert outcomes[2].value == "written"


async def test_a_change_sees_what_was_committed_before_it(log: EventLog, stream: ObjectId) -> None:
    # Given 20 changes that each add one to what they read
    label = new_label(stream, "0")
    await collection(Label).insert_one(label)

    async def body(change: Change) -> None:
        found = await collection(Label).find_one({"_id": label["_id"]}, session=change.session)
        assert found is not None
        name = str(int(found["name"]) + 1)
        await collection(Label).update_one({"_id": label["_id"]}, {"$set": {"name": name}}, session=change.session)
        change.append(stream, LabelDeleted(deleted_id=label["_id"]))

    # When they are written at once
    await asyncio.gather(*(log.write(stream, None, body) for _ in range(20)))

    # Then none is lost
    found = await collection(Label).find_one({"_id": label["_id"]})
    assert found is not None
    assert found["name"] == "20"


async def test_two_processes_write_one_stream_without_a_hole_or_an_error(database: Database, stream: ObjectId) -> None:
    # Given two logs that know nothing of each other, as two processes have, and a stream that neither began
    logs = [EventLog(database.client), EventLog(database.client)]

    # When both write at once
    committed = await asyncio.gather(
        *(logs[n % 2].write(stream, None, writes_label(stream, f"{n}")) for n in range(40))
    )

    # Then no conflict is seen, and every number is given out once
    assert sorted(one.cursor.seq for one in committed) == list(range(1, 41))
    assert [event["seq"] for event in await logged(stream)] == list(range(1, 41))
    assert len({one.cursor.epoch for one in committed}) == 1


async def test_a_write_conflict_is_retried(log: EventLog, stream: ObjectId) -> None:
    # Given a body that meets a conflict on its first two runs
    runs: list[int] = []

    async def body(change: Change) -> str:
        runs.append(1)
        await writes_label(stream, f"run {len(runs)}")(change)
        if len(runs) < 3:
            raise OperationFailure("WriteConflict", code=112)
        return "written"

    # When it is written
    committed = await log.write(stream, None, body)

    # Then only the last run is in the database
    assert (committed.value, len(runs)) == ("written", 3)
    assert await collection(Label).distinct("name", {"workspace_id": stream}) == ["run 3"]
    assert [event["seq"] for event in await logged(stream)] == [1]


async def test_one_change_may_write_to_several_streams(log: EventLog, stream: ObjectId) -> None:
    # Given a user's stream with a history, and a new one
    known, new = new_id(Kind.USER), new_id(Kind.USER)
    await log.write(known, None, appends(known, 3))

    async def body(change: Change) -> None:
        for stream_id in (stream, known, new):
            change.append(stream_id, LabelDeleted(deleted_id=new_id(Kind.LABEL)))

    # When one change writes to all, many times at once
    committed = await asyncio.gather(*(log.write(stream, None, body) for _ in range(5)))

    # Then each stream is numbered on its own, and the cursor is that of the stream it was written for
    assert [event["seq"] for event in await logged(known)] == list(range(1, 9))
    assert [event["seq"] for event in await logged(new)] == list(range(1, 6))
    assert [one.cursor for one in committed] == [Cursor((await log.head(stream)).epoch, seq) for seq in range(1, 6)]
    assert all(event["workspace_id"] is None for event in await logged(new))


async def test_a_change_without_events_answers_with_the_head(log: EventLog, stream: ObjectId) -> None:
    head = (await log.write(stream, None, appends(stream, 4))).cursor

    async def nothing(_change: Change) -> str:
        return "nothing to do"

    committed = await log.write(stream, None, nothing)

    assert (committed.value, committed.cursor) == ("nothing to do", head)


async def test_a_caller_that_is_cancelled_stops_nobody_else(log: EventLog, stream: ObjectId) -> None:
    # Given changes that wait, one of which its caller gives up
    tasks = [asyncio.create_task(log.write(stream, None, appends(stream))) for _ in range(10)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[9].cancel()

    # When the others are awaited
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    # Then they were written, without a hole
    assert all(isinstance(outcomes[n], asyncio.CancelledError) for n in (0, 9))
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes[1:9])
    seqs = [event["seq"] for event in await logged(stream)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= 8


async def test_listeners_are_told_the_new_heads(log: EventLog, stream: ObjectId) -> None:
    told: list[Heads] = []
    log.on_commit(told.append)

    committed = await log.write(stream, None, appends(stream, 3))

    assert told == [{stream: committed.cursor}]


async def test_reading_gives_the_events_after_a_number(log: EventLog, stream: ObjectId) -> None:
    await log.write(stream, None, appends(stream, 30))

    assert [event["seq"] for event in await log.read(stream, 27)] == [28, 29, 30]
    assert [event["seq"] for event in await log.read(stream, 0, limit=4)] == [1, 2, 3, 4]
    assert await log.read(stream, 30) == []


async def test_a_stream_without_history_gets_one_epoch(log: EventLog, stream: ObjectId) -> None:
    bounds = await asyncio.gather(*(log.bounds(stream) for _ in range(8)))

    assert len({(head, floor) for head, floor in bounds}) == 1
    assert (await log.write(stream, None, appends(stream))).cursor == Cursor(bounds[0][0].epoch, 1)
    assert await log.heads([stream, new_id(Kind.WORKSPACE)]) == {stream: await log.head(stream)}


async def test_updating_reads_what_was_written_and_nothing_where_nothing_matched(
    log: EventLog, stream: ObjectId
) -> None:
    labels = [new_label(stream, name) for name in ("b", "a")]
    await collection(Label).insert_many(labels)

    async def body(change: Change) -> list[Any]:
        session = change.session
        first = {"workspace_id": stream, "name": {"$in": ["a", "b"]}}
        change.append(stream, LabelDeleted(deleted_id=labels[0]["_id"]))
        return [
            await update_and_read(Label, first, {"$set": {"name": "z"}}, session, sort=[("name", 1)]),
            await update_and_read(Label, {"_id": labels[0]["_id"]}, {"$set": {"color": "#000000"}}, session),
            await update_and_read(Label, {"_id": labels[0]["_id"], "name": "a"}, {"$set": {"name": "y"}}, session),
            await update_and_read(Label, {"workspace_id": stream, "name": "x"}, {"$set": {"name": "y"}}, session),
            await find_and_delete(Label, {"_id": labels[0]["_id"]}, session),
            await find_and_delete(Label, {"_id": labels[0]["_id"]}, session),
        ]

    found = (await log.write(stream, None, body)).value

    assert found[0] == {**labels[1], "name": "z"}
    assert found[1] == {**labels[0], "color": "#000000"}
    assert found[2:] == [None, None, found[1], None]
    assert await collection(Label).find({"workspace_id": stream}).to_list() == [found[0]]


async def test_the_log_and_its_heads_agree(log: EventLog, stream: ObjectId) -> None:
    await asyncio.gather(*(log.write(stream, None, appends(stream, n % 3)) for n in range(20)))

    head = await collection(StreamHead).find_one({"_id": stream})

    assert head is not None
    assert head["seq"] == await collection(LoggedEvent).count_documents({"stream_id": stream})
