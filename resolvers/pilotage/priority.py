"""Priorities: what comes before the rest. With more than a few, nothing does: that is told, and not refused."""

from dataclasses import dataclass

from bson import ObjectId

from auth.policies import pilotage as policy
from models import PilotagePriority
from models.base import collection
from models.enums import TokenScope
from models.records import PilotagePriorityRecord, WorkspaceMemberRecord
from realtime.events.pilotage import PilotagePriorityCreated, PilotagePriorityDeleted, PilotagePriorityUpdated
from realtime.log import Committed
from resolvers.inputs.pilotage import PilotagePriorityCreate, PilotagePriorityUpdate
from resolvers.kit.context import Context
from resolvers.kit.nouns import PILOTAGE_PRIORITY, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.register.register import Register, create_in, delete_in, listed, update_in

WRITE = TokenScope.PILOTAGE_WRITE
FEW = 4
"""How many priorities may be active without a warning."""

PRIORITIES = Register(
    PILOTAGE_PRIORITY, PilotagePriorityCreated, PilotagePriorityUpdated, PilotagePriorityDeleted, most=500
)

priorities_of = listed(PILOTAGE_PRIORITY)
"""The priorities of a workspace, oldest first."""


@dataclass(frozen=True, slots=True)
class WarnedPriority:
    """A priority as it is now, and what is to be said of all that are active."""

    pilotage_priority: PilotagePriorityRecord
    warnings: list[str]


@operation("pilotagePriorityCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_priority(
    ctx: Context, membership: WorkspaceMemberRecord, values: PilotagePriorityCreate
) -> Committed[WarnedPriority]:
    """Set a priority of a workspace; above four active ones there is a warning."""
    return await _warned(await create_in(ctx, PRIORITIES, membership, values))


@operation("pilotagePriorityUpdate", opens=PILOTAGE_PRIORITY, permission=policy.WRITE, scope=WRITE)
async def update_priority(
    ctx: Context, door: PilotagePriorityRecord, values: PilotagePriorityUpdate
) -> Committed[WarnedPriority]:
    """Change a priority, or whether it is active; above four active ones there is a warning."""
    return await _warned(await update_in(ctx, PRIORITIES, door, values))


@operation("pilotagePriorityDelete", opens=PILOTAGE_PRIORITY, permission=policy.WRITE, scope=WRITE)
async def delete_priority(ctx: Context, door: PilotagePriorityRecord) -> Committed[ObjectId]:
    """Delete a priority; its todos stay."""
    return await delete_in(ctx, PRIORITIES, door)


async def _warned(done: Committed[PilotagePriorityRecord]) -> Committed[WarnedPriority]:
    active = {"workspace_id": done.value["workspace_id"], "active": True}
    count = await collection(PilotagePriority).count_documents(active, limit=PRIORITIES.most)
    return Committed(WarnedPriority(done.value, warnings_about(count)), done.cursor)


def warnings_about(active: int) -> list[str]:
    """What is to be said of so many active priorities."""
    return [] if active <= FEW else [f"{active} priorities are active; with more than {FEW}, nothing comes first"]
