"""Queues, their jobs, their schedules, and who works on them."""

from typing import Annotated

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

import models
from models.enums import JobState
from models.job import FactoryAlertKind
from resolvers.job.listing import counts_of, jobs_of
from resolvers.job.queue import queues_of
from resolvers.job.schedule import schedules_of
from resolvers.job.untold import completed_of, data_of, failed_of, open_of, result_of
from resolvers.job.worker import held_of_workers, workers_of
from resolvers.kit.event import queue_of
from resolvers.kit.position import cursor_of_queue
from schema.connection import After, Connection, First, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.references import QueueRef, WorkspaceRef
from schema.scalars import Cursor


@shows(models.Job, "A work that one worker at a time does, and that is done once.")
class Job:
    id: strawberry.ID = strawberry.field(description="The id.")
    queue: QueueRef | None = edge(queue_of, needs=("queue_id",), description="The queue that it is in.")
    data: JSON | None = edge(data_of)
    result: JSON | None = edge(result_of)
    priority: int = strawberry.field(description="Smaller ones come first.")
    max_attempts: int = strawberry.field(description="How many times it may be begun.")
    lease_token: int = strawberry.field(description="Counts its claims: the claim that it is held by is the last one.")


@shows(models.Schedule, "What puts a job into a queue again and again.")
class Schedule:
    id: strawberry.ID = strawberry.field(description="The id.")
    queue: QueueRef | None = edge(queue_of, needs=("queue_id",), description="The queue that it puts jobs into.")


@strawberry.type(description="Jobs of a queue that have not ended.")
class JobCounts:
    waiting: int = strawberry.field(description="How many may be claimed.")
    prioritized: int = strawberry.field(description="How many of those have a priority above 0.")
    delayed: int = strawberry.field(description="How many wait for their time.")
    active: int = strawberry.field(description="How many are held.")


InState = Annotated[JobState | None, strawberry.argument(description="Those alone that stand there.")]
Prioritized = Annotated[
    bool | None, strawberry.argument(description="With a state: those whose priority is above 0, or is not.")
]


def jobs_window(
    first: First = UNSET, after: After = UNSET, state: InState = UNSET, prioritized: Prioritized = UNSET
) -> None:
    """The arguments of a list of jobs."""


@shows(models.Queue, "Jobs that wait for workers.")
class Queue:
    id: strawberry.ID = strawberry.field(description="The id.")
    cursor: Cursor = edge(
        cursor_of_queue,
        description="Where its stream stood before this request read anything: `queueEvents` after it bring every "
        "later change, perhaps with some that were read already.",
    )
    open: int = edge(open_of)
    completed: int = edge(completed_of)
    failed: int = edge(failed_of)
    counts: JobCounts = edge(
        counts_of,
        needs=("workspace_id",),
        description="How many of its jobs have not ended, by where they stand.",
    )
    jobs: Connection[Job] = edge(
        jobs_of,
        arguments=jobs_window,
        description="Its jobs: newest first, those of a state in turn, those that ended the last one first.",
    )
    schedules: Connection[Schedule] = edge(schedules_of, arguments=window, description="Its schedules, oldest first.")


@shows(models.Worker, "Who claims jobs of a workspace, as they call themselves.")
class Worker:
    id: strawberry.ID = strawberry.field(description="The id.")
    held: int = edge(held_of_workers, needs=("workspace_id", "name"), description="How many jobs it holds.")


@strawberry.type(description="What is wrong with how the jobs of a workspace are done.")
class FactoryAlert:
    kind: FactoryAlertKind = strawberry.field(description="What.")
    count: int = strawberry.field(description="With how many jobs, of which at most 10,000 are counted.")
    queue: str | None = strawberry.field(description="In which queue, by its name; null for all of them.")


@strawberry.type(description="What works on the queues of a workspace.")
class Factory:
    worker_count: int | None = strawberry.field(
        description="How many workers may hold jobs at a time; null for any number."
    )
    max_concurrent: int | None = strawberry.field(
        description="How many jobs may be held at a time; null for any number. It is 1,000 at most with `workerCount`."
    )
    workers: int = strawberry.field(description="How many workers were seen within a day.")
    working: int = strawberry.field(description="How many of them hold jobs.")
    held: int = strawberry.field(description="How many jobs are held.")
    waiting: int = strawberry.field(description="How many may be claimed.")
    delayed: int = strawberry.field(description="How many wait for their time.")
    active: int = strawberry.field(description="How many were claimed, and have not come back yet.")
    completed_lately: int = strawberry.field(description="How many were completed in the last hour, to five minutes.")
    failed_lately: int = strawberry.field(description="How many of those have failed instead.")
    alerts: list[FactoryAlert] = strawberry.field(description="What is wrong.")
    process_ids: list[int] | None = strawberry.field(
        description="The processes of the gateway that answers: for whoever runs the installation, null for others."
    )


@extends(WorkspaceRef, after="files")
class OfWorkspace:
    queues: Connection[Queue] = edge(queues_of, arguments=window, description="Its queues of jobs, oldest first.")
    workers: Connection[Worker] = edge(
        workers_of, arguments=window, description="Who claims jobs of its queues, and was seen within a day."
    )
