"""Jobs of queues."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from models.base import timestamp
from models.enums import JobState
from models.records import JobRecord, ScheduleRecord
from rest.orkosi.present.show import Timestamp


class OrkosiJobData(TypedDict):
    """A job. `status` is waiting, prioritized (waiting, with a priority above 0), delayed, active, completed or failed.
    `lease_token` is what ends a claim of it, and `lease_expires_at` when that ends by itself. `payload` is null once
    the job has ended."""

    id: str
    queue_name: str
    task_type: str
    payload: Any
    status: str
    priority: int
    attempts: int
    max_attempts: int
    timeout_seconds: int
    idempotency_key: str | None
    worker_id: str | None
    lease_token: int | None
    lease_expires_at: Timestamp | None
    result: Any
    error: str | None
    run_at: Timestamp
    created_at: Timestamp
    finished_at: Timestamp | None


class OrkosiQueueJobData(TypedDict):
    """A job as clients of the queues themselves know it. `attempts` is how often it may be begun, `attempts_made` how
    often it was; `data` is null once it has ended."""

    id: str
    queue: str
    name: str
    data: Any
    status: str
    priority: int
    attempts: int
    attempts_made: int
    job_id: str | None
    failed_reason: str | None
    return_value: Any
    run_at: Timestamp
    created_at: Timestamp
    finished_at: Timestamp | None


class OrkosiScheduleData(TypedDict):
    """What puts a job into a queue again and again: by `repeat`, as cron puts it, or `every` so many milliseconds.
    `next_run_at` is null while it rests."""

    id: str
    queue: str
    name: str
    data: Any
    repeat: str | None
    every: int | None
    next_run_at: Timestamp | None
    created_at: Timestamp


def job(record: JobRecord, queue: str) -> OrkosiJobData:
    """A job of the queue of a name."""
    held = record["state"] == JobState.ACTIVE
    finished_at, lease_until = record["finished_at"], record["lease_until"]
    return {
        "id": str(record["_id"]),
        "queue_name": queue,
        "task_type": record["name"],
        "payload": record["data"],
        "status": status_of(record),
        "priority": record["priority"],
        "attempts": record["attempts"],
        "max_attempts": record["max_attempts"],
        "timeout_seconds": record["lease_seconds"],
        "idempotency_key": record["key"],
        "worker_id": _worker(record),
        "lease_token": record["lease_token"] if held else None,
        "lease_expires_at": None if lease_until is None else timestamp(lease_until),
        "result": record["result"],
        "error": record["error"],
        "run_at": timestamp(record["run_at"]),
        "created_at": timestamp(record["created_at"]),
        "finished_at": None if finished_at is None else timestamp(finished_at),
    }


def queue_job(record: JobRecord, queue: str, *, is_paused: bool = False) -> OrkosiQueueJobData:
    """The same, for clients of the queues themselves, who are told that the queue is paused where the job waits."""
    finished_at = record["finished_at"]
    return {
        "id": str(record["_id"]),
        "queue": queue,
        "name": record["name"],
        "data": record["data"],
        "status": "paused" if is_paused and record["state"] == JobState.WAITING else status_of(record),
        "priority": record["priority"],
        "attempts": record["max_attempts"],
        "attempts_made": record["attempts"],
        "job_id": record["key"],
        "failed_reason": record["error"],
        "return_value": record["result"],
        "run_at": timestamp(record["run_at"]),
        "created_at": timestamp(record["created_at"]),
        "finished_at": None if finished_at is None else timestamp(finished_at),
    }


def schedule(record: ScheduleRecord, queue: str) -> OrkosiScheduleData:
    """A schedule of the queue of a name."""
    every, next_at = record["every_seconds"], record["next_at"]
    return {
        "id": str(record["_id"]),
        "queue": queue,
        "name": record["name"],
        "data": record["data"],
        "repeat": record["cron"],
        "every": None if every is None else every * 1_000,
        "next_run_at": None if next_at is None else timestamp(next_at),
        "created_at": timestamp(record["created_at"]),
    }


def status_of(record: JobRecord) -> str:
    """Where a job stands, in the words of the interface."""
    is_prioritized = record["state"] == JobState.WAITING and record["priority"] > 0
    return "prioritized" if is_prioritized else str(JobState(record["state"]).value)


def _worker(record: Mapping[str, Any]) -> str | None:
    """Who claimed it last; a job of before may lack that."""
    return record.get("worker")
