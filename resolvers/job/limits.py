"""How much of a workspace's queues may be done at a time: looked at where jobs are given out."""

from bson import ObjectId

from models import Job, Workspace
from models.base import collection
from models.enums import JobState
from models.errors import NotFound
from realtime.log import Change
from resolvers.inputs.job import MAX_HELD


async def room_for(change: Change, workspace_id: ObjectId, worker: str | None, wanted: int) -> int:
    """How many jobs a worker may be given just now, of so many that it asks for.

    What is held are the leases that have not ended, so that a worker which dies takes no place for longer than its
    lease. Whoever does not say what they are called are one worker.
    """
    limits = {"worker_count": 1, "max_concurrent": 1}
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, limits, session=change.session)
    if workspace is None:
        raise NotFound("Workspace")
    workers, most = workspace.get("worker_count"), workspace.get("max_concurrent")
    if workers is None and most is None:
        return wanted
    most = most or MAX_HELD
    live = {
        "workspace_id": workspace_id,
        "state": JobState.ACTIVE.value,
        "lease_until": {"$gt": change.at},
    }
    held = await collection(Job).find(live, {"worker": 1}, session=change.session).limit(most).to_list()
    at_work = {job.get("worker") for job in held}
    room = min(wanted, most - len(held))
    if room <= 0 or (workers is not None and worker not in at_work and len(at_work) >= workers):
        return 0
    # Claims from other queues of the workspace run beside this one: two of them meet here.
    await collection(Workspace).update_one({"_id": workspace_id}, {"$inc": {"claims": 1}}, session=change.session)
    return room
