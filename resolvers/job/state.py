"""Where a job stands: every step of it is one of these, within a change of its queue's history."""

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from models import Job, Queue
from models.base import Record, collection, with_changes, without
from models.enums import Backoff, JobState
from models.errors import Conflict, NotFound
from models.records import JobRecord, QueueRecord
from realtime.events.job import JobChanged, JobDeleted
from realtime.log import Change
from resolvers.inputs.job import MAX_OPEN, MAX_OPEN_BYTES
from resolvers.job.worker import note_end

KEPT = timedelta(days=1)
"""How long a job stays after its end."""
LONGEST = timedelta(days=1)
"""That a job waits after a failure at most."""
TICK = "tick:"
"""How the keys of jobs begin that schedules make, and those of no other."""
LOST = "Whoever claimed it gave no sign of life"
_UNTOLD = frozenset({"data", "result", "lease_token"})


async def open_queue(change: Change, queue_id: ObjectId) -> QueueRecord:
    """The queue of a change; raises NotFound for one that was deleted."""
    queue = await collection(Queue).find_one({"_id": queue_id}, session=change.session)
    if queue is None:
        raise NotFound("Queue")
    return queue


async def add(change: Change, job: JobRecord) -> None:
    """Put a new job into its queue; raises Conflict, with `limit`, for one that is full."""
    room = {"_id": job["queue_id"], "open": {"$lt": MAX_OPEN}, "open_bytes": {"$lte": MAX_OPEN_BYTES - job["bytes"]}}
    count = {"$inc": {"open": 1, "open_bytes": job["bytes"]}}
    if not (await collection(Queue).update_one(room, count, session=change.session)).matched_count:
        raise Conflict(
            f"The queue has {MAX_OPEN} jobs that have not ended, or as much in them as it takes", limit=MAX_OPEN
        )
    await collection(Job).insert_one(job, session=change.session)
    tell(change, job)


async def begin(change: Change, job: JobRecord, worker: str | None = None) -> JobRecord:
    """Give a waiting job to whoever claims it, who may say what they are called."""
    changes = {
        "worker": worker,
        "state": JobState.ACTIVE.value,
        "attempts": job["attempts"] + 1,
        "lease_token": job["lease_token"] + 1,
        "lease_until": change.at + timedelta(seconds=job["lease_seconds"]),
    }
    return await _to(change, job, changes)


async def hold_on(change: Change, job: JobRecord) -> JobRecord:
    """Hold a job for as long again; nobody is told. Raises Conflict where its lease has ended: its place is another's
    by then, whether it was taken back or not."""
    if is_lost(job, change.at):
        raise Conflict("The claim is over: nobody gave a sign of it in time", kind="LEASE_LOST")
    changes = {"lease_until": change.at + timedelta(seconds=job["lease_seconds"])}
    await collection(Job).update_one({"_id": job["_id"]}, {"$set": changes}, session=change.session)
    return with_changes(job, changes)


async def complete(change: Change, job: JobRecord, result: Any) -> JobRecord:
    """End a job well."""
    await note_end(change, job, "completed")
    return await _end(change, job, JobState.COMPLETED, {"result": result, "error": None})


async def fail(change: Change, job: JobRecord, error: str) -> JobRecord:
    """Have a job begun anew later, or end it where it was begun often enough."""
    await note_end(change, job, "failed")
    return await _begin_anew(change, job, error)


async def lose(change: Change, job: JobRecord) -> JobRecord:
    """The same, of one whose worker has given no sign of life."""
    await note_end(change, job, "lost")
    return await _begin_anew(change, job, LOST)


async def _begin_anew(change: Change, job: JobRecord, error: str) -> JobRecord:
    if job["attempts"] >= job["max_attempts"]:
        return await _end(change, job, JobState.FAILED, {"error": error})
    wait = wait_after(job)
    state = JobState.DELAYED if wait else JobState.WAITING
    return await _to(
        change, job, {"state": state.value, "error": error, "run_at": change.at + wait, "lease_until": None}
    )


async def let_wait(change: Change, job: JobRecord) -> JobRecord:
    """Have a job that was delayed given out."""
    return await _to(change, job, {"state": JobState.WAITING.value})


async def remove(change: Change, job: JobRecord) -> None:
    """Delete a job; raises Conflict for one that somebody holds."""
    if job["state"] == JobState.ACTIVE:
        raise Conflict("A worker holds it")
    if not is_over(job):
        await _count(change, job)
    await collection(Job).delete_one({"_id": job["_id"]}, session=change.session)
    change.append(job["queue_id"], JobDeleted(deleted_id=job["_id"]))


def wait_after(job: JobRecord) -> timedelta:
    """How long a job waits after it has failed for so many times."""
    first = timedelta(milliseconds=job["backoff_ms"])
    doublings = min(job["attempts"] - 1, 40) if job["backoff"] == Backoff.EXPONENTIAL else 0
    return min(first * (1 << doublings), LONGEST)


def is_over(job: JobRecord) -> bool:
    """Whether a job has ended."""
    return job["state"] in (JobState.COMPLETED, JobState.FAILED)


def is_lost(job: JobRecord, now: datetime) -> bool:
    """Whether whoever claimed a job has given no sign of life in time."""
    return job["state"] == JobState.ACTIVE and job["lease_until"] is not None and job["lease_until"] <= now


def tell(change: Change, job: JobRecord) -> None:
    change.append(job["queue_id"], JobChanged(job=without(job, _UNTOLD)))


async def _end(change: Change, job: JobRecord, state: JobState, values: Record) -> JobRecord:
    await _count(change, job, ended=state)
    over = {"state": state.value, "data": None, "bytes": 0, "lease_until": None, "finished_at": change.at}
    return await _to(change, job, {**over, **values, "expires_at": change.at + KEPT})


async def _count(change: Change, job: JobRecord, *, ended: JobState | None = None) -> None:
    """Count a job out of those of its queue that have not ended."""
    counts = {"open": -1, "open_bytes": -job["bytes"]} | ({} if ended is None else {ended.value: 1})
    await collection(Queue).update_one({"_id": job["queue_id"]}, {"$inc": counts}, session=change.session)


async def _to(change: Change, job: JobRecord, changes: Record) -> JobRecord:
    await collection(Job).update_one({"_id": job["_id"]}, {"$set": changes}, session=change.session)
    after = with_changes(job, changes)
    tell(change, after)
    return after
