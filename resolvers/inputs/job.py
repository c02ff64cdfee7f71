"""Inputs of the operations on queues, jobs and schedules."""

from typing import Annotated, Any

import orjson
from bson import ObjectId
from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from models import Job, Queue, Schedule
from models.base import utc_now
from models.enums import Backoff
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.ids import Kind
from models.job import LABEL
from models.json import check_json
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import IdOf, Input, WorkspaceId

MAX_QUEUES = 50
"""Of one workspace."""
MAX_OPEN = 10_000
"""Jobs of one queue that have not ended."""
MAX_OPEN_BYTES = 64 * 1024**2
"""What these may hold together."""
MAX_SCHEDULES = 100
"""Of one queue."""
MAX_BATCH = 50
MAX_HELD = 1_000
"""What a limit of the jobs that a workspace holds at a time may be."""
_MAX_DATA = 256 * 1024
_DAY_MS = 86_400_000

QueueId = Annotated[ObjectId, IdOf(Kind.QUEUE)]
JobId = Annotated[ObjectId, IdOf(Kind.JOB)]
LeaseToken = Annotated[int, Field(strict=True, ge=1, lt=2**31)]


def _data(value: Any) -> Any:
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > _MAX_DATA:
        raise PydanticCustomError("json", "must have at most 256 KB as JSON")
    return value


def _cron(text: str) -> str:
    try:
        next(CronSim(text, utc_now()))
    except (CronSimError, StopIteration) as error:
        raise PydanticCustomError("cron", "must be five fields, as cron has them, that come true some day") from error
    return text


Data = Annotated[Any, AfterValidator(_data)]
DataObject = Annotated[dict[str, Any], AfterValidator(_data)]
"""What a job takes, of clients whose jobs take an object."""
Label = Annotated[str, LABEL]
Cron = Annotated[str, Text(1, 100), AfterValidator(_cron)]


@fields_of(Queue, CREATE)
class QueueCreate(Input):
    """A new queue."""

    workspace_id: WorkspaceId = Field(description="The workspace that it is for.")


@fields_of(Queue, UPDATE)
class QueueUpdate(Input):
    """What changes of a queue."""


class JobValues(Input):
    """What is said of a new job, whichever way it comes."""

    data: Data = Field(None, description="What it takes, at most 256 KB as JSON.")
    priority: Annotated[int, Field(strict=True, ge=0, le=2_097_152)] = Field(
        0, description="Smaller ones come first; 0 before all."
    )
    delay_ms: Annotated[int, Field(strict=True, ge=0, lt=2**31)] = Field(
        0, description="Milliseconds until it may begin."
    )
    max_attempts: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(
        3, description="How many times it may be begun."
    )
    backoff: Backoff = Field(Backoff.EXPONENTIAL, description="How long it waits after a failure.")
    backoff_ms: Annotated[int, Field(strict=True, ge=0, le=_DAY_MS)] = Field(
        1_000, description="Milliseconds of the first wait."
    )
    lease_seconds: Annotated[int, Field(strict=True, ge=1, le=86_400)] = Field(
        300, description="Seconds that it is held without a sign of life."
    )


@fields_of(Job, CREATE)
class JobCreate(JobValues):
    """A new job.

    A new job; where the queue has one of the same `key`, that is the answer.
    """

    queue_id: QueueId = Field(description="The queue that it waits in.")


@fields_of(Job, CREATE)
class JobSubmit(JobValues):
    """A new job for a queue that is called by its name.

    A new job; where the queue has one of the same `key`, that is the answer. A queue that is not there is created.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that the queue is of.")
    queue: Label = Field(description="The name of the queue.")


class JobClaim(Input):
    """Which jobs to claim, and how many."""

    size: Annotated[int, Field(strict=True, ge=1, le=MAX_BATCH)] = Field(1, description="How many at most; up to 50.")
    name: Label | None = Field(None, description="What is to be done: only jobs that are called so.")
    worker: Label | None = Field(None, description="Who claims them, as they call themselves.")


class JobHold(Input):
    """Which claim of a job."""

    lease_token: LeaseToken = Field(description="What the claim gave.")


class JobComplete(Input):
    """How a job ended well."""

    lease_token: LeaseToken = Field(description="What the claim gave.")
    result: Data = Field(None, description="What came of it, at most 256 KB as JSON.")


class CompletedJob(Input):
    """A job of several that ended well."""

    id: JobId = Field(description="The job.")
    lease_token: LeaseToken = Field(description="What the claim gave.")
    result: Data = Field(None, description="What came of it, at most 256 KB as JSON.")


class JobBatchComplete(Input):
    """Which jobs of a queue ended well."""

    queue_id: QueueId = Field(description="The queue that they are of.")
    jobs: Annotated[list[CompletedJob], Field(min_length=1, max_length=MAX_BATCH)] = Field(
        description="The jobs, 1 to 50."
    )


class JobFail(Input):
    """Why a job did not end well."""

    lease_token: LeaseToken = Field(description="What the claim gave.")
    error: Annotated[str, Text(1, 5_000, strip=False)] = Field(description="Why, at most 5,000 characters.")


class ScheduleValues(Input):
    """What is said of a schedule, whichever way it comes."""

    cron: Cron | None = Field(None, description="When, as cron puts it: five fields, in UTC.")
    every_seconds: Annotated[int, Field(strict=True, ge=1, lt=2**31)] | None = Field(
        None, description="Seconds between two jobs."
    )
    data: Data = Field(None, description="What each job takes, at most 256 KB as JSON.")

    @model_validator(mode="after")
    def _says_when(self) -> "ScheduleValues":
        if (self.cron is None) == (self.every_seconds is None):
            raise PydanticCustomError("when", "must give exactly one of cron and everySeconds")
        return self


@fields_of(Schedule, CREATE)
class ScheduleCreate(ScheduleValues):
    """A new schedule.

    Jobs again and again: exactly one of `cron` and `every_seconds` says when.
    """

    queue_id: QueueId = Field(description="The queue that gets the jobs.")


@fields_of(Schedule, CREATE)
class ScheduleSubmit(ScheduleValues):
    """A schedule of a queue that is called by its name.

    Jobs again and again: exactly one of `cron` and `every_seconds` says when. A queue that is not there is created; a
    schedule that the queue has of the same name goes by this from now on.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that the queue is of.")
    queue: Label = Field(description="The name of the queue.")


@fields_of(Schedule, UPDATE)
class ScheduleUpdate(Input):
    """What changes of a schedule."""


AtATime = Annotated[int, Field(strict=True, ge=1, le=MAX_HELD)]


class FactoryUpdate(Input):
    """How much of a workspace's queues may be done at a time.

    What holds more already goes on with it. With `worker_count`, `max_concurrent` is at most 1,000.
    """

    worker_count: AtATime | None = Field(
        None, description="How many workers may hold jobs at a time, 1 to 1,000; null for any number."
    )
    max_concurrent: AtATime | None = Field(
        None,
        description="How many jobs may be held at a time, 1 to 1,000; null for any number (1,000 with `workerCount`).",
    )
