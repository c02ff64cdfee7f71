"""What ended lately in a queue is counted as it ends, however much that is, and no job is read for it."""

from datetime import timedelta
from typing import Any

import pytest

from models import Job, Queue
from models.base import collection, utc_now
from models.enums import JobState
from models.ids import Kind, new_id
from models.records import QueueRecord, WorkspaceRecord
from resolvers.inputs.job import JobComplete
from resolvers.job.factory import get_factory
from resolvers.job.job import complete_job
from resolvers.job.lately import PART, count_of, ended_since, part_of
from resolvers.job.listing import counts_of
from resolvers.kit.context import Context
from tests.resolvers.jobs import claim, put
from tests.resolvers.lab import again
from tests.resolvers.test_indexes import recorded


async def test_what_failed_is_told_beside_however_much_that_was_done(
    owner: Context, workspace: WorkspaceRecord, queue: QueueRecord
) -> None:
    # Given a queue in which thousands were done and failed within the hour, and others long before
    now = utc_now()
    ended = {count_of(JobState.COMPLETED, now): 20_000, count_of(JobState.FAILED, now - timedelta(minutes=50)): 9_000}
    before = {count_of(JobState.COMPLETED, now - timedelta(hours=1, minutes=10)): 7}
    await collection(Queue).update_one({"_id": queue["_id"]}, {"$inc": {**ended, **before}})

    # When another job is done
    await put(owner, queue)
    [held] = await claim(owner, queue)
    await complete_job(again(owner), held["_id"], JobComplete(lease_token=1))
    factory = await get_factory(again(owner), workspace["_id"])

    # Then
    assert (factory.completed_lately, factory.failed_lately) == (20_001, 9_000)
    assert [alert.count for alert in factory.alerts] == [9_000]


async def test_parts_that_are_over_go_when_the_queue_is_given_a_job_and_one_of_before_has_none(
    owner: Context, queue: QueueRecord
) -> None:
    # Given
    now = utc_now()
    old = {count_of(JobState.COMPLETED, now - timedelta(hours=hours)): 1 for hours in (1, 3, 30)}
    await collection(Queue).update_one({"_id": queue["_id"]}, {"$inc": old})

    # When
    await put(owner, queue)

    # Then
    stored = await collection(Queue).find_one({"_id": queue["_id"]})
    assert stored is not None
    assert list(stored["lately"]) == [str(part_of(now - timedelta(hours=1)))]
    assert ended_since({"_id": queue["_id"]}, now - PART) == (0, 0)


@pytest.mark.parametrize("many", [1, 2])
async def test_open_jobs_are_counted_without_those_that_have_ended(
    owner: Context, workspace: WorkspaceRecord, queue: QueueRecord, many: int
) -> None:
    # Given queues with few jobs that are open, and many that are not
    others: list[QueueRecord] = [{**queue, "_id": new_id(Kind.QUEUE)} for _ in range(many - 1)]

    def job(queue_id: object, state: str, priority: int) -> Any:
        job_id = new_id(Kind.JOB)
        place = {"queue_id": queue_id, "workspace_id": workspace["_id"], "key": str(job_id), "name": "Send"}
        return {"_id": job_id, **place, "state": state, "priority": priority, "lease_until": None, "run_at": utc_now()}

    standing = [("waiting", 0), ("waiting", 3), ("active", 0), *[("completed", 0)] * 40]
    queues = [queue, *others]
    await collection(Job).insert_many([job(one["_id"], *each) for one in queues for each in standing])

    with recorded() as queries:
        counted = await counts_of(again(owner), queues, None)

    assert [(each.waiting, each.prioritized, each.active) for each in counted] == [(2, 1, 1)] * many
    [conditions] = [where for _, name, where in queries if name == "jobs"]
    assert not [key for key in conditions if key != "state" and isinstance(conditions[key], dict)]
