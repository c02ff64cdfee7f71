"""Objectives: what a workspace wants to reach. One of the published interfaces calls them missions."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from auth.policies import pilotage as policy
from models.base import AnyRecord
from models.enums import TokenScope
from models.pilotage_enums import ObjectiveStatus
from models.records import ObjectiveRecord, WorkspaceMemberRecord
from realtime.events.pilotage import ObjectiveCreated, ObjectiveDeleted, ObjectiveUpdated
from realtime.log import Change, Committed
from resolvers.inputs.pilotage import ObjectiveCreate, ObjectiveUpdate
from resolvers.kit.context import Context
from resolvers.kit.nouns import OBJECTIVE, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.pilotage.cycle import finishing
from resolvers.register.register import Register, create_in, delete_in, listed, update_in

WRITE = TokenScope.PILOTAGE_WRITE


async def _following(change: Change, before: AnyRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reason goes with the status that it is for."""
    leaves = values.get("status", ObjectiveStatus.BLOCKED) != ObjectiveStatus.BLOCKED
    cleared = {"blocked_reason": None} if leaves and not values.get("blocked_reason") else {}
    return {**await finishing(change, before, values), **cleared}


OBJECTIVES = Register(OBJECTIVE, ObjectiveCreated, ObjectiveUpdated, ObjectiveDeleted, most=2_000, follow=_following)

objectives_of = listed(OBJECTIVE)
"""The objectives of a workspace, oldest first."""


@operation("objectiveCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_objective(
    ctx: Context, membership: WorkspaceMemberRecord, values: ObjectiveCreate
) -> Committed[ObjectiveRecord]:
    """Set an objective of a workspace."""
    return await create_in(ctx, OBJECTIVES, membership, values)


@operation("objectiveUpdate", opens=OBJECTIVE, permission=policy.WRITE, scope=WRITE)
async def update_objective(ctx: Context, door: ObjectiveRecord, values: ObjectiveUpdate) -> Committed[ObjectiveRecord]:
    """Change an objective, or its status."""
    return await update_in(ctx, OBJECTIVES, door, values)


@operation("objectiveDelete", opens=OBJECTIVE, permission=policy.WRITE, scope=WRITE)
async def delete_objective(ctx: Context, door: ObjectiveRecord) -> Committed[ObjectId]:
    """Delete an objective; its todos stay."""
    return await delete_in(ctx, OBJECTIVES, door)
