"""What the changes of one transaction know of a queue and do to its jobs: each read once, and written together.

Changes of a queue that wait for their turn share a transaction (`realtime.writer`). On the embedded database a command
costs more by being sent than by its size, and a worker's claims and completions are small: so what they change is kept
in a book of the queue, in which those behind them find it, and is written at the end of the transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo import InsertOne, UpdateOne

from models import Job, Queue
from models.base import Record, collection, with_changes, write_all
from models.errors import NotFound
from models.ids import among
from models.records import JobRecord, QueueRecord
from realtime.log import Change
from resolvers.job.lately import outdated


@dataclass(slots=True, eq=False)
class Book:
    """`jobs` are those of the queue that were read or written in the transaction, as they stand after its last change;
    None for what is not there. Of these `added` and `changed` are still to be written, `changed` with what is set.
    `touched` are all that were ever one of both. `counts` is to be added to what the queue counts. `notes` is what
    others have read for the transaction, by what it is about (`resolvers.job.waiting`, `.limits`)."""

    queue_id: ObjectId
    queue: QueueRecord | None = None
    jobs: dict[ObjectId, JobRecord | None] = field(default_factory=dict)
    added: set[ObjectId] = field(default_factory=set)
    changed: dict[ObjectId, Record] = field(default_factory=dict)
    touched: set[ObjectId] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    notes: dict[Any, Any] = field(default_factory=dict)

    def touched_jobs(self) -> list[JobRecord]:
        """The jobs that the transaction has put in or changed, as they stand."""
        return [job for job_id in self.touched if (job := self.jobs[job_id]) is not None]


def book_of(change: Change, queue_id: ObjectId) -> Book:
    """The book of a queue in the transaction of a change."""
    book: Book = change.together.known.setdefault(queue_id, Book(queue_id))
    return book


async def open_queue(change: Change, queue_id: ObjectId) -> QueueRecord:
    """The queue of a change, with as much in it as there is by now; raises NotFound for one that was deleted."""
    book = book_of(change, queue_id)
    if book.queue is None:
        book.queue = await collection(Queue).find_one({"_id": queue_id}, session=change.session)
    if book.queue is None:
        raise NotFound("Queue")
    return book.queue


async def find_jobs(change: Change, queue_id: ObjectId, job_ids: Sequence[ObjectId]) -> dict[ObjectId, JobRecord]:
    """Jobs of a queue as they stand, by their ids; what is not there is left out."""
    book = book_of(change, queue_id)
    if unknown := [job_id for job_id in job_ids if job_id not in book.jobs]:
        where = {"_id": among(unknown), "queue_id": queue_id}
        found = await collection(Job).find(where, session=change.session).to_list()
        book.jobs |= {**dict.fromkeys(unknown), **{job["_id"]: job for job in found}}
    return {job_id: job for job_id in job_ids if (job := book.jobs[job_id]) is not None}


async def find_by_key(change: Change, queue_id: ObjectId, key: str) -> JobRecord | None:
    """The job of a queue that has a key."""
    book = book_of(change, queue_id)
    added = (job for job in book.touched_jobs() if job["key"] == key)
    if (mine := next(added, None)) is not None:
        return mine
    found = await collection(Job).find_one({"queue_id": queue_id, "key": key}, session=change.session)
    return None if found is None else book.jobs.setdefault(found["_id"], found)


def add_job(change: Change, job: JobRecord) -> None:
    """Put a new job into its queue."""
    book = book_of(change, job["queue_id"])
    book.added.add(job["_id"])
    _note(change, book, job)


def change_job(change: Change, job: JobRecord, changes: Mapping[str, Any]) -> JobRecord:
    """Set something of a job; the job as it is then."""
    book, after = book_of(change, job["queue_id"]), with_changes(job, changes)
    if job["_id"] not in book.added:
        book.changed.setdefault(job["_id"], {}).update(changes)
    _note(change, book, after)
    return after


async def delete_job(change: Change, job: JobRecord) -> None:
    """Take a job out of its queue."""
    await change.settle()
    book_of(change, job["queue_id"]).jobs[job["_id"]] = None
    await collection(Job).delete_one({"_id": job["_id"]}, session=change.session)


def count(change: Change, queue_id: ObjectId, counts: Mapping[str, int]) -> None:
    """Add to what a queue counts."""
    book = book_of(change, queue_id)
    book.counts.update(counts)
    if book.queue is not None:
        size = {"open": book.queue["open"] + counts.get("open", 0)}
        size["open_bytes"] = book.queue["open_bytes"] + counts.get("open_bytes", 0)
        book.queue = with_changes(book.queue, size)
    change.write_last(_write, book)


def _note(change: Change, book: Book, job: JobRecord) -> None:
    book.jobs[job["_id"]] = job
    book.touched.add(job["_id"])
    change.write_last(_write, book)


async def _write(change: Change, books: Sequence[Book]) -> None:
    for book in dict.fromkeys(books):
        new = (book.jobs[job_id] for job_id in book.added)
        writes: list[Any] = [InsertOne(job) for job in new if job is not None]
        writes += [UpdateOne({"_id": job_id}, {"$set": changes}) for job_id, changes in book.changed.items()]
        await write_all(Job, writes, change.session, change.give_way)
        if counts := {name: many for name, many in book.counts.items() if many}:
            over = () if book.queue is None else outdated(book.queue, change.at)
            update = {"$inc": counts} | ({"$unset": dict.fromkeys(over, "")} if over else {})
            await collection(Queue).update_one({"_id": book.queue_id}, update, session=change.session)
        book.added.clear()
        book.changed.clear()
        book.counts.clear()
