"""Where a job stands: every step of it is one of these, within a change of its queue's history. What they write is
written at the end of the transaction (`resolvers.job.book`)."""

from datetime import datetime, timedelta
from typing import Any

from models.base import Record, without
from models.enums import Backoff, JobState
from models.errors import Conflict
from models.records import JobRecord
from realtime.events.job import JobChanged, JobDeleted
from realtime.log import Change
from resolvers.inputs.job import MAX_OPEN, MAX_OPEN_BYTES
from resolvers.job import book
from resolvers.job.lately import count_of
from resolvers.job.untold import OF_JOBS
from resolvers.job.waiting import note_waiting
from resolvers.job.worker import note_end

KEPT = timedelta(days=1)
"""How long a job stays after its end."""
LONGEST = timedelta(days=1)
"""That a job waits after a failure at most."""
TICK = "tick:"
"""How the keys of jobs begin that schedules make, and those of no other."""
LOST = "Whoever claimed it gave no sign of life"


async def add(change: Change, job: JobRecord) -> None:
    """Put a new job into its queue; raises Conflict, with `limit`, for one that is full."""
    queue = await book.open_queue(change, job["queue_id"])
    if queue["open"] >= MAX_OPEN or queue["open_bytes"] > MAX_OPEN_BYTES - job["bytes"]:
        raise Conflict(
            f"The queue has {MAX_OPEN} jobs that have not ended, or as much in them as it takes", limit=MAX_OPEN
        )
    book.count(change, job["queue_id"], {"open": 1, "open_bytes": job["bytes"]})
    book.add_job(change, job)
    if job["state"] == JobState.WAITING:
        note_waiting(job)
    tell(change, job)


def begin(change: Change, job: JobRecord, worker: str | None = None) -> JobRecord:
    """Give a waiting job to whoever claims it, who may say what they are called."""
    changes = {
        "worker": worker,
        "state": JobState.ACTIVE.value,
        "attempts": job["attempts"] + 1,
        "lease_token": job["lease_token"] + 1,
        "lease_until": change.at + timedelta(seconds=job["lease_seconds"]),
    }
    return _to(change, job, changes)


def hold_on(change: Change, job: JobRecord) -> JobRecord:
    """Hold a job for as long again. Raises Conflict where its lease has ended: its place is another's
    by then, whether it was taken back or not."""
    if is_lost(job, change.at):
        raise Conflict("The claim is over: nobody gave a sign of it in time", kind="LEASE_LOST")
    return _to(change, job, {"lease_until": change.at + timedelta(seconds=job["lease_seconds"])})


def complete(change: Change, job: JobRecord, result: Any) -> JobRecord:
    """End a job well."""
    note_end(change, job, "completed")
    return _end(change, job, JobState.COMPLETED, {"result": result, "error": None})


def fail(change: Change, job: JobRecord, error: str) -> JobRecord:
    """Have a job begun anew later, or end it where it was begun often enough."""
    note_end(change, job, "failed")
    return _begin_anew(change, job, error)


def lose(change: Change, job: JobRecord) -> JobRecord:
    """The same, of one whose worker has given no sign of life."""
    note_end(change, job, "lost")
    return _begin_anew(change, job, LOST)


def _begin_anew(change: Change, job: JobRecord, error: str) -> JobRecord:
    if job["attempts"] >= job["max_attempts"]:
        return _end(change, job, JobState.FAILED, {"error": error})
    wait = wait_after(job)
    state = JobState.DELAYED if wait else JobState.WAITING
    return _to(change, job, {"state": state.value, "error": error, "run_at": change.at + wait, "lease_until": None})


def let_wait(change: Change, job: JobRecord) -> JobRecord:
    """Have a job that was delayed given out."""
    return _to(change, job, {"state": JobState.WAITING.value})


async def remove(change: Change, job: JobRecord) -> None:
    """Delete a job; raises Conflict for one that somebody holds."""
    if job["state"] == JobState.ACTIVE:
        raise Conflict("A worker holds it")
    if not is_over(job):
        _count(change, job)
    await book.delete_job(change, job)
    change.append(job["queue_id"], JobDeleted(deleted_id=job["_id"], queue_id=job["queue_id"]))


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
    change.append(job["queue_id"], JobChanged(job=without(job, OF_JOBS)))


def _end(change: Change, job: JobRecord, state: JobState, values: Record) -> JobRecord:
    _count(change, job, ended=state)
    over = {"state": state.value, "data": None, "bytes": 0, "lease_until": None, "finished_at": change.at}
    return _to(change, job, {**over, **values, "expires_at": change.at + KEPT})


def _count(change: Change, job: JobRecord, *, ended: JobState | None = None) -> None:
    """Count a job out of those of its queue that have not ended."""
    counts = {"open": -1, "open_bytes": -job["bytes"]}
    if ended is not None:
        counts |= {ended.value: 1, count_of(ended, change.at): 1}
    book.count(change, job["queue_id"], counts)


def _to(change: Change, job: JobRecord, changes: Record) -> JobRecord:
    after = book.change_job(change, job, changes)
    tell(change, after)
    return after
