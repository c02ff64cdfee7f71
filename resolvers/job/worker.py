"""Workers: whoever claims jobs of a workspace and says what they are called."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bson import ObjectId
from pymongo import UpdateOne
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


Deed = Literal["claimed", "completed", "failed", "lost"]


@dataclass(frozen=True, slots=True)
class _Note:
    """What a worker of a workspace did, and how often."""

    workspace_id: ObjectId
    name: str
    deed: Deed
    many: int = 1


def note_claim(change: Change, workspace_id: ObjectId, name: str, many: int) -> None:
    """A worker was given so many jobs."""
    change.write_last(_write, _Note(workspace_id, name, "claimed", many))


def note_end(change: Change, job: JobRecord, how: Deed) -> None:
    """A claim of a job is over; one that was lost is no sign of its worker."""
    if (name := job.get("worker")) is not None:
        change.write_last(_write, _Note(job["workspace_id"], name, how))


async def _write(change: Change, notes: Sequence[_Note]) -> None:
    """Write what workers of one workspace did, at the end of a transaction."""
    deeds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for note in notes:
        deeds[note.name][note.deed] += note.many
    seen = {"seen_at": change.at, "expires_at": change.at + KEPT}
    there = {"workspace_id": notes[0].workspace_id}
    updates = [
        UpdateOne({**there, "name": name}, {"$inc": dict(done)} | ({"$set": seen} if done.keys() - {"lost"} else {}))
        for name, done in deeds.items()
    ]
    written = await collection(Worker).bulk_write(updates, session=change.session)
    if written.matched_count < len(updates):
        await _remember(change, notes[0].workspace_id, {name: done["claimed"] for name, done in deeds.items()})


async def _remember(change: Change, workspace_id: ObjectId, claimed: Mapping[str, int]) -> None:
    """Remember those who have claimed something and are not known yet, where there is room."""
    workers, there = collection(Worker), {"workspace_id": workspace_id}
    named = workers.find({**there, "name": {"$in": list(claimed)}}, {"name": 1}, session=change.session)
    known = {worker["name"] for worker in await named.to_list()}
    seen = {"seen_at": change.at, "expires_at": change.at + KEPT, "created_at": change.at}
    new = [to_record(Worker(**there, **seen, name=name, claimed=many)) for name, many in claimed.items() if many]
    new = [worker for worker in new if worker["name"] not in known]
    room = MAX_WORKERS - await workers.count_documents(there, limit=MAX_WORKERS, session=change.session) if new else 0
    for worker in new[:room]:
        try:
            await workers.insert_one(worker, session=change.session)
        except DuplicateKeyError as error:
            error._add_error_label("TransientTransactionError")  # it claims from another queue at the same moment
            raise
