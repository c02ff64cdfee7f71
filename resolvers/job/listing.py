"""The jobs of queues: listed by where they stand, and counted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import job as policy
from models import Job
from models.base import Record, aggregate
from models.enums import JobState, TokenScope
from models.records import JobRecord, QueueRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import QUEUE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages
from resolvers.kit.page_query import Sort

READ = TokenScope.PILOTAGE_READ
OPEN = (JobState.WAITING, JobState.DELAYED, JobState.ACTIVE)
ENDED = (JobState.COMPLETED, JobState.FAILED)

_IN_TURN: Sort = [("priority", 1), ("_id", 1)]
_LAST_ENDED_FIRST: Sort = [("finished_at", -1), ("_id", -1)]

State = Annotated[JobState | None, "Where they stand; all of them by default."]
Prioritized = Annotated[bool | None, "With a state: whether their priority is above 0; either by default."]


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs of a queue have not ended. `prioritized` are those of the waiting ones with a priority above 0."""

    waiting: int = 0
    prioritized: int = 0
    delayed: int = 0
    active: int = 0


@edge(scope=READ)
async def jobs_of(
    ctx: Context,
    queues: Sequence[QueueRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    state: JobState | None = None,
    prioritized: bool | None = None,
) -> list[Page[JobRecord]]:
    """The jobs of each queue, newest first; of a state in turn, or the last that ended first."""
    ids = [queue["_id"] for queue in queues]
    sort, where = _list_of(state, prioritized)
    found = await pages(Job, "queue_id", ids, Window.read(first, after), sort=sort, where=where, fields=fields)
    return [found[queue_id] for queue_id in ids]


@operation("jobs", opens=QUEUE, permission=policy.READ, scope=READ, read_only=True)
async def list_jobs(
    ctx: Context, queue: QueueRecord, window: Window, state: State = None, prioritized: Prioritized = None
) -> Page[JobRecord]:
    """A page of the jobs of a queue: newest first, those of a state in turn, those that ended the last one first."""
    sort, where = _list_of(state, prioritized)
    return (await pages(Job, "queue_id", [queue["_id"]], window, sort=sort, where=where))[queue["_id"]]


def _list_of(state: JobState | None, prioritized: bool | None) -> tuple[Sort, Mapping[str, Any]]:
    """How a list of jobs is sorted, and which these are: in the order of an index."""
    if state is None:
        return NEWEST_FIRST, {}
    where: Record = {"state": JobState(state).value}
    if prioritized is not None:
        where["priority"] = {"$gt": 0} if prioritized else 0
    return _LAST_ENDED_FIRST if state in ENDED else _IN_TURN, where


@edge(scope=READ)
async def counts_of(ctx: Context, queues: Sequence[QueueRecord], fields: Fields) -> list[JobCounts]:
    """How many jobs of each queue have not ended, by where they stand."""
    found = await count_jobs(queues)
    return [found[queue["_id"]] for queue in queues]


async def count_jobs(queues: Sequence[QueueRecord]) -> dict[ObjectId, JobCounts]:
    """The same, by their ids. A queue has a bound of these, and those that have ended are counted in it.

    A query for each workspace: the embedded database reads all jobs of several queues, those that have ended too,
    where one condition names the queues and another the states.
    """
    of_workspaces: dict[ObjectId, list[ObjectId]] = {}
    for queue in queues:
        of_workspaces.setdefault(queue["workspace_id"], []).append(queue["_id"])
    found = await asyncio.gather(*(_open_jobs(*each) for each in of_workspaces.items()))
    counted: dict[ObjectId, dict[str, int]] = {queue["_id"]: {} for queue in queues}
    for row in chain.from_iterable(found):
        if (counts := counted.get(row["_id"]["queue"])) is None:
            continue
        counts[row["_id"]["state"]] = row["count"]
        if row["_id"]["state"] == JobState.WAITING:
            counts["prioritized"] = row["above"]
    return {queue_id: JobCounts(**counts) for queue_id, counts in counted.items()}


async def _open_jobs(workspace_id: ObjectId, queue_ids: Sequence[ObjectId]) -> list[Any]:
    """The jobs of queues of a workspace that have not ended, counted by queue and state; of other queues as well."""
    where: Record = {"queue_id": queue_ids[0]} if len(queue_ids) == 1 else {"workspace_id": workspace_id}
    where["state"] = {"$in": [state.value for state in OPEN]}
    above = {"$sum": {"$cond": [{"$gt": ["$priority", 0]}, 1, 0]}}
    group = {"_id": {"queue": "$queue_id", "state": "$state"}, "count": {"$sum": 1}, "above": above}
    return await aggregate(Job, [{"$match": where}, {"$group": group}])
