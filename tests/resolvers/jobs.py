"""Jobs of one queue, for tests."""

from datetime import timedelta
from typing import Any

from models import Job, Queue
from models.base import collection, utc_now
from models.records import JobRecord, QueueRecord
from resolvers.inputs.job import JobClaim, JobCreate
from resolvers.job.job import claim_jobs, create_job
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again


async def put(owner: Context, queue: QueueRecord, **values: Any) -> JobRecord:
    given = {"queueId": queue["_id"], "name": "Send", **values}
    return (await create_job(again(owner), read_input(JobCreate, given))).value


async def claim(owner: Context, queue: QueueRecord, size: int = 1) -> list[JobRecord]:
    return (await claim_jobs(again(owner), queue["_id"], JobClaim(size=size))).value


async def stored(job: JobRecord) -> JobRecord:
    found = await collection(Job).find_one({"_id": job["_id"]})
    assert found is not None
    return found


async def end_lease(job: JobRecord, after: timedelta = timedelta()) -> None:
    """Have the lease of a job end by the clock, now or after a while."""
    await collection(Job).update_one({"_id": job["_id"]}, {"$set": {"lease_until": utc_now() + after}})


async def open_jobs(queue: QueueRecord) -> tuple[int, int]:
    found = await collection(Queue).find_one({"_id": queue["_id"]})
    assert found is not None
    return found["open"], found["open_bytes"]
