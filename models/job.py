"""Durable work: queues, the jobs in them, the schedules that put some there again and again, and who does them."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import Backoff, JobState, Told
from models.facts import CREATE, GRAPH, SHOWN, UPDATE, WRITTEN, Facts
from models.ids import Kind
from models.limits import Text
from models.records import JobRecord, QueueRecord, ScheduleRecord, WorkerRecord

LABEL = Text(1, 100)


class FactoryAlertKind(Told):
    """What is wrong with how the jobs of a workspace are done."""

    LEASE_EXPIRED = "lease_expired", "Claims have ended without a sign of life, and are not taken back yet."
    WAITING_LONG = "waiting_long", "Jobs wait for more than ten minutes, though their queues are not paused."
    FAILING = (
        "failing",
        "More than a fifth of the jobs of a queue that ended in the last hour have failed, of five at least.",
    )


@kind(0xC6)
class Queue(Stored[QueueRecord]):
    """A queue of a workspace. It has a history of its own for its jobs, so that these hold up nobody else's changes.

    `open` counts its jobs that have not ended, and `open_bytes` what is in them. A queue of before counts those that
    have ended from then on. `lately` counts those that ended in each part of the last hours (`resolvers.job.lately`); a
    queue of before lacks it.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.QUEUE))
    workspace_id: PydanticObjectId
    name: Annotated[str, Facts("The name, unique in the workspace.", SHOWN | CREATE, text=LABEL)]
    is_paused: Annotated[bool, Facts("Whether no job of it is given out.", SHOWN | WRITTEN)] = False
    open: Annotated[int, Facts("How many jobs have not ended.")] = 0
    open_bytes: int = 0
    completed: Annotated[int, Facts("How many jobs were done.", GRAPH, late=True)] = 0
    failed: Annotated[int, Facts("How many jobs were begun as often as they may be, in vain.", GRAPH, late=True)] = 0
    lately: dict[str, dict[str, int]] = Field(default_factory=dict)
    created_by: Annotated[PydanticObjectId, Facts("Who created it.", refers=Kind.USER)]
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "queues"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("name", ASCENDING)], unique=True)]


@kind(0xC5)
class Job(Stored[JobRecord]):
    """A work. Whoever claims it holds it by `lease_token`, which counts its claims, until `lease_until`; then it is
    another's. `bytes` is what its data takes; that goes with its end, and the job itself at `expires_at`. A job of
    before may lack `worker`.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.JOB))
    workspace_id: PydanticObjectId
    queue_id: PydanticObjectId
    schedule_id: PydanticObjectId | None = None
    name: Annotated[str, Facts("What is to be done.", SHOWN | CREATE, text=LABEL)]
    key: Annotated[
        str | None, Facts("What tells it from others of the queue; by default its id.", SHOWN | CREATE, text=LABEL)
    ] = None
    data: Annotated[Any, Facts("What it takes; nothing once it has ended.")] = None
    bytes: int = 0
    state: Annotated[JobState, Facts("Where it stands.")] = JobState.WAITING
    priority: int = 0
    max_attempts: int
    backoff: Backoff
    backoff_ms: int
    lease_seconds: int
    attempts: Annotated[int, Facts("How many times it was begun.")] = 0
    run_at: Annotated[datetime, Facts("When it may begin.")] = Field(default_factory=utc_now)
    lease_token: int = 0
    worker: Annotated[str | None, Facts("Who claimed it last, as they call themselves.")] = None
    lease_until: Annotated[datetime | None, Facts("Until when it is held; null where it is not.")] = None
    result: Annotated[Any, Facts("What came of it.")] = None
    error: Annotated[str | None, Facts("Why it failed the last time.")] = None
    created_by: PydanticObjectId | None = None
    finished_at: Annotated[datetime | None, Facts("When it ended.")] = None
    expires_at: datetime | None = None

    class Settings:
        name = "jobs"
        indexes = [
            IndexModel([("queue_id", ASCENDING), ("key", ASCENDING)], unique=True),
            IndexModel([("queue_id", ASCENDING), ("state", ASCENDING), ("priority", ASCENDING), ("_id", ASCENDING)]),
            IndexModel(
                [
                    ("queue_id", ASCENDING),
                    ("state", ASCENDING),
                    ("name", ASCENDING),
                    ("priority", ASCENDING),
                    ("_id", ASCENDING),
                ]
            ),
            IndexModel([("queue_id", ASCENDING), ("state", ASCENDING), ("finished_at", ASCENDING), ("_id", ASCENDING)]),
            # Who holds what, and since when something waits: only what is held has a lease.
            IndexModel(
                [("workspace_id", ASCENDING), ("state", ASCENDING), ("lease_until", ASCENDING), ("run_at", ASCENDING)]
            ),
            IndexModel([("queue_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("state", ASCENDING), ("run_at", ASCENDING)]),
            IndexModel([("state", ASCENDING), ("lease_until", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]


@kind(0xC7)
class Schedule(Stored[ScheduleRecord]):
    """When a queue gets a job again and again: by `cron` (UTC) or every so many seconds. `next_at` is null for one that
    rests; `last_job_id` is the job that it made last."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SCHEDULE))
    workspace_id: PydanticObjectId
    queue_id: PydanticObjectId
    name: Annotated[str, Facts("What is to be done, unique in the queue.", SHOWN | CREATE, text=LABEL)]
    cron: Annotated[str | None, Facts("When, as cron puts it, in UTC.")] = None
    every_seconds: Annotated[int | None, Facts("How many seconds there are between two jobs.")] = None
    data: Annotated[Any, Facts("What each job takes.")] = None
    is_enabled: Annotated[bool, Facts("Whether it makes jobs.", SHOWN | UPDATE)] = True
    next_at: Annotated[datetime | None, Facts("When it makes the next job; null while it makes none.")] = None
    last_job_id: PydanticObjectId | None = None
    created_by: PydanticObjectId
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "schedules"
        indexes = [
            IndexModel([("queue_id", ASCENDING), ("name", ASCENDING)], unique=True),
            IndexModel([("next_at", ASCENDING)]),
        ]


@kind(0xF5)
class Worker(Stored[WorkerRecord]):
    """Who claims jobs of a workspace, as they call themselves.

    What it counts changes with its jobs, whose events tell who holds them. It is forgotten at `expires_at`, unless it
    is seen again.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKER))
    workspace_id: PydanticObjectId
    name: Annotated[str, Facts("What it calls itself, unique in the workspace.")]
    claimed: Annotated[int, Facts("How many claims it was given.")] = 0
    completed: Annotated[int, Facts("How many of them it completed.")] = 0
    failed: Annotated[int, Facts("How many of them it said had failed.")] = 0
    lost: Annotated[int, Facts("How many of them ended without a sign of life.")] = 0
    seen_at: Annotated[datetime, Facts("When it last claimed a job, or ended one.")]
    expires_at: datetime

    class Settings:
        name = "workers"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("name", ASCENDING)], unique=True),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]
