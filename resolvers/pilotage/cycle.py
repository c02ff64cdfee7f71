"""The cycles of a pilotage, counted from 1: what is done and decided belongs to the one that is open then."""

from collections.abc import Mapping
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import pilotage as policy
from models import Workspace
from models.base import AnyRecord, collection, with_changes
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from realtime.events.pilotage import PilotageCycleClosed
from realtime.log import Change, Committed
from resolvers.kit.context import Context
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation


@operation(
    "pilotageCycleClose",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.WRITE,
    scope=TokenScope.PILOTAGE_WRITE,
)
async def close_cycle(
    ctx: Context,
    membership: WorkspaceMemberRecord,
    cycle: Annotated[int, "The number of the cycle to close, which has to be the open one: it is closed once."],
) -> Committed[WorkspaceRecord]:
    """Close the open cycle of a workspace's pilotage; the next one begins.

    What is done and decided from then on belongs to the next one. Raises Conflict where another cycle is open.
    """
    workspace_id = membership["workspace_id"]

    async def body(change: Change) -> WorkspaceRecord:
        before = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
        if before is None:
            raise NotFound("Workspace")
        if (now := cycle_of(before)) != cycle:
            raise Conflict(f"The open cycle is {now}", field="cycle", current=now)
        changes = {"pilotage_cycle": now + 1, "updated_at": change.at}
        await collection(Workspace).update_one({"_id": workspace_id}, {"$set": changes}, session=change.session)
        workspace = with_changes(before, changes)
        change.append(workspace_id, PilotageCycleClosed(workspace=workspace))
        return workspace

    return await ctx.write(workspace_id, body)


async def open_cycle(change: Change, workspace_id: ObjectId) -> int:
    """The cycle of a workspace's pilotage that is open within a change."""
    found = await collection(Workspace).find_one({"_id": workspace_id}, {"pilotage_cycle": 1}, session=change.session)
    if found is None:
        raise NotFound("Workspace")
    return cycle_of(found)


def cycle_of(workspace: WorkspaceRecord) -> int:
    """The same of a record that was read; one of before has no cycle yet, and is in the first."""
    return int(workspace.get("pilotage_cycle", 1))


async def finishing(change: Change, before: AnyRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """When what has a status was done, and in which cycle: as long as it is."""
    is_done = values.get("status", before.get("status")) == "done"
    if is_done is (before.get("done_at") is not None):
        return {}
    if not is_done:
        return {"done_at": None, "done_cycle": None}
    return {"done_at": change.at, "done_cycle": await open_cycle(change, before["workspace_id"])}
