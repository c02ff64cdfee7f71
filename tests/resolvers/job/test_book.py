"""Changes of a queue that share a transaction, and jobs that end in one change."""

import asyncio
from typing import Any

from models.records import QueueRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.inputs.job import CompletedJob, JobBatchComplete, QueueCreate, QueueUpdate
from resolvers.job import state
from resolvers.job.book import find_jobs
from resolvers.job.job import complete_jobs
from resolvers.job.queue import create_queue, update_queue
from resolvers.job.waiting import next_waiting
from resolvers.kit.context import Context
from tests.patience import until
from tests.resolvers.jobs import claim, open_jobs, put, stored
from tests.resolvers.lab import again, event_types


async def test_what_shares_a_transaction_sees_what_those_before_it_did(owner: Context, queue: QueueRecord) -> None:
    # Given a job that waits behind three that are held
    for number in range(4):
        await put(owner, queue, backoffMs=0, priority=number)
    held = await claim(owner, queue, 3)
    waiting = {"queue_id": queue["_id"], "state": "waiting"}

    async def body(change: Change) -> list[list[int]]:
        # When one of them is completed and one fails, and others claim, in one transaction
        given: list[list[int]] = []
        jobs = await find_jobs(change, queue["_id"], [job["_id"] for job in held])
        state.complete(change, jobs[held[0]["_id"]], None)
        state.fail(change, jobs[held[1]["_id"]], "away")
        for size in (1, 9, 9):
            claimed = await next_waiting(change, queue["_id"], waiting, size)
            given.append([state.begin(change, job, "w")["priority"] for job in claimed])
        return given

    # Then each is given out once, in turn
    assert (await again(owner).write(queue["_id"], body)).value == [[1], [3], []]
    jobs = await asyncio.gather(*(stored(job) for job in held))
    assert [(job["state"], job["attempts"]) for job in jobs] == [("completed", 1), ("active", 2), ("active", 1)]
    assert (await open_jobs(queue))[0] == 3
    assert len(await event_types(queue["_id"])) == 1 + 4 + 3 + 4


async def test_a_claim_behind_a_pause_of_the_same_transaction_is_given_nothing(
    owner: Context, queue: QueueRecord
) -> None:
    # Given a change of the queue that takes long, behind which a job, a pause and a claim wait for their turn
    await put(owner, queue)
    is_over = asyncio.Event()
    seen: list[Change] = []

    async def body(change: Change) -> None:
        seen.append(change)
        await is_over.wait()

    long = asyncio.create_task(again(owner).write(queue["_id"], body))
    behind = owner.services.hub.log._writer._queues
    pause = update_queue(again(owner), queue["_id"], QueueUpdate.of(is_paused=True))
    tasks: list[asyncio.Future[Any]] = []
    await until(lambda: seen)
    for step in (put(owner, queue), pause, claim(owner, queue)):
        tasks.append(asyncio.ensure_future(step))
        await until(lambda: len([*behind[queue["_id"]]]) == len(tasks))

    # When they have theirs
    is_over.set()
    await long
    _, paused, claimed = await asyncio.gather(*tasks)

    # Then nothing is given out, and the pause tells of the job
    assert (claimed, paused.value["is_paused"], paused.value["open"]) == ([], True, 2)
    assert await event_types(queue["_id"]) == ["QueueCreated", "JobChanged", "JobChanged", "QueueUpdated"]


async def test_several_jobs_end_in_one_change_and_those_that_are_anothers_stay(
    owner: Context, queue: QueueRecord, workspace: WorkspaceRecord
) -> None:
    # Given three jobs that are held, the second of them by another claim, and one of another queue
    for _ in range(3):
        await put(owner, queue, data={"to": "ann"})
    held = await claim(owner, queue, 3)
    other = (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name="Calls"))).value
    foreign = await put(owner, other)

    # When
    tokens = (1, 2, 1)
    ended = [
        CompletedJob(id=job["_id"], lease_token=token, result=token) for job, token in zip(held, tokens, strict=True)
    ]
    ended += [CompletedJob(id=held[0]["_id"], lease_token=1), CompletedJob(id=foreign["_id"], lease_token=1)]
    done = (await complete_jobs(again(owner), JobBatchComplete(queue_id=queue["_id"], jobs=ended))).value

    # Then
    assert [None if one.error is None else one.error.code for one in done] == [
        None,
        "CONFLICT",
        None,
        "CONFLICT",  # it has ended just before
        "NOT_FOUND",
    ]
    assert [(await stored(job))["state"] for job in (*held, foreign)] == ["completed", "active", "completed", "waiting"]
    assert (await stored(held[0]))["result"] == 1
    assert (await open_jobs(queue))[0] == 1
