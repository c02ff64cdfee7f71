"""Whether an agent need begin to work at all: asked before a model is, on indexes alone."""

from dataclasses import dataclass
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import mission as policy
from models import Agent, Budget, Card, Mission
from models.agent_enums import IdleReason
from models.base import Record, Recorded, aggregate, collection, utc_now
from models.enums import MissionStatus, TokenScope
from models.errors import NotFound
from models.records import WorkspaceMemberRecord
from resolvers.agent.agent import EXISTING
from resolvers.kit.context import Context
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import Caller, operation
from resolvers.usage.spending import Amount, as_of, has_room

LEAST = Amount(0, 1)
"""What any call of a model comes to."""
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
    found = await _standing(membership["workspace_id"], membership["organization_id"], agent_name)
    if found is None:
        raise NotFound("Agent")
    if found.get("paused_at") is not None:
        return IdleCheck(skip=True, reason=IdleReason.PAUSED)
    if found["running"]:
        return IdleCheck(skip=True, reason=IdleReason.BUSY)
    if run_mode != SEEKING and not found["cards"] and not found["queued"]:
        return IdleCheck(skip=True, reason=IdleReason.NO_TASKS)
    if not all(has_room(as_of(budget, utc_now()), LEAST) for budget in found["budgets"]):
        return IdleCheck(skip=True, reason=IdleReason.OVER_BUDGET)
    return GO_ON


async def _standing(workspace_id: ObjectId, organization_id: ObjectId, slug: str) -> Record | None:
    """An agent with one of each of what keeps it busy, and the budgets over it, in one query; None for none."""
    open_card = {"workspace_id": workspace_id, "archived": False, "completed_at": None}
    subjects = {"$addFields": {"subjects": ["$_id", workspace_id, organization_id]}}
    pipeline: list[Record] = [
        {"$match": {"workspace_id": workspace_id, "slug": slug, **EXISTING}},
        {"$project": {"user_id": 1, "paused_at": 1}},
        _first("running", Mission, "_id", "agent_id", {"status": MissionStatus.RUNNING.value}),
        _first("queued", Mission, "_id", "agent_id", {"status": MissionStatus.QUEUED.value}),
        _first("cards", Card, "user_id", "assignee_id", open_card),
        subjects,
        {"$lookup": _among(Budget, "subjects", "subject_id", "budgets")},
    ]
    return next(iter(await aggregate(Agent, pipeline)), None)


def _first(name: str, model: type[Recorded[Any]], key: str, foreign: str, where: Record) -> Record:
    """The stage that looks up one of what leads to an agent."""
    one = [{"$match": where}, {"$limit": 1}, {"$project": {"_id": 1}}]
    return {"$lookup": {**_among(model, key, foreign, name), "pipeline": one}}


def _among(model: type[Recorded[Any]], key: str, foreign: str, name: str) -> Record:
    return {"from": collection(model).name, "localField": key, "foreignField": foreign, "as": name}
