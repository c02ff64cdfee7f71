"""How much of a workspace's queues may be done at a time: looked at where jobs are given out."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from models import Job, Workspace
from models.base import collection
from models.enums import JobState
from models.errors import NotFound
from models.records import QueueRecord
from realtime.log import Change
from realtime.writer import MAX_WEIGHT
from resolvers.inputs.job import MAX_BATCH, MAX_HELD
from resolvers.job.book import Book, book_of

_LIMITS, _HELD = "limits", "held"
"""What a book notes: the workspace's limits, and who holds which of its jobs outside of the book."""


async def room_for(change: Change, queue: QueueRecord, worker: str | None, wanted: int) -> int:
    """How many jobs of a queue a worker may be given just now, of so many that it asks for.

    What is held are the leases that have not ended, so that a worker which dies takes no place for longer than its
    lease. Whoever does not say what they are called are one worker.
    """
    book, workspace_id = book_of(change, queue["_id"]), queue["workspace_id"]
    workspace = await _limits(change, book, workspace_id)
    workers, most = workspace.get("worker_count"), workspace.get("max_concurrent")
    if workers is None and most is None:
        return wanted
    most = most or MAX_HELD
    held = await _held(change, book, workspace_id, most)
    at_work = set(held)
    room = min(wanted, most - len(held))
    if room <= 0 or (workers is not None and worker not in at_work and len(at_work) >= workers):
        return 0
    return room


def meet_others(change: Change, queue: QueueRecord) -> None:
    """Jobs were given out in the room that there was. Claims from other queues of the workspace run beside this one:
    where there is a limit, two of them meet in the workspace."""
    limits: Mapping[str, Any] = book_of(change, queue["_id"]).notes[_LIMITS]
    if limits.get("worker_count") is not None or limits.get("max_concurrent") is not None:
        change.write_last(_meet, queue["workspace_id"])


async def _limits(change: Change, book: Book, workspace_id: ObjectId) -> Mapping[str, Any]:
    if _LIMITS not in book.notes:
        limits = {"worker_count": 1, "max_concurrent": 1}
        found = await collection(Workspace).find_one({"_id": workspace_id}, limits, session=change.session)
        if found is None:
            raise NotFound("Workspace")
        book.notes[_LIMITS] = found
    limits_now: Mapping[str, Any] = book.notes[_LIMITS]
    return limits_now


async def _held(change: Change, book: Book, workspace_id: ObjectId, most: int) -> Sequence[str | None]:
    """Who holds the jobs of a workspace that are held, one entry a job: those before the transaction, and by it."""
    live = {"workspace_id": workspace_id, "state": JobState.ACTIVE.value, "lease_until": {"$gt": change.at}}
    if _HELD not in book.notes:
        # As many more as the changes of the transaction may have ended.
        enough = most + MAX_WEIGHT + MAX_BATCH
        before = collection(Job).find(live, {"worker": 1, "lease_until": 1}, session=change.session).limit(enough)
        book.notes[_HELD] = {job["_id"]: job for job in await before.to_list()}
    jobs = book.notes[_HELD] | {
        job["_id"]: job if job["state"] == JobState.ACTIVE else None for job in book.touched_jobs()
    }
    return [job.get("worker") for job in jobs.values() if job is not None and job["lease_until"] > change.at]


async def _meet(change: Change, workspace_ids: Sequence[ObjectId]) -> None:
    for workspace_id in dict.fromkeys(workspace_ids):
        await collection(Workspace).update_one({"_id": workspace_id}, {"$inc": {"claims": 1}}, session=change.session)
