"""Events of queues, in the history of their workspace, and of jobs and schedules, in that of their queue."""

from typing import Annotated

from models.records import JobRecord, QueueRecord, ScheduleRecord
from realtime.events.base import Carried, Event, Id


class QueueCreated(Event):
    queue: Annotated[QueueRecord, Carried()]


class QueueUpdated(Event):
    queue: Annotated[QueueRecord, Carried()]


class QueueDeleted(Event):
    deleted_id: Id


class JobChanged(Event):
    """Without what it takes and what came of it."""

    job: Annotated[JobRecord, Carried()]


class JobDeleted(Event):
    deleted_id: Id


class ScheduleChanged(Event):
    schedule: Annotated[ScheduleRecord, Carried()]


class ScheduleDeleted(Event):
    deleted_id: Id
