"""The queues of the workspace, as clients of BullMQ fill them and look into them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from models.enums import JobState
from models.errors import BadUserInput
from models.records import QueueRecord
from resolvers.inputs.job import Cron, DataObject, JobSubmit, Label, ScheduleSubmit
from resolvers.job.job import submit_job
from resolvers.job.listing import JobCounts, counts_of, list_jobs
from resolvers.job.queue import list_queues
from resolvers.job.schedule import submit_schedule
from resolvers.kit.page import Window
from rest.orkosi.bodies import Body, Part, Query
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import MAX_PAGE, PageQuery, listed, listed_of
from rest.orkosi.present.job import OrkosiQueueJobData, OrkosiScheduleData, queue_job, schedule
from rest.orkosi.queue_names import queue_of
from rest.orkosi.task_queue import Attempts, Priority
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "queues", "/bull-queue", about="The queues of jobs, as clients of BullMQ fill them.", place=240, tag_place=250
)

Milliseconds = Annotated[int, Field(strict=True, ge=0, lt=2**31)]
Every = Annotated[int, Field(strict=True, ge=1_000, lt=2**31 * 1_000, multiple_of=1_000)]
PAGE = 50
LAST = -1
"""As BullMQ calls the last of a list."""
COUNTED = ("waiting", "prioritized", "delayed", "active", "paused", "completed", "failed")


class BackoffPart(Part):
    """How long it waits after a failure: always `delay` milliseconds, or twice as long each time."""

    type: Literal["fixed", "exponential"] = "exponential"
    delay: Annotated[int, Field(strict=True, ge=0, le=86_400_000)] = 1_000


class QueueSubmitBody(Body):
    """A new job, which may begin after `delay` milliseconds. Smaller priorities come first, 0 before all."""

    queue: Label
    name: Label
    data: DataObject
    priority: Priority = 0
    attempts: Attempts = 3
    backoff: BackoffPart = BackoffPart()
    delay: Milliseconds = 0
    job_id: Label | None = None


class ScheduledSubmitBody(Body):
    """A job for later: exactly one of `delay`, `repeat` and `every` says when. `delay` is in milliseconds; `repeat` are
    the five fields of cron, in UTC; `every` is in milliseconds, whole seconds of them."""

    queue: Label
    name: Label
    data: DataObject
    delay: Milliseconds | None = None
    repeat: Cron | None = None
    every: Every | None = None

    @model_validator(mode="after")
    def _says_when(self) -> "ScheduledSubmitBody":
        if [self.delay, self.repeat, self.every].count(None) != 2:
            raise PydanticCustomError("when", "must give exactly one of delay, repeat and every")
        return self


class StatsQuery(Query):
    """Of which queue; of all of them by default."""

    queue: Label | None = None


class JobsQuery(Query):
    """Which jobs of the list: from `start` to `end`, both among them, 200 at most; the first is 0. An `end` of -1
    is as far as that goes."""

    status: Literal["waiting", "active", "completed", "failed", "delayed", "paused", "prioritized"] | None = None
    start: Annotated[int, Field(ge=0, le=10_000)] = 0
    end: Annotated[int, Field(ge=-1, le=10_000 + MAX_PAGE)] | None = None


class QueueCountsData(TypedDict):
    """How many jobs stand where. Those of a paused queue that wait are `paused`. `completed` and `failed` count all
    that have ended."""

    waiting: int
    prioritized: int
    delayed: int
    active: int
    paused: int
    completed: int
    failed: int


class QueueStatsData(QueueCountsData):
    """The same of one queue."""

    queue: str
    is_paused: bool


class BullStatsData(TypedDict):
    """Each queue, and all of them together."""

    queues: list[QueueStatsData]
    total: QueueCountsData


@routes.post("/submit", "Submit a job to a queue", runs=submit_job, body=QueueSubmitBody)
async def submit_to_queue(call: Call) -> OrkosiQueueJobData:
    """The queue is created where there is none of the name. With a `job_id` that the queue has, that job."""
    body = call.body(QueueSubmitBody)
    values = JobSubmit.of(
        workspace_id=await workspace_of(call),
        queue=body.queue,
        name=body.name,
        key=body.job_id,
        data=body.data,
        priority=body.priority,
        delay_ms=body.delay,
        max_attempts=body.attempts,
        backoff=body.backoff.type,
        backoff_ms=body.backoff.delay,
    )
    return queue_job((await submit_job(call.ctx, values)).value, body.queue)


@routes.post(
    "/submit-scheduled", "Submit a job for later, or again and again", runs=submit_job, body=ScheduledSubmitBody
)
async def submit_scheduled(call: Call) -> OrkosiQueueJobData | OrkosiScheduleData:
    """With `delay` a job, with `repeat` or `every` a schedule, which only admins may have: one of the same name goes by
    this from now on. The queue is created where there is none of the name."""
    body, workspace_id = call.body(ScheduledSubmitBody), await workspace_of(call)
    named = {"workspace_id": workspace_id, "queue": body.queue, "name": body.name, "data": body.data}
    if body.delay is not None:
        return queue_job((await submit_job(call.ctx, JobSubmit.of(**named, delay_ms=body.delay))).value, body.queue)
    seconds = None if body.every is None else body.every // 1_000
    values = ScheduleSubmit.of(**named, cron=body.repeat, every_seconds=seconds)
    return schedule((await submit_schedule(call.ctx, values)).value, body.queue)


@routes.get("/stats", "Count the jobs of the queues", runs=list_queues, query=StatsQuery, names_object=True)
async def count(call: Call) -> BullStatsData:
    """Of each queue, and of all. Where there is no queue of the name, of none."""
    wanted = call.query(StatsQuery).queue
    found = [q for q in await list_queues(call.ctx, await workspace_of(call)) if wanted in (None, q["name"])]
    counts = await counts_of(call.ctx, found, None)
    queues = [_stats(queue, each) for queue, each in zip(found, counts, strict=True)]
    total = {name: sum(each[name] for each in queues) for name in COUNTED}  # type: ignore[literal-required]
    return {"queues": queues, "total": total}  # type: ignore[typeddict-item]


@routes.get("/{queueName}/jobs", "List jobs of a queue", runs=list_jobs, query=JobsQuery)
async def find(call: Call) -> list[OrkosiQueueJobData]:
    """Newest first; those of a `status` in the order in which they are given out, those that ended the last one
    first. Where there is no queue of the name, none."""
    query = call.query(JobsQuery)
    page = _page(query.start, query.end)
    queue = await queue_of(call, call.path["queueName"])
    if queue is None:
        return listed_of(call, page, [], 0)
    queue_id, is_paused = queue["_id"], queue["is_paused"]
    state, prioritized = _state(query.status)
    if (query.status == "paused") != is_paused and state is JobState.WAITING:
        return listed_of(call, page, [], 0)  # of a queue that is paused, all that waits is so
    found = await listed(
        call, page, lambda first, after: list_jobs(call.ctx, queue_id, Window.read(first, after), state, prioritized)
    )
    return [queue_job(job, queue["name"], is_paused=is_paused) for job in found]


def _page(start: int, end: int | None) -> PageQuery:
    last = start + PAGE - 1 if end is None else start + MAX_PAGE - 1 if end == LAST else end
    if not 0 <= last - start < MAX_PAGE:
        raise BadUserInput(f"must be at least start, and less than {MAX_PAGE} more", field="end")
    return PageQuery(limit=last - start + 1, offset=start)


def _state(status: str | None) -> tuple[JobState | None, bool | None]:
    """Where the jobs of a status stand, and whether their priority is above 0."""
    if status is None:
        return None, None
    if status in ("waiting", "prioritized"):
        return JobState.WAITING, status == "prioritized"
    return (JobState.WAITING if status == "paused" else JobState(status)), None


def _stats(queue: QueueRecord, counts: JobCounts) -> QueueStatsData:
    is_paused = queue["is_paused"]
    return {
        "queue": queue["name"],
        "is_paused": is_paused,
        "waiting": 0 if is_paused else counts.waiting - counts.prioritized,
        "prioritized": 0 if is_paused else counts.prioritized,
        "delayed": counts.delayed,
        "active": counts.active,
        "paused": counts.waiting if is_paused else 0,
        "completed": queue.get("completed", 0),
        "failed": queue.get("failed", 0),
    }
