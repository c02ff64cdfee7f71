"""The factory: all that works on the queues of a workspace, how much of it may at a time, and what is wrong with it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from auth.policies import job as policy
from models import Job, Queue, Worker, Workspace
from models.base import Record, collection, utc_now
from models.enums import JobState, TokenScope
from models.errors import NotFound
from models.job import FactoryAlertKind
from models.records import QueueRecord, WorkspaceMemberRecord, WorkspaceRecord
from realtime.events.workspace import WorkspaceUpdated
from realtime.log import Change, Committed
from resolvers.inputs.job import MAX_HELD, FactoryUpdate
from resolvers.job.lately import ended_since
from resolvers.job.listing import count_jobs
from resolvers.job.worker import MAX_WORKERS, held_by_name
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.server_role import runs_installation

LATELY = timedelta(hours=1)
LONG = timedelta(minutes=10)
"""That a job waits before it is told."""
TAKEN_BACK = timedelta(seconds=5)
"""After a claim has ended; it takes the clock a second."""
FAILING, FEW = 0.2, 5
"""Which share of a queue's jobs fails before it is told, and of how many at least."""
MOST = 10_000
"""Jobs that are counted of what is told."""


@dataclass(frozen=True, slots=True)
class FactoryAlert:
    """What is wrong, with how many jobs; of one queue, by its name, or of all."""

    kind: FactoryAlertKind
    count: int
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Factory:
    """What works on the queues of a workspace. `process_ids` are None for whoever does not run the installation."""

    worker_count: int | None
    max_concurrent: int | None
    workers: int
    working: int
    held: int
    waiting: int
    delayed: int
    active: int
    completed_lately: int
    failed_lately: int
    alerts: Sequence[FactoryAlert]
    process_ids: Sequence[int] | None


@operation(
    "factory",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.READ,
    scope=TokenScope.PILOTAGE_READ,
    read_only=True,
)
async def get_factory(ctx: Context, membership: WorkspaceMemberRecord) -> Factory:
    """What works on the queues of a workspace at the moment, and what is wrong with it."""
    workspace_id, now = membership["workspace_id"], utc_now()
    there = {"workspace_id": workspace_id}
    limits = await collection(Workspace).find_one({"_id": workspace_id}, {"worker_count": 1, "max_concurrent": 1})
    if limits is None:
        raise NotFound("Workspace")
    queues = await collection(Queue).find(there).to_list()
    counts = await count_jobs(queues)
    ended = {queue["_id"]: ended_since(queue, now - LATELY) for queue in queues}
    held = await held_by_name([workspace_id])
    return Factory(
        worker_count=limits.get("worker_count"),
        max_concurrent=limits.get("max_concurrent"),
        workers=await collection(Worker).count_documents(there, limit=MAX_WORKERS),
        working=sum(name is not None for _, name in held),
        held=sum(held.values()),
        waiting=sum(each.waiting for each in counts.values()),
        delayed=sum(each.delayed for each in counts.values()),
        active=sum(each.active for each in counts.values()),
        completed_lately=sum(done for done, _ in ended.values()),
        failed_lately=sum(failed for _, failed in ended.values()),
        alerts=[*await _overdue(workspace_id, queues, now), *_failing(queues, ended)],
        process_ids=[os.getpid()] if await runs_installation(ctx) else None,
    )


@operation(
    "factoryUpdate",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.MANAGE,
    scope=TokenScope.PILOTAGE_WRITE,
)
async def update_factory(
    ctx: Context, membership: WorkspaceMemberRecord, values: FactoryUpdate
) -> Committed[WorkspaceRecord]:
    """Say how many workers may hold jobs of a workspace's queues at a time, and how many jobs."""
    workspace_id = membership["workspace_id"]

    async def body(change: Change) -> WorkspaceRecord:
        workspace, differs = await set_fields(change, Workspace, workspace_id, values.given())
        # Who holds jobs is found out by looking at all that are held.
        if workspace.get("worker_count") is not None and workspace.get("max_concurrent") is None:
            workspace, _ = await set_fields(change, Workspace, workspace_id, {"max_concurrent": MAX_HELD})
            differs = True
        if differs:
            change.append(workspace_id, WorkspaceUpdated(workspace=workspace))
        return workspace

    return await ctx.write(workspace_id, body)


async def _overdue(workspace_id: ObjectId, queues: Sequence[QueueRecord], now: datetime) -> list[FactoryAlert]:
    """What is held longer than its lease, and what waits for long though nobody has paused it."""
    active, waiting = JobState.ACTIVE.value, JobState.WAITING.value
    paused = [queue["_id"] for queue in queues if queue["is_paused"]]
    kinds: dict[FactoryAlertKind, Record] = {
        FactoryAlertKind.LEASE_EXPIRED: {"state": active, "lease_until": {"$lte": now - TAKEN_BACK}},
        FactoryAlertKind.WAITING_LONG: {
            "state": waiting,
            "lease_until": None,
            "run_at": {"$lte": now - LONG},
        },
    }
    if paused:
        kinds[FactoryAlertKind.WAITING_LONG]["queue_id"] = {"$nin": paused}
    found: list[FactoryAlert] = []
    for kind, where in kinds.items():
        count = await collection(Job).count_documents({"workspace_id": workspace_id, **where}, limit=MOST)
        found += [FactoryAlert(kind, count)] if count else []
    return found


def _failing(queues: Sequence[QueueRecord], ended: dict[ObjectId, tuple[int, int]]) -> list[FactoryAlert]:
    """The queues whose jobs fail lately."""
    found: list[FactoryAlert] = []
    for queue in queues:
        done, failed = ended.get(queue["_id"], (0, 0))
        if done + failed >= FEW and failed / (done + failed) > FAILING:
            found.append(FactoryAlert(FactoryAlertKind.FAILING, failed, queue["name"]))
    return found
