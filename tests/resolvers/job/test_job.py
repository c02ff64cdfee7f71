"""Jobs: each is done once, whoever claims it, and whoever dies."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from models import Job, LoggedEvent, Schedule, StreamHead
from models.base import collection, timestamp, utc_now
from models.enums import JobState
from models.errors import BadUserInput, Conflict, NotFound, RateLimited
from models.records import JobRecord, QueueRecord, ScheduleRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.inputs.job import (
    JobComplete,
    JobFail,
    JobHold,
    QueueCreate,
    QueueUpdate,
    ScheduleCreate,
    ScheduleUpdate,
)
from resolvers.job import due, state
from resolvers.job.due import Setbacks, run_due
from resolvers.job.job import (
    complete_job,
    delete_job,
    fail_job,
    get_job,
    hold_job,
)
from resolvers.job.queue import create_queue, delete_queue, update_queue
from resolvers.job.schedule import create_schedule, update_schedule
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.jobs import claim, end_lease, open_jobs, put, stored
from tests.resolvers.lab import again, event_types


async def test_smaller_priorities_come_first_and_among_equals_the_oldest(owner: Context, queue: QueueRecord) -> None:
    late, first, second, urgent = [await put(owner, queue, priority=priority) for priority in (5, 1, 1, 0)]

    claimed = await claim(owner, queue, 10)

    assert [job["_id"] for job in claimed] == [job["_id"] for job in (urgent, first, second, late)]


async def test_many_workers_at_once_claim_each_job_once(owner: Context, queue: QueueRecord) -> None:
    put_in = [await put(owner, queue) for _ in range(12)]

    claimed = await asyncio.gather(*(claim(owner, queue, 2) for _ in range(10)))

    ids = [job["_id"] for jobs in claimed for job in jobs]
    assert sorted(ids) == sorted(job["_id"] for job in put_in)


async def test_a_job_of_the_same_key_is_the_same_job(owner: Context, queue: QueueRecord) -> None:
    first = await put(owner, queue, key="invoice-7")
    again_ = await put(owner, queue, key="invoice-7", name="Other")

    assert again_ == first
    assert (await open_jobs(queue))[0] == 1


async def test_a_job_ends_once_and_keeps_what_came_of_it(owner: Context, queue: QueueRecord) -> None:
    job = await put(owner, queue, data={"to": "ann"})
    [held] = await claim(owner, queue)
    values = JobComplete(lease_token=held["lease_token"], result={"sent": 1})

    done = (await complete_job(again(owner), job["_id"], values)).value
    with pytest.raises(Conflict):
        await complete_job(again(owner), job["_id"], values)

    assert (done["state"], done["result"], done["data"], done["attempts"]) == (JobState.COMPLETED, {"sent": 1}, None, 1)
    assert await open_jobs(queue) == (0, 0)
    assert (await event_types(queue["_id"])) == ["QueueCreated", *["JobChanged"] * 3]


async def test_a_worker_that_comes_late_is_in_conflict_once_another_has_the_job(
    owner: Context, queue: QueueRecord
) -> None:
    job = await put(owner, queue, leaseSeconds=10, backoff="fixed", backoffMs=0)
    [first] = await claim(owner, queue)
    await run_due(owner.services, utc_now() + timedelta(seconds=11))
    [second] = await claim(owner, queue)

    for late in (
        hold_job(again(owner), job["_id"], JobHold(lease_token=first["lease_token"])),
        complete_job(again(owner), job["_id"], JobComplete(lease_token=first["lease_token"])),
        fail_job(again(owner), job["_id"], JobFail(lease_token=first["lease_token"], error="late")),
    ):
        with pytest.raises(Conflict):
            await late
    done = await complete_job(again(owner), job["_id"], JobComplete(lease_token=second["lease_token"]))

    assert (second["_id"], second["lease_token"], second["attempts"]) == (job["_id"], first["lease_token"] + 1, 2)
    assert done.value["state"] == JobState.COMPLETED


async def test_a_sign_of_life_keeps_a_job(owner: Context, queue: QueueRecord) -> None:
    job = await put(owner, queue, leaseSeconds=100)
    [held] = await claim(owner, queue)
    await end_lease(job, timedelta(seconds=10))

    await hold_job(again(owner), job["_id"], JobHold(lease_token=held["lease_token"]))
    await run_due(owner.services, utc_now() + timedelta(seconds=50))

    assert (await stored(job))["state"] == JobState.ACTIVE


async def test_a_lease_that_has_ended_is_not_brought_back_though_nobody_has_taken_the_job_yet(
    owner: Context, queue: QueueRecord
) -> None:
    job = await put(owner, queue, leaseSeconds=100)
    [held] = await claim(owner, queue)
    await end_lease(job)

    with pytest.raises(Conflict) as refused:
        await hold_job(again(owner), job["_id"], JobHold(lease_token=held["lease_token"]))
    await run_due(owner.services)

    assert refused.value.details["kind"] == "LEASE_LOST"
    assert (await stored(job))["state"] == JobState.DELAYED


async def test_what_was_done_by_the_end_of_a_lease_is_not_done_again(owner: Context, queue: QueueRecord) -> None:
    job = await put(owner, queue)
    [held] = await claim(owner, queue)
    await end_lease(job)

    done = await complete_job(again(owner), job["_id"], JobComplete(lease_token=held["lease_token"]))

    assert done.value["state"] == JobState.COMPLETED


async def test_a_failure_waits_longer_each_time_and_the_last_one_ends_it(owner: Context, queue: QueueRecord) -> None:
    job = await put(owner, queue, maxAttempts=3, backoffMs=1_000)
    waits: list[timedelta] = []
    for _ in range(3):
        [held] = await claim(owner, queue)
        failed = (
            await fail_job(again(owner), job["_id"], JobFail(lease_token=held["lease_token"], error="away"))
        ).value
        if failed["state"] == JobState.DELAYED:
            waits.append(state.wait_after(failed))
            assert await claim(owner, queue) == []
            await run_due(owner.services, failed["run_at"])

    ended = await stored(job)
    assert waits == [timedelta(seconds=1), timedelta(seconds=2)]
    assert (ended["state"], ended["error"], ended["attempts"]) == (JobState.FAILED, "away", 3)
    assert await open_jobs(queue) == (0, 0)


async def test_a_delayed_job_waits_for_its_time(owner: Context, queue: QueueRecord) -> None:
    job = await put(owner, queue, delayMs=60_000)

    await run_due(owner.services)
    before = await claim(owner, queue)
    await run_due(owner.services, utc_now() + timedelta(minutes=2))
    after = await claim(owner, queue)

    assert (before, [each["_id"] for each in after]) == ([], [job["_id"]])


async def test_a_paused_queue_gives_no_job_out(owner: Context, queue: QueueRecord) -> None:
    await put(owner, queue)
    await update_queue(again(owner), queue["_id"], QueueUpdate.of(is_paused=True))
    while_paused = await claim(owner, queue)
    await update_queue(again(owner), queue["_id"], QueueUpdate.of(is_paused=False))

    assert while_paused == []
    assert len(await claim(owner, queue)) == 1


async def test_a_job_that_somebody_holds_is_not_deleted(owner: Context, queue: QueueRecord) -> None:
    held, waiting = await put(owner, queue), await put(owner, queue)
    await claim(owner, queue)

    with pytest.raises(Conflict):
        await delete_job(again(owner), held["_id"])
    await delete_job(again(owner), waiting["_id"])

    assert (await open_jobs(queue))[0] == 1


async def test_a_full_queue_takes_no_job(owner: Context, queue: QueueRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_OPEN", 1)
    await put(owner, queue)

    with pytest.raises(Conflict):
        await put(owner, queue)


async def test_a_deleted_queue_takes_its_jobs_and_its_schedules_with_it(owner: Context, queue: QueueRecord) -> None:
    job = await put(owner, queue)
    await every(owner, queue)

    await delete_queue(again(owner), queue["_id"])

    with pytest.raises(NotFound):
        await get_job(again(owner), job["_id"])
    inside = {"queue_id": queue["_id"]}
    assert await collection(Job).count_documents(inside) == 0
    assert await collection(Schedule).count_documents(inside) == 0


async def every(owner: Context, queue: QueueRecord, **values: Any) -> ScheduleRecord:
    given = {"queueId": queue["_id"], "name": "Sweep", **(values or {"everySeconds": 60})}
    return (await create_schedule(again(owner), read_input(ScheduleCreate, given))).value


async def jobs_of(schedule: ScheduleRecord) -> list[JobRecord]:
    return await collection(Job).find({"queue_id": schedule["queue_id"]}).sort("_id", 1).to_list()


async def test_a_tick_makes_one_job_whoever_sees_it(owner: Context, queue: QueueRecord) -> None:
    schedule = await every(owner, queue)
    assert schedule["next_at"] is not None

    await asyncio.gather(*(run_due(owner.services, schedule["next_at"]) for _ in range(5)))

    [job] = await jobs_of(schedule)
    assert (job["schedule_id"], job["run_at"]) == (schedule["_id"], schedule["next_at"])


async def test_missed_ticks_make_one_job_and_none_comes_before_the_last_has_ended(
    owner: Context, queue: QueueRecord
) -> None:
    schedule = await every(owner, queue)
    start = schedule["created_at"]

    await run_due(owner.services, start + timedelta(minutes=10, seconds=5))
    await run_due(owner.services, start + timedelta(minutes=11, seconds=5))
    [held] = await claim(owner, queue)
    await complete_job(again(owner), held["_id"], JobComplete(lease_token=held["lease_token"]))
    before = len(await jobs_of(schedule))
    await run_due(owner.services, start + timedelta(minutes=12, seconds=5))

    assert (before, len(await jobs_of(schedule))) == (1, 2)


async def test_a_schedule_that_rests_makes_none_and_goes_on_from_when_it_is_woken(
    owner: Context, queue: QueueRecord
) -> None:
    schedule = await every(owner, queue)
    await update_schedule(again(owner), schedule["_id"], ScheduleUpdate.of(is_enabled=False))
    await run_due(owner.services, utc_now() + timedelta(hours=1))
    woken = await update_schedule(again(owner), schedule["_id"], ScheduleUpdate.of(is_enabled=True))

    assert await jobs_of(schedule) == []
    assert woken.value["next_at"] is not None
    assert woken.value["next_at"] > utc_now()


async def test_a_full_queue_misses_a_tick_and_goes_on_with_the_next(
    owner: Context, queue: QueueRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a queue that has room for no more than what is delayed in it
    schedule = await every(owner, queue)
    delayed = await put(owner, queue, delayMs=1000)
    monkeypatch.setattr(state, "MAX_OPEN", 1)

    await run_due(owner.services, schedule["created_at"] + timedelta(seconds=65))

    # Then that goes on, and the schedule waits for its next moment
    assert (await stored(delayed))["state"] == JobState.WAITING
    now = await collection(Schedule).find_one({"_id": schedule["_id"]})
    assert now is not None
    assert now["next_at"] == schedule["created_at"] + timedelta(seconds=120)
    assert [job["_id"] for job in await jobs_of(schedule)] == [delayed["_id"]]


async def test_the_keys_of_ticks_are_those_of_schedules_alone(owner: Context, queue: QueueRecord) -> None:
    schedule = await every(owner, queue)
    assert schedule["next_at"] is not None

    with pytest.raises(BadUserInput, match="key"):
        await put(owner, queue, key=f"tick:{schedule['_id']}:{timestamp(schedule['next_at'])}")


async def test_a_tick_that_a_schedule_comes_to_twice_makes_one_job(owner: Context, queue: QueueRecord) -> None:
    schedule = await every(owner, queue)
    for _ in range(2):
        await collection(Schedule).update_one({"_id": schedule["_id"]}, {"$set": schedule})
        await run_due(owner.services, schedule["next_at"])

    assert len(await jobs_of(schedule)) == 1


async def test_a_queue_that_fails_holds_up_no_other(
    owner: Context, workspace: WorkspaceRecord, queue: QueueRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given queues with as much due as one round looks at, the first of which always fail
    other = (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name="Calls"))).value
    stuck = [await put(owner, queue, delayMs=1) for _ in range(2)]
    waiting = await put(owner, other, delayMs=10)
    monkeypatch.setattr(due, "AT_ONCE", 2)
    let_wait = state.let_wait

    def failing(change: Change, job: JobRecord) -> JobRecord:
        if job["queue_id"] == queue["_id"]:
            raise RateLimited("busy", retry_after=1)
        return let_wait(change, job)

    monkeypatch.setattr(state, "let_wait", failing)

    is_more = await run_due(owner.services, utc_now() + timedelta(seconds=1))

    assert [(await stored(job))["state"] for job in (*stuck, waiting)] == ["delayed", "delayed", "waiting"]
    assert not is_more


async def test_a_job_that_always_fails_holds_up_no_other_of_its_queue(
    owner: Context, queue: QueueRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a queue with more due than one round looks at, of which the first always fails
    [broken, *others] = [await put(owner, queue, delayMs=place + 1) for place in range(4)]
    schedule = await every(owner, queue)
    monkeypatch.setattr(due, "AT_ONCE", 2)
    tried: list[datetime] = []
    let_wait, setbacks, now = state.let_wait, Setbacks(), utc_now() + timedelta(minutes=2)

    def failing(change: Change, job: JobRecord) -> JobRecord:
        if job["_id"] == broken["_id"]:
            # With the schedule, where that is due at the same moment, and then by itself: one try.
            tried.extend([now] if now not in tried[-1:] else [])
            raise LookupError("of a version that is not there")
        return let_wait(change, job)

    monkeypatch.setattr(state, "let_wait", failing)

    # When what is due is looked at
    while await run_due(owner.services, now, setbacks):
        pass

    # Then all else of the queue is done
    assert [(await stored(job))["state"] for job in (broken, *others)] == ["delayed", *["waiting"] * 3]
    assert [job["schedule_id"] for job in await jobs_of(schedule)].count(schedule["_id"]) == 1

    # And the one is tried again, later each time
    tried.clear()
    for _ in range(100):
        now += timedelta(seconds=1)
        await run_due(owner.services, now, setbacks)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert 3 <= len(tried) <= 6
    monkeypatch.setattr(state, "let_wait", let_wait)
    await run_due(owner.services, now + timedelta(minutes=5), setbacks)
    assert (await stored(broken))["state"] == "waiting"


async def test_with_its_workspace_a_queue_goes_and_its_history(
    owner: Context, queue: QueueRecord, workspace: WorkspaceRecord
) -> None:
    await put(owner, queue)
    await delete_workspace(again(owner), workspace["_id"])
    await finish_deletions(owner.services)

    assert await collection(Job).count_documents({"queue_id": queue["_id"]}) == 0
    assert await collection(LoggedEvent).count_documents({"stream_id": queue["_id"]}) == 0
    assert await collection(StreamHead).count_documents({"_id": queue["_id"]}) == 0
