"""The places of transactions that the writer works at at a time: who waits for one, who leaves it, who needs none."""

import asyncio

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Label
from models.base import collection
from models.ids import Kind, new_id
from realtime.change import FEW, Change
from realtime.log import EventLog
from tests.patience import PATIENCE, until
from tests.realtime.log_lab import appends, new_label
from tests.realtime.writer_lab import ANN, BOB, Plug, noting, started


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


async def turn_long(change: Change, many: int = FEW + 1) -> None:
    """Send as many commands as others need not wait for, and one more."""
    for _ in range(many):
        await change.give_way()


async def test_no_more_transactions_run_at_a_time_than_there_may_be(database: Database, stream: ObjectId) -> None:
    # Given a log that may have one, which is under way
    log = EventLog(database.client, transactions=1)
    plug, seen = Plug(), list[str]()
    held = await plug.hold(log, stream)

    # When something is changed in another stream
    other = new_id(Kind.WORKSPACE)
    [task] = await started(log, other, ANN, noting(seen, "other", appends(other)))
    await asyncio.sleep(0.05)

    # Then it begins once the first one has ended
    assert seen == []
    plug.pull()
    await asyncio.gather(held, task)
    assert seen == ["other"]


@pytest.mark.parametrize(("many", "seen_beside"), [(FEW, []), (FEW + 1, ["other"])])
async def test_a_long_change_leaves_its_place_to_others(
    database: Database, stream: ObjectId, many: int, seen_beside: list[str]
) -> None:
    # Given a log that works at one transaction at a time, whose change has sent some commands, and does not end
    log = EventLog(database.client, transactions=1)
    plug, seen = Plug(), list[str]()

    async def body(change: Change) -> None:
        await turn_long(change, many)
        await plug.body(change)

    held = asyncio.create_task(log.write(stream, BOB, body))
    await asyncio.wait_for(plug.begun.wait(), PATIENCE)

    # When something is changed in another stream
    other = new_id(Kind.WORKSPACE)
    [task] = await started(log, other, ANN, noting(seen, "other", appends(other)))
    if seen_beside:
        await task
    else:
        await asyncio.sleep(0.05)

    # Then it waits for the end of a short one, and of a long one it does not
    assert seen == seen_beside
    plug.pull()
    await asyncio.gather(held, task)
    assert seen == ["other"]


async def test_what_is_aside_waits_for_no_place(database: Database, stream: ObjectId) -> None:
    # Given a log that works at one transaction at a time, which is under way
    log = EventLog(database.client, transactions=1)
    plug = Plug()
    held = await plug.hold(log, stream)

    # When the gateway does something of its own
    async with asyncio.timeout(PATIENCE):
        done = await log.aside(new_id(Kind.WORKSPACE), appends(stream))

    assert done is None
    plug.pull()
    await held


async def test_one_who_changes_much_in_many_streams_takes_turns_with_others(
    database: Database, stream: ObjectId
) -> None:
    # Given a log that works at one transaction at a time, and Ann's changes in many streams, before Bob's in one
    log = EventLog(database.client, transactions=1)
    plug, seen = Plug(), list[str]()
    held = await plug.hold(log, stream)
    tasks = []
    for number in range(10):
        other = new_id(Kind.WORKSPACE)
        tasks += await started(log, other, ANN, noting(seen, f"ann {number}", appends(other)))
    other = new_id(Kind.WORKSPACE)
    tasks += await started(log, other, BOB, noting(seen, "bob", appends(other)))

    plug.pull()
    await asyncio.gather(held, *tasks)

    assert seen.index("bob") <= 1


async def test_a_change_that_meets_what_somebody_left_open_keeps_no_other_stream_waiting(
    clean: Database, stream: ObjectId
) -> None:
    # Given a label that another process has changed in a transaction that does not end
    label = new_label(stream, "whole")
    await collection(Label).insert_one(label)
    plug = Plug()

    async def rename(change: Change) -> None:
        renamed = {"$set": {"name": str(new_id(Kind.LABEL))}}
        await collection(Label).update_one({"_id": label["_id"]}, renamed, session=change.session)

    async def hang(change: Change) -> None:
        await rename(change)
        await plug.body(change)

    elsewhere = asyncio.create_task(EventLog(clean.client).write(new_id(Kind.WORKSPACE), BOB, hang))
    await asyncio.wait_for(plug.begun.wait(), PATIENCE)

    # When a log that works at one transaction at a time has a change that meets it, and one of another stream
    log = EventLog(clean.client, transactions=1)
    [met] = await started(log, stream, ANN, rename)
    await until(lambda: log._writer._sharing.is_shared(stream))
    await log.write(other := new_id(Kind.WORKSPACE), BOB, appends(other))

    # Then the latter is done, while the former still tries
    assert not met.done()
    plug.pull()
    await asyncio.gather(elsewhere, met)
