"""Decisions, each in the cycle in which it was made."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from auth.policies import pilotage as policy
from models.base import AnyRecord
from models.enums import TokenScope
from models.records import DecisionRecord, WorkspaceMemberRecord
from realtime.events.pilotage import DecisionCreated, DecisionDeleted, DecisionUpdated
from realtime.log import Change, Committed
from resolvers.inputs.pilotage import DecisionCreate, DecisionUpdate
from resolvers.kit.context import Context
from resolvers.kit.nouns import DECISION, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.page import NEWEST_FIRST, pages_by
from resolvers.pilotage.cycle import open_cycle
from resolvers.register.register import Register, create_in, delete_in, update_in

WRITE = TokenScope.PILOTAGE_WRITE


async def _following(change: Change, before: AnyRecord, _values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {} if "cycle" in before else {"cycle": await open_cycle(change, before["workspace_id"])}


DECISIONS = Register(DECISION, DecisionCreated, DecisionUpdated, DecisionDeleted, most=5_000, follow=_following)

decisions_of = pages_by(DECISION, "workspace_id", sort=NEWEST_FIRST)
"""The decisions of a workspace, newest first."""


@operation("decisionCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_decision(
    ctx: Context, membership: WorkspaceMemberRecord, values: DecisionCreate
) -> Committed[DecisionRecord]:
    """Record a decision in the cycle that is open."""
    return await create_in(ctx, DECISIONS, membership, values)


@operation("decisionUpdate", opens=DECISION, permission=policy.WRITE, scope=WRITE)
async def update_decision(ctx: Context, door: DecisionRecord, values: DecisionUpdate) -> Committed[DecisionRecord]:
    """Change what is recorded of a decision."""
    return await update_in(ctx, DECISIONS, door, values)


@operation("decisionDelete", opens=DECISION, permission=policy.WRITE, scope=WRITE)
async def delete_decision(ctx: Context, door: DecisionRecord) -> Committed[ObjectId]:
    """Delete a decision."""
    return await delete_in(ctx, DECISIONS, door)
