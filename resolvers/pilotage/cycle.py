"""The cycles of a pilotage, counted from 1: what is done and decided belongs to the one that is open then."""

from typing import Annotated

from auth.policies import pilotage as policy
from models import Workspace
from models.base import collection, with_changes
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from realtime.events.pilotage import PilotageCycleClosed
from realtime.log import Change, Committed
from resolvers.kit.context import Context
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.pilotage.register import cycle_of


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
