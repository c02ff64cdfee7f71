"""Jobs: put into a queue, claimed by one worker at a time, and finished exactly once.

A claim is a lease with a token that counts the claims: whoever comes late, after another has claimed the job, is in
conflict, and nothing of theirs is written.
"""

from collections.abc import Callable
from datetime import timedelta

import orjson
from bson import ObjectId

from auth.policies import job as policy
from models import Job, Workspace
from models.base import Record, to_record
from models.enums import JobState, TokenScope
from models.errors import BadUserInput, Conflict, NotFound, OrreryError
from models.facts import CREATE
from models.ids import Kind, new_id
from models.records import JobRecord, QueueRecord, WorkspaceMemberRecord
from realtime.log import Change, Committed
from resolvers.inputs.job import (
    CompletedJob,
    JobBatchComplete,
    JobClaim,
    JobComplete,
    JobCreate,
    JobFail,
    JobHold,
    JobSubmit,
)
from resolvers.job import state
from resolvers.job.book import find_by_key, find_jobs, open_queue
from resolvers.job.limits import meet_others, room_for
from resolvers.job.queue import add_queue, find_queue
from resolvers.job.waiting import may_wait, next_waiting
from resolvers.job.worker import note_claim
from resolvers.kit.batch import BatchResult
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.fields import values_of
from resolvers.kit.nouns import JOB, QUEUE, WORKSPACE
from resolvers.kit.operation import operation, reader
from resolvers.state.agent_there import is_paused

WRITE = TokenScope.PILOTAGE_WRITE
WORKERS = "workers of a queue do it, and no agent in a mission"


get_job = reader("job", JOB)


@operation("jobCreate", inside=QUEUE, permission=policy.WORK, scope=WRITE)
async def create_job(ctx: Context, queue: QueueRecord, values: JobCreate) -> Committed[JobRecord]:
    """Put a job into a queue."""
    _check_key(values)
    return await ctx.write(queue["_id"], lambda change: _put(ctx, change, queue, values))


@operation(
    "jobSubmit",
    inside=WORKSPACE,
    permission=policy.WORK,
    scope=WRITE,
    no_tool="create_job does it, for a queue that is there",
)
async def submit_job(ctx: Context, membership: WorkspaceMemberRecord, values: JobSubmit) -> Committed[JobRecord]:
    """Put a job into the queue of a name, which is created where the workspace has none of it."""
    _check_key(values)
    workspace_id = membership["workspace_id"]
    queue = await find_queue(workspace_id, values.queue)
    if queue is not None:
        there = queue
        return await ctx.write(there["_id"], lambda change: _put(ctx, change, there, values))

    async def body(change: Change) -> JobRecord:
        await require_parent(change, Workspace, workspace_id)
        new = await find_queue(workspace_id, values.queue, change) or await add_queue(
            change, workspace_id, values.queue, ctx.user_id
        )
        return await _put(ctx, change, new, values)

    return await ctx.write(workspace_id, body)


@operation("jobClaim", opens=QUEUE, permission=policy.WORK, scope=WRITE, no_tool=WORKERS)
async def claim_jobs(ctx: Context, queue: QueueRecord, values: JobClaim) -> Committed[list[JobRecord]]:
    """Claim the next jobs of a queue: none where it, or the agent, is paused, where none waits, or where as many are
    held as the workspace lets. Many may ask at once."""
    waiting: Record = {"queue_id": queue["_id"], "state": JobState.WAITING.value}
    if values.name is not None:
        waiting["name"] = values.name
    # Workers ask again and again: as long as nothing waits, that takes no turn among the queue's changes.
    if not await may_wait(waiting):
        return Committed([], await ctx.services.hub.log.head(queue["_id"]))

    async def body(change: Change) -> list[JobRecord]:
        now = await open_queue(change, queue["_id"])
        if now["is_paused"] or await is_paused(change, ctx.subject.agent_id):
            return []
        if not (size := await room_for(change, now, values.worker, values.size)):
            return []
        jobs = await next_waiting(change, queue["_id"], waiting, size)
        if jobs:
            meet_others(change, now)
        if jobs and values.worker is not None:
            note_claim(change, queue["workspace_id"], values.worker, len(jobs))
        return [state.begin(change, job, values.worker) for job in jobs]

    return await ctx.write(queue["_id"], body)


@operation("jobHold", opens=JOB.reading("queue_id"), permission=policy.WORK, scope=WRITE, no_tool=WORKERS)
async def hold_job(ctx: Context, door: JobRecord, values: JobHold) -> Committed[JobRecord]:
    """Say that a claimed job is still worked on."""
    return await _held(ctx, door, values.lease_token, state.hold_on)


@operation("jobComplete", opens=JOB.reading("queue_id"), permission=policy.WORK, scope=WRITE, no_tool=WORKERS)
async def complete_job(ctx: Context, door: JobRecord, values: JobComplete) -> Committed[JobRecord]:
    """End a claimed job well."""
    return await _held(ctx, door, values.lease_token, lambda change, job: state.complete(change, job, values.result))


@operation("jobBatchComplete", inside=QUEUE, permission=policy.WORK, scope=WRITE, no_tool=WORKERS)
async def complete_jobs(
    ctx: Context, queue: QueueRecord, values: JobBatchComplete
) -> Committed[list[BatchResult[JobRecord]]]:
    """End up to 50 claimed jobs of a queue well, in one change; one whose claim is over is left as it is."""

    async def body(change: Change) -> list[BatchResult[JobRecord]]:
        await find_jobs(change, queue["_id"], [ended.id for ended in values.jobs])
        return [await end(change, ended) for ended in values.jobs]

    async def end(change: Change, ended: CompletedJob) -> BatchResult[JobRecord]:
        try:
            job = await _claimed(change, queue["_id"], ended.id, ended.lease_token)
        except OrreryError as error:
            return BatchResult(str(ended.id), JOB, error=error)
        return BatchResult(str(ended.id), JOB, state.complete(change, job, ended.result))

    return await ctx.write(queue["_id"], body)


@operation("jobFail", opens=JOB.reading("queue_id"), permission=policy.WORK, scope=WRITE, no_tool=WORKERS)
async def fail_job(ctx: Context, door: JobRecord, values: JobFail) -> Committed[JobRecord]:
    """Say that a claimed job failed: it is begun again later, unless it was begun often enough."""
    return await _held(ctx, door, values.lease_token, lambda change, job: state.fail(change, job, values.error))


@operation("jobDelete", opens=JOB.reading("queue_id"), permission=policy.WORK, scope=WRITE, no_tool=WORKERS)
async def delete_job(ctx: Context, door: JobRecord) -> Committed[ObjectId]:
    """Delete a job that nobody holds."""

    async def body(change: Change) -> ObjectId:
        await state.remove(change, await _find(change, door["queue_id"], door["_id"]))
        return door["_id"]

    return await ctx.write(door["queue_id"], body)


def _check_key(values: JobCreate | JobSubmit) -> None:
    """Raise BadUserInput for a key that schedules alone give."""
    if (values_of(values, Job, CREATE)["key"] or "").startswith(state.TICK):
        raise BadUserInput(f"must not begin with {state.TICK}, as those of schedules do", field="key")


async def _put(ctx: Context, change: Change, queue: QueueRecord, values: JobCreate | JobSubmit) -> JobRecord:
    """Add a job to a queue, unless that has one of the same key."""
    await open_queue(change, queue["_id"])
    given = values_of(values, Job, CREATE)
    if given["key"] is not None and (found := await find_by_key(change, queue["_id"], given["key"])) is not None:
        return found
    job_id = new_id(Kind.JOB)
    job = to_record(
        Job(
            id=job_id,
            workspace_id=queue["workspace_id"],
            queue_id=queue["_id"],
            **given | {"key": given["key"] or str(job_id)},
            data=values.data,
            bytes=len(orjson.dumps(values.data)),
            state=JobState.DELAYED if values.delay_ms else JobState.WAITING,
            priority=values.priority,
            max_attempts=values.max_attempts,
            backoff=values.backoff,
            backoff_ms=values.backoff_ms,
            lease_seconds=values.lease_seconds,
            run_at=change.at + timedelta(milliseconds=values.delay_ms),
            created_by=ctx.user_id,
            created_at=change.at,
        )
    )
    await state.add(change, job)
    return job


async def _held(
    ctx: Context, door: JobRecord, lease_token: int, then: Callable[[Change, JobRecord], JobRecord]
) -> Committed[JobRecord]:
    """Go on with a job that was claimed with a token. Raises Conflict where it is another's by now, or has ended."""

    async def body(change: Change) -> JobRecord:
        return then(change, await _claimed(change, door["queue_id"], door["_id"], lease_token))

    return await ctx.write(door["queue_id"], body)


async def _claimed(change: Change, queue_id: ObjectId, job_id: ObjectId, lease_token: int) -> JobRecord:
    """A job that is held by a claim. Raises Conflict where it is another's by now, or has ended."""
    job = await _find(change, queue_id, job_id)
    if job["state"] != JobState.ACTIVE or job["lease_token"] != lease_token:
        raise Conflict("The claim is over: the job was given to another, or has ended", kind="LEASE_LOST")
    return job


async def _find(change: Change, queue_id: ObjectId, job_id: ObjectId) -> JobRecord:
    found = (await find_jobs(change, queue_id, [job_id])).get(job_id)
    if found is None:
        raise NotFound("Job")
    return found
