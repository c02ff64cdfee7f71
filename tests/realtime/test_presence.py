"""What a process leaves open when it dies: ended by whoever sees that, and what a living one does is let alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Label, Lease
from models.base import collection, utc_now
from models.ids import Kind, new_id
from models.records import LabelRecord, LeaseRecord
from realtime import presence as module
from realtime.log import Change, EventLog
from realtime.presence import Presence
from tests.realtime.log_lab import new_label, writes_label

LEASE = 0.3
PATIENCE = 20.0
"""Less than the minute after which the database gives the locks up by itself."""


class Process:
    """The log of a process of its own, which says that it lives as long as it does."""

    def __init__(self, database: Database, lease: float = LEASE) -> None:
        self.log = EventLog(database.client)
        self.presence = Presence(database.client, self.log, lease=lease)

    async def hang(self, label_id: ObjectId) -> "asyncio.Task[object]":
        """A change of a label that has written and does not go on."""
        written = asyncio.Event()

        async def body(change: Change) -> None:
            renamed = {"$set": {"name": "half"}}
            await collection(Label).update_one({"_id": label_id}, renamed, session=change.session)
            written.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(self.log.write(new_id(Kind.WORKSPACE), None, body))
        await written.wait()
        return task

    async def die(self) -> None:
        """Say nothing more, as if killed."""
        task = self.presence._loop.task
        assert task is not None
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def label(clean: Database) -> LabelRecord:
    label: LabelRecord = new_label(new_id(Kind.WORKSPACE), "whole")
    await collection(Label).insert_one(label)
    return label


@pytest.fixture
async def left(clean: Database) -> AsyncIterator[list[Process]]:
    """Processes whose hanging changes are ended with the test."""
    processes: list[Process] = []
    yield processes
    for one in processes:
        for task in set(one.log._writer._tasks):
            task.cancel()
            await asyncio.wait([task])


async def rename(log: EventLog, label_id: ObjectId) -> None:
    async def body(change: Change) -> None:
        renamed = {"$set": {"name": "renamed"}}
        await collection(Label).update_one({"_id": label_id}, renamed, session=change.session)

    async with asyncio.timeout(PATIENCE):
        await log.write(new_id(Kind.WORKSPACE), None, body)


async def test_what_a_process_left_open_when_it_died_holds_up_a_change_for_a_moment_only(
    clean: Database, label: LabelRecord, left: list[Process]
) -> None:
    # Given a process that dies in the midst of a change
    dead, alive = Process(clean), Process(clean)
    left.append(dead)
    await dead.presence.start()
    waiting = await dead.hang(label["_id"])
    await dead.die()

    # When another one starts
    await alive.presence.start()
    await rename(alive.log, label["_id"])

    # Then what was half written is gone, and so is what told of the dead one
    stored = await collection(Label).find_one({"_id": label["_id"]})
    assert stored is not None
    assert stored["name"] == "renamed"
    async with asyncio.timeout(PATIENCE):
        while await collection(Lease).find_one({"_id": dead.presence._id}) is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await alive.presence.stop()
    waiting.cancel()


async def test_a_process_whose_clock_goes_wrong_is_let_alone_as_long_as_it_says_something(
    clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one whose leases are over for everybody else before it tells of them
    monkeypatch.setattr(module, "utc_now", lambda: utc_now() - timedelta(hours=1))
    slow = Process(clean)
    await slow.presence.start()
    await slow.log.write(new_id(Kind.WORKSPACE), None, writes_label(new_id(Kind.WORKSPACE), "one"))
    monkeypatch.setattr(module, "utc_now", utc_now)
    watching = Process(clean)
    killed: list[LeaseRecord] = []

    async def end(lease: LeaseRecord) -> None:
        killed.append(lease)

    monkeypatch.setattr(watching.presence, "_end", end)

    # When it says something new each time that the other looks
    for hour in range(5):
        said = {"$set": {"until": utc_now() - timedelta(hours=1) + timedelta(seconds=hour)}}
        await collection(Lease).update_one({"_id": slow.presence._id}, said)
        await watching.presence._look()
        await asyncio.sleep(LEASE)

    # Then it is alive
    assert killed == []
    await slow.presence.stop()


async def test_a_session_is_told_of_before_its_first_transaction_and_the_last_ones_are_kept(
    clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SESSIONS", 2)
    process = Process(clean, lease=60.0)
    await process.presence.start()
    told: list[bool] = []

    async def body(change: Change) -> None:
        assert change.session.session_id is not None
        lease = await collection(Lease).find_one({"_id": process.presence._id})
        told.append(lease is not None and change.session.session_id["id"] in lease["sessions"])
        await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as changes:
        for _ in range(4):
            changes.create_task(process.log.aside(new_id(Kind.WORKSPACE), body))
    async with asyncio.TaskGroup() as changes:
        changes.create_task(process.log.aside(new_id(Kind.WORKSPACE), body))

    assert all(told[-1:])
    assert len(process.presence._sessions) == 2
    await process.presence.stop()
    assert await collection(Lease).find_one({"_id": process.presence._id}) is None
