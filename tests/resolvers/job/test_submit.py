"""Jobs for queues that are called by their names."""

import asyncio

import pytest

from models import Queue
from models.base import collection
from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.inputs.job import JobClaim, JobSubmit
from resolvers.job.job import claim_jobs, submit_job
from resolvers.kit.context import Context
from tests.resolvers.jobs import open_jobs
from tests.resolvers.lab import again


async def test_a_job_for_a_queue_that_is_not_there_creates_it_once(owner: Context, workspace: WorkspaceRecord) -> None:
    submitted = [
        JobSubmit.of(workspace_id=workspace["_id"], queue="Reports", name=name, key=name)
        for name in ("Count", "Sum", "Sum")
    ]

    count, first, again_ = [
        done.value for done in await asyncio.gather(*(submit_job(again(owner), v) for v in submitted))
    ]
    [queue] = await collection(Queue).find({"workspace_id": workspace["_id"]}).to_list()
    claimed = (await claim_jobs(again(owner), queue["_id"], JobClaim(size=9, name="Sum", worker="w-1"))).value

    assert (first["_id"], {count["queue_id"], first["queue_id"]}) == (again_["_id"], {queue["_id"]})
    assert [(job["_id"], job["worker"]) for job in claimed] == [(first["_id"], "w-1")]
    assert await open_jobs(queue) == (2, 8)
    with pytest.raises(BadUserInput):
        await submit_job(again(owner), JobSubmit.of(workspace_id=workspace["_id"], queue="R", name="N", key="tick:1"))
