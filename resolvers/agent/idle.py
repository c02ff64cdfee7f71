"""Whether an agent need begin to work at all: asked before a model is, on indexes alone."""

from asyncio import gather
from dataclasses import dataclass
from typing import Annotated

from bson import ObjectId

from auth.policies import mission as policy
from models import Agent, Budget, Card, Mission
from models.agent_enums import IdleReason
from models.base import collection, utc_now
from models.enums import MissionStatus, TokenScope
from models.errors import NotFound
from models.records import WorkspaceMemberRecord
from resolvers.agent.agent import EXISTING
from resolvers.kit.context import Context
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import Caller, operation
from resolvers.kit.witness import is_any
from resolvers.usage.spending import Amount, as_of, has_room

LEAST = Amount(0, 1)
"""What any call of a model comes to."""
OPEN = {"archived": False, "completed_at": None}
"""A card that is left to do."""
SEEKING = "discovery"
"""A run that looks for work by itself."""

AgentName = Annotated[str, "The slug of the agent."]
RunMode = Annotated[
    str | None, "What it is about to do: `discovery` needs nothing that waits for it; `task` by default."
]


@dataclass(frozen=True, slots=True)
class IdleCheck:
    """Whether an agent need not begin to work, and why."""

    skip: bool
    reason: IdleReason | None = None


GO_ON = IdleCheck(skip=False)


@operation("agentIdleCheck", caller=Caller.ANYONE, read_only=True)
async def check_idle(
    ctx: Context, agent_name: AgentName, workspace_id: ObjectId | str | None = None, run_mode: RunMode = None
) -> IdleCheck:
    """Whether an agent need not begin to work; whoever is not signed in is told nothing of it: it is to go on."""
    if ctx.subject.user_id is None or workspace_id is None:
        return GO_ON
    return await find_idle(ctx, workspace_id, agent_name, run_mode)


@operation(
    "agentIdle",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.READ,
    scope=TokenScope.PILOTAGE_READ,
    read_only=True,
)
async def find_idle(
    ctx: Context, membership: WorkspaceMemberRecord, agent_name: AgentName, run_mode: RunMode = None
) -> IdleCheck:
    """Whether an agent need not begin to work at the moment, and why.

    Raises NotFound for an agent that the workspace has not.
    """
    workspace_id, organization_id = membership["workspace_id"], membership["organization_id"]
    agent = await collection(Agent).find_one(
        {"workspace_id": workspace_id, "slug": agent_name, **EXISTING}, {"user_id": 1, "paused_at": 1}
    )
    if agent is None:
        raise NotFound("Agent")
    if agent.get("paused_at") is not None:
        return IdleCheck(skip=True, reason=IdleReason.PAUSED)
    missions, open_card = {"agent_id": agent["_id"]}, {"workspace_id": workspace_id, **OPEN}
    running, queued, card, budgets = await gather(
        is_any(Mission, {**missions, "status": MissionStatus.RUNNING.value}),
        is_any(Mission, {**missions, "status": MissionStatus.QUEUED.value}),
        is_any(Card, {"assignee_id": agent["user_id"], **open_card}),
        collection(Budget).find({"subject_id": {"$in": [agent["_id"], workspace_id, organization_id]}}).to_list(),
    )
    if running:
        return IdleCheck(skip=True, reason=IdleReason.BUSY)
    if run_mode != SEEKING and not card and not queued:
        return IdleCheck(skip=True, reason=IdleReason.NO_TASKS)
    if not all(has_room(as_of(budget, utc_now()), LEAST) for budget in budgets):
        return IdleCheck(skip=True, reason=IdleReason.OVER_BUDGET)
    return GO_ON
