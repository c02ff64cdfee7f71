"""Jobs for workers, who claim them and say what came of them."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models.ids import Kind
from models.limits import Text
from models.records import JobRecord
from realtime.log import Committed
from resolvers.inputs.job import (
    MAX_BATCH,
    Data,
    DataObject,
    JobClaim,
    JobComplete,
    JobFail,
    JobHold,
    JobSubmit,
    Label,
    LeaseToken,
)
from resolvers.job.job import claim_jobs, complete_job, fail_job, hold_job, submit_job
from resolvers.kit.load import one_by
from resolvers.kit.nouns import QUEUE
from rest.orkosi.bodies import Body
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.present.job import OrkosiJobData, job
from rest.orkosi.queue_names import queue_of
from rest.orkosi.workspace import OrganizationRef, require_organization, workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "task queue",
    "/task-queue",
    about="Jobs for workers, who claim them and say what came of them.",
    place=230,
    tag_place=280,
)

queues_of = one_by(QUEUE, "queue_id")

DEFAULT = "default"
"""The queue of whoever names none."""

Priority = Annotated[int, Field(strict=True, ge=0, le=2_097_152)]
Attempts = Annotated[int, Field(strict=True, ge=1, le=100)]


class TaskSubmitBody(Body):
    """A new job. Smaller priorities come first, 0 before all. A claim of it lasts `timeout_seconds`.

    `tenant_id` is the organization of the workspace, where it is given.
    """

    task_type: Label
    payload: Annotated[DataObject, Field(default_factory=dict)]
    queue_name: Label = DEFAULT
    priority: Priority = 0
    tenant_id: OrganizationRef | None = None
    max_attempts: Attempts = 3
    timeout_seconds: Annotated[int, Field(strict=True, ge=1, le=86_400)] = 300
    idempotency_key: Label | None = None


class TaskClaimBody(Body):
    """Who claims, and what: of one queue, and maybe of one type alone. `tenant_id` is as in a new job."""

    worker_id: Label
    queue_name: Label = DEFAULT
    task_type: Label | None = None
    tenant_id: OrganizationRef | None = None
    batch_size: Annotated[int, Field(strict=True, ge=1, le=MAX_BATCH)] = 1


class TaskHeartbeatBody(Body):
    """Which claim."""

    lease_token: LeaseToken


class TaskCompleteBody(Body):
    """Which claim, and what came of it."""

    lease_token: LeaseToken
    result: Data = None


class TaskFailBody(Body):
    """Which claim, and why it failed."""

    lease_token: LeaseToken
    error: Annotated[str, Text(1, 5_000, strip=False)]


@routes.post("/submit", "Submit a new job to the task queue", runs=submit_job, body=TaskSubmitBody, names_object=True)
async def submit(call: Call) -> OrkosiJobData:
    """The queue is created where there is none of the name. With an `idempotency_key` that the queue has, that job."""
    body = call.body(TaskSubmitBody)
    await require_organization(call, body.tenant_id)
    values = JobSubmit.of(
        workspace_id=await workspace_of(call),
        queue=body.queue_name,
        name=body.task_type,
        key=body.idempotency_key,
        data=body.payload,
        priority=body.priority,
        max_attempts=body.max_attempts,
        lease_seconds=body.timeout_seconds,
    )
    return job((await submit_job(call.ctx, values)).value, body.queue_name)


@routes.post(
    "/claim", "Claim the next jobs of a queue", runs=claim_jobs, body=TaskClaimBody, status=200, names_object=True
)
async def claim(call: Call) -> OrkosiJobData | list[OrkosiJobData] | None:
    """One job, or with a `batch_size` above 1 a list; null where none waits. It is the worker's for `timeout_seconds`,
    and as long again with each heartbeat."""
    body = call.body(TaskClaimBody)
    await require_organization(call, body.tenant_id)
    queue = await queue_of(call, body.queue_name)
    if queue is None:
        return None
    values = JobClaim.of(size=body.batch_size, name=body.task_type, worker=body.worker_id)
    claimed = [job(record, queue["name"]) for record in (await claim_jobs(call.ctx, queue["_id"], values)).value]
    if body.batch_size > 1:
        return claimed or None
    return claimed[0] if claimed else None


@routes.post("/{workId}/heartbeat", "Hold a claimed job for longer", runs=hold_job, body=TaskHeartbeatBody, status=200)
async def heartbeat(call: Call) -> OrkosiJobData:
    """For as long again. 409 where the claim is over."""
    values = JobHold.of(lease_token=call.body(TaskHeartbeatBody).lease_token)
    return await _shown(call, await hold_job(call.ctx, _job_id(call), values))


@routes.post("/{workId}/complete", "Complete a claimed job", runs=complete_job, body=TaskCompleteBody, status=200)
async def complete(call: Call) -> OrkosiJobData:
    """It is done, once. 409 where the claim is over."""
    body = call.body(TaskCompleteBody)
    values = JobComplete.of(lease_token=body.lease_token, result=body.result)
    return await _shown(call, await complete_job(call.ctx, _job_id(call), values))


@routes.post("/{workId}/fail", "Fail a claimed job", runs=fail_job, body=TaskFailBody, status=200)
async def fail(call: Call) -> OrkosiJobData:
    """It is begun again later, unless it was begun often enough. 409 where the claim is over."""
    body = call.body(TaskFailBody)
    values = JobFail.of(lease_token=body.lease_token, error=body.error)
    return await _shown(call, await fail_job(call.ctx, _job_id(call), values))


def _job_id(call: Call) -> ObjectId:
    return call.id("workId", Kind.JOB)


async def _shown(call: Call, done: Committed[JobRecord]) -> OrkosiJobData:
    [queue] = await queues_of(call.ctx, [done.value], frozenset({"name"}))
    return job(done.value, queue["name"])
