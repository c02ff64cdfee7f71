"""Events of queues, in the history of their workspace and in their own, and of jobs and schedules, in that alone."""

from typing import Annotated

from models.enums import TokenScope
from models.records import JobRecord, QueueRecord, ScheduleRecord
from realtime.events.base import Carried, Event, Id, Shown, Topic


class QueueEvent(Event, topics=(Topic.WORKSPACE, Topic.QUEUE), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about a queue, without what it counts: whoever shows the event reads that (`resolvers.job.untold`)."""


class QueueCreated(QueueEvent):
    """A queue was created."""

    queue: Annotated[QueueRecord, Shown("The queue as it was then; what it counts as now.")]


class QueueUpdated(QueueEvent):
    """A queue was paused, or goes on."""

    queue: Annotated[QueueRecord, Shown("The queue as it was then; what it counts as now.")]


class QueueDeleted(QueueEvent):
    """A queue was deleted, with its jobs and its schedules."""

    deleted_id: Annotated[Id, Shown("The id of the queue.", name="queue_id")]


class JobEvent(Event, topics=(Topic.QUEUE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event of what is in a queue."""


class JobChanged(JobEvent):
    """A job was put into its queue, claimed, held for longer, or ended, or goes on waiting.

    Without what it takes and what came of it, which may be large.
    """

    job: Annotated[JobRecord, Shown("The job as it was then; what it takes, what came of it and its queue as now.")]


class JobDeleted(JobEvent):
    """A job was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the job.", name="job_id")]
    queue_id: Annotated[Id, Carried()]


class ScheduleChanged(JobEvent):
    """A schedule was created, was changed, or has come to its moment."""

    schedule: Annotated[ScheduleRecord, Shown("The schedule as it was then; its queue as it is now.")]


class ScheduleDeleted(JobEvent):
    """A schedule was deleted. The jobs that it has made stay."""

    deleted_id: Annotated[Id, Shown("The id of the schedule.", name="schedule_id")]
