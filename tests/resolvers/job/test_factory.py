"""The factory: who works on the queues of a workspace, and how much of it may be at a time."""

import asyncio
import os
from datetime import timedelta
from typing import Any

import pytest

from models import Job, Schedule, User, Worker, Workspace
from models.base import collection, utc_now
from models.enums import JobState, ServerRole
from models.job import FactoryAlertKind
from models.records import QueueRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.inputs.job import (
    FactoryUpdate,
    JobClaim,
    JobComplete,
    JobFail,
    JobSubmit,
    QueueCreate,
    QueueUpdate,
    ScheduleSubmit,
    ScheduleUpdate,
)
from resolvers.job import state
from resolvers.job import worker as workers
from resolvers.job.due import run_due
from resolvers.job.factory import FactoryAlert, get_factory, update_factory
from resolvers.job.job import claim_jobs, complete_job, fail_job, submit_job
from resolvers.job.limits import room_for
from resolvers.job.listing import list_jobs
from resolvers.job.queue import create_queue, find_queue, update_queue
from resolvers.job.schedule import submit_schedule, update_schedule
from resolvers.job.waiting import next_waiting
from resolvers.job.worker import list_workers
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from tests.resolvers.lab import again


@pytest.fixture
async def queues(owner: Context, workspace: WorkspaceRecord) -> list[QueueRecord]:
    """Two queues with ten jobs each."""
    made = []
    for name in ("Mails", "Reports"):
        values = QueueCreate.of(workspace_id=workspace["_id"], name=name)
        made.append((await create_queue(again(owner), values)).value)
    job = {"workspace_id": workspace["_id"], "name": "Send", "max_attempts": 1}
    values_of_all = [
        JobSubmit.of(queue=name, priority=number, **job) for name in ("Mails", "Reports") for number in range(10)
    ]
    await asyncio.gather(*(submit_job(again(owner), values) for values in values_of_all))
    return made


async def claimed(owner: Context, queue: QueueRecord, **values: Any) -> list[Any]:
    return (await claim_jobs(again(owner), queue["_id"], JobClaim(**values))).value


async def test_no_more_jobs_are_held_at_a_time_than_the_workspace_lets(
    owner: Context, workspace: WorkspaceRecord, queues: list[QueueRecord]
) -> None:
    # Given a limit of three jobs in two queues
    mails, reports = queues
    await update_factory(again(owner), workspace["_id"], FactoryUpdate(max_concurrent=3))

    # When many workers claim from both at the same moment
    found = await asyncio.gather(
        *(claimed(owner, queue, size=2, worker=f"w-{number}") for number in range(4) for queue in queues)
    )

    # Then three are held
    held = [job for jobs in found for job in jobs]
    assert len(held) == 3
    assert await claimed(owner, mails, worker="w-9") == await claimed(owner, reports, worker="w-9") == []

    # And the place of one that ended, or of which nobody gave a sign in time, is free again
    await complete_job(again(owner), held[0]["_id"], JobComplete(lease_token=1))
    assert len(await claimed(owner, mails, size=9, worker="w-9")) == 1
    gone = {"$set": {"lease_until": utc_now()}}
    await collection(Job).update_one({"_id": held[1]["_id"]}, gone)
    assert len(await claimed(owner, reports, size=9)) == 1

    # And without a limit all are
    await update_factory(again(owner), workspace["_id"], FactoryUpdate.of(max_concurrent=None))
    assert len(await claimed(owner, mails, size=50)) + len(await claimed(owner, reports, size=50)) == 15


async def test_a_place_is_free_for_whoever_asks_next_in_the_same_transaction(
    owner: Context, workspace: WorkspaceRecord, queues: list[QueueRecord]
) -> None:
    mails, _ = queues
    await update_factory(again(owner), workspace["_id"], FactoryUpdate(max_concurrent=2))
    [first, _] = await claimed(owner, mails, size=2, worker="w-1")

    async def body(change: Change) -> list[int]:
        room = [await room_for(change, mails, "w-2", 5)]
        state.complete(change, first, None)
        room.append(await room_for(change, mails, "w-2", 5))
        [job] = await next_waiting(change, mails["_id"], {"queue_id": mails["_id"], "state": "waiting"}, 1)
        state.begin(change, job, "w-2")
        return [*room, await room_for(change, mails, "w-3", 5)]

    assert (await again(owner).write(mails["_id"], body)).value == [0, 1, 0]


async def test_a_claim_that_is_given_nothing_writes_nothing(
    owner: Context, workspace: WorkspaceRecord, queues: list[QueueRecord]
) -> None:
    mails, _ = queues
    await update_factory(again(owner), workspace["_id"], FactoryUpdate(max_concurrent=100))
    await claimed(owner, mails, size=20)
    before = await collection(Workspace).find_one({"_id": workspace["_id"]})

    assert await claimed(owner, mails, size=20) == []

    assert await collection(Workspace).find_one({"_id": workspace["_id"]}) == before


async def test_no_more_workers_hold_jobs_than_the_workspace_lets(
    owner: Context, workspace: WorkspaceRecord, queues: list[QueueRecord]
) -> None:
    mails, reports = queues
    limited = (await update_factory(again(owner), workspace["_id"], FactoryUpdate(worker_count=2))).value
    assert limited["max_concurrent"] == 1_000
    [first] = await claimed(owner, mails, worker="w-1")

    found = await asyncio.gather(*(claimed(owner, queue, worker=f"w-{n}") for n in (2, 3, 4) for queue in queues))

    names = {job["worker"] for jobs in found for job in jobs}
    assert len(names) == 1
    assert await claimed(owner, reports) == []  # nor whoever does not say what they are called
    assert len(await claimed(owner, reports, worker="w-1")) == 1
    await complete_job(again(owner), first["_id"], JobComplete(lease_token=1))
    assert await claimed(owner, reports) == []  # w-1 holds another one


async def test_a_worker_is_known_by_what_it_claims(
    owner: Context, workspace: WorkspaceRecord, queues: list[QueueRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one worker whose jobs end in each way
    mails, _ = queues
    done, failed, lost = await claimed(owner, mails, size=3, worker="w-1")
    await complete_job(again(owner), done["_id"], JobComplete(lease_token=1))
    await fail_job(again(owner), failed["_id"], JobFail(lease_token=1, error="Away"))
    await collection(Job).update_one({"_id": lost["_id"]}, {"$set": {"lease_until": utc_now()}})
    await run_due(owner.services)

    # When more come than are remembered, and at the same moment from two queues
    monkeypatch.setattr(workers, "MAX_WORKERS", 2)
    await asyncio.gather(*(claimed(owner, queue, worker="w-2") for queue in queues))
    assert len(await claimed(owner, mails, worker="w-3")) == 1

    # Then
    one, two = await list_workers(again(owner), workspace["_id"])
    ends = ("claimed", "completed", "failed", "lost")
    assert (one["name"], *(one[end] for end in ends)) == ("w-1", 3, 1, 1, 1)  # type: ignore[literal-required]
    assert (two["name"], two["claimed"]) == ("w-2", 2)
    assert one["expires_at"] > utc_now() + timedelta(hours=23)
    assert await collection(Worker).count_documents({"workspace_id": workspace["_id"]}) == 2


async def test_what_is_wrong_with_the_factory_is_told(
    owner: Context, workspace: WorkspaceRecord, queues: list[QueueRecord]
) -> None:
    # Given jobs that fail in one queue, and wait and are held for too long in the other
    mails, reports = queues
    for number, job in enumerate(await claimed(owner, mails, size=6, worker="w-1")):
        if number < 2:
            await fail_job(again(owner), job["_id"], JobFail(lease_token=1, error="Away"))
        else:
            await complete_job(again(owner), job["_id"], JobComplete(lease_token=1))
    [held] = await claimed(owner, reports, worker="w-2")
    before = await get_factory(again(owner), workspace["_id"])
    early = {"$set": {"run_at": utc_now() - timedelta(minutes=11)}}
    await collection(Job).update_many({"queue_id": reports["_id"], "state": "waiting"}, early)
    ended = {"$set": {"lease_until": utc_now() - timedelta(seconds=6)}}
    await collection(Job).update_one({"_id": held["_id"]}, ended)

    # When
    factory = await get_factory(again(owner), workspace["_id"])
    await update_queue(again(owner), reports["_id"], QueueUpdate.of(is_paused=True))
    paused = await get_factory(again(owner), workspace["_id"])
    await _let_run(owner)
    told = await get_factory(again(owner), workspace["_id"])

    # Then
    failing = FactoryAlert(FactoryAlertKind.FAILING, 2, "Mails")
    expired, waiting = (
        FactoryAlert(FactoryAlertKind.LEASE_EXPIRED, 1),
        FactoryAlert(FactoryAlertKind.WAITING_LONG, 9),
    )
    assert (before.alerts, before.held, before.working, before.workers) == ([failing], 1, 1, 2)
    assert (factory.alerts, factory.held, factory.active) == ([expired, waiting, failing], 0, 1)
    assert paused.alerts == [expired, failing]
    assert (factory.completed_lately, factory.failed_lately, factory.waiting) == (4, 2, 13)
    assert (factory.process_ids, told.process_ids) == (None, [os.getpid()])


async def test_jobs_are_listed_by_where_they_stand(owner: Context, queues: list[QueueRecord]) -> None:
    mails, _ = queues
    first, second = await claimed(owner, mails, size=2)
    for job in (second, first):
        await complete_job(again(owner), job["_id"], JobComplete(lease_token=1))

    async def listed(*which: Any, first: int = 50, after: str | None = None) -> tuple[list[int], str]:
        page = await list_jobs(again(owner), mails["_id"], Window.read(first, after), *which)
        return [job["priority"] for job in page.nodes], page.cursor(page.nodes[-1])

    assert sorted((await listed())[0]) == [*range(10)]
    assert (await listed(JobState.WAITING))[0] == [*range(2, 10)]
    assert (await listed(JobState.WAITING, True))[0] == [*range(2, 10)]
    ended, after = await listed(JobState.COMPLETED, first=1)
    assert (ended, (await listed(JobState.COMPLETED, after=after))[0]) == ([0], [1])


async def test_a_schedule_is_submitted_to_the_queue_of_a_name(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given one that was submitted twice, at the same moment, to a queue that was not there
    def values(**says: Any) -> ScheduleSubmit:
        return ScheduleSubmit.of(workspace_id=workspace["_id"], queue="Sweeps", name="Nightly", **says)

    both = await asyncio.gather(*(submit_schedule(again(owner), values(cron="0 3 * * *")) for _ in range(2)))
    queue = await find_queue(workspace["_id"], "Sweeps")
    assert queue is not None
    [schedule] = await collection(Schedule).find({"queue_id": queue["_id"]}).to_list()
    assert {done.value["_id"] for done in both} == {schedule["_id"]}

    # When it says otherwise, and rests
    hourly = (await submit_schedule(again(owner), values(every_seconds=3_600, data={"deep": True}))).value
    await update_schedule(again(owner), schedule["_id"], ScheduleUpdate.of(is_enabled=False))
    rests = (await submit_schedule(again(owner), values(cron="0 4 * * *"))).value

    # Then it goes by that, and goes on resting
    assert (hourly["_id"], hourly["cron"], hourly["data"]) == (schedule["_id"], None, {"deep": True})
    assert hourly["next_at"] is not None
    assert hourly["next_at"] - hourly["created_at"] == timedelta(hours=1)
    assert (rests["cron"], rests["every_seconds"], rests["next_at"]) == ("0 4 * * *", None, None)


async def _let_run(owner: Context) -> None:
    """Have somebody run the installation."""
    await collection(User).update_one({"_id": owner.user_id}, {"$set": {"server_role": ServerRole.ADMIN.value}})
