"""Workers: whoever claims jobs of a workspace and says what they are called."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import job as policy
from models import Job, Worker
from models.base import aggregate, collection, to_record, utc_now
from models.enums import JobState, TokenScope
from models.ids import among
from models.records import JobRecord, WorkerRecord, WorkspaceMemberRecord
from realtime.log import Change
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKER, WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import pages_by

READ = TokenScope.PILOTAGE_READ

MAX_WORKERS = 1_000
"""Of one workspace; those that come then are not remembered."""
KEPT = timedelta(days=1)
"""How long one is remembered that is not seen any more."""

workers_of = pages_by(WORKER, "workspace_id")
"""The workers of each workspace, oldest first."""


@operation("workers", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_workers(ctx: Context, membership: WorkspaceMemberRecord) -> list[WorkerRecord]:
    """The workers of a workspace that were seen within a day, by name; 1,000 at most."""
    found = collection(Worker).find({"workspace_id": membership["workspace_id"]})
    return await found.sort("name", 1).limit(MAX_WORKERS).to_list()


@edge(scope=READ)
async def held_of_workers(ctx: Context, workers: Sequence[WorkerRecord], fields: Fields) -> list[int]:
    """How many jobs each worker holds."""
    found = await held_by_name(list({worker["workspace_id"] for worker in workers}))
    return [found.get((worker["workspace_id"], worker["name"]), 0) for worker in workers]


async def held_by_name(workspace_ids: Sequence[ObjectId]) -> dict[tuple[ObjectId, str | None], int]:
    """How many jobs are held in workspaces, by the name of whoever holds them; None for those who have none."""
    live = {
        "workspace_id": among(workspace_ids),
        "state": JobState.ACTIVE.value,
        "lease_until": {"$gt": utc_now()},
    }
    by_name = {"workspace": "$workspace_id", "worker": "$worker"}
    rows = await aggregate(Job, [{"$match": live}, {"$group": {"_id": by_name, "count": {"$sum": 1}}}])
    return {(row["_id"]["workspace"], row["_id"].get("worker")): row["count"] for row in rows}


async def note_claim(change: Change, workspace_id: ObjectId, name: str, many: int) -> None:
    """A worker was given so many jobs."""
    seen = {"seen_at": change.at, "expires_at": change.at + KEPT}
    mine = {"workspace_id": workspace_id, "name": name}
    workers = collection(Worker)
    update = {"$set": seen, "$inc": {"claimed": many}}
    if (await workers.update_one(mine, update, session=change.session)).matched_count:
        return
    there = {"workspace_id": workspace_id}
    if await workers.count_documents(there, limit=MAX_WORKERS, session=change.session) >= MAX_WORKERS:
        return
    worker = to_record(Worker(**mine, **seen, claimed=many, created_at=change.at))
    try:
        await workers.insert_one(worker, session=change.session)
    except DuplicateKeyError as error:
        error._add_error_label("TransientTransactionError")  # it claims from another queue at the same moment
        raise


async def note_end(change: Change, job: JobRecord, how: Literal["completed", "failed", "lost"]) -> None:
    """A claim of a job is over; one that was lost is no sign of its worker."""
    if (name := job.get("worker")) is None:
        return
    mine = {"workspace_id": job["workspace_id"], "name": name}
    seen = {} if how == "lost" else {"$set": {"seen_at": change.at, "expires_at": change.at + KEPT}}
    await collection(Worker).update_one(mine, {"$inc": {how: 1}} | seen, session=change.session)
