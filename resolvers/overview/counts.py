"""How many agents, cards and projects a workspace has: the cards as their lanes count them, so that none is read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bson import ObjectId

from auth.policies import board
from models import Agent, Lane, Project
from models.agent_enums import AgentStatus
from models.base import AnyRecord, collection
from models.card_enums import CardStage
from models.enums import TokenScope
from models.ids import among
from models.records import WorkspaceMemberRecord
from resolvers.agent.agent import EXISTING
from resolvers.agent.presence import NEEDS, status_of_agents
from resolvers.column.stage import stages_where
from resolvers.kit.context import Context
from resolvers.kit.load import counts
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import Caller, edge, operation
from resolvers.kit.tombstone import standing

READ, AGENTS_READ = TokenScope.PROJECTS_READ, TokenScope.PILOTAGE_READ
_COUNTED = {"workspace_id": 1, "column_id": 1, "open": 1, "archived": 1}


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many cards are at a stage."""

    stage: CardStage
    count: int


@dataclass(frozen=True, slots=True)
class AgentCount:
    """How many agents are about the same."""

    status: AgentStatus
    count: int


@dataclass(frozen=True, slots=True)
class WorkspaceCounts:
    """How much there is in a workspace. `cards` are those that are not archived, `pending` those of them whose work has
    not started. What is told of agents is None for whoever may not read them."""

    agents: int | None
    cards: int
    projects: int
    pending: int
    cards_by_stage: list[StageCount]
    agents_by_status: list[AgentCount] | None


@operation("dashboard", caller=Caller.ANYONE, read_only=True)
async def get_dashboard(ctx: Context, workspace_id: ObjectId | str | None = None) -> WorkspaceCounts | None:
    """How much there is in a workspace; whoever is not signed in is told nothing of it."""
    if ctx.subject.user_id is None or workspace_id is None:
        return None
    return await get_workspace_counts(ctx, workspace_id)


@operation("workspaceCounts", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def get_workspace_counts(ctx: Context, membership: WorkspaceMemberRecord) -> WorkspaceCounts:
    """How many agents, cards and projects a workspace has."""
    return (await counts_of_workspace(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@edge(scope=READ)
async def counts_of_workspace(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[WorkspaceCounts]:
    """The same of each workspace."""
    ids = [workspace["_id"] for workspace in workspaces]
    statuses = await _by_status(ctx, ids) if ctx.subject.may(AGENTS_READ) else {}
    projects = await counts(Project, "workspace_id", ids)
    stages = await _by_stage(ids)
    return [_counts(statuses.get(each), stages[each], projects.get(each, 0)) for each in ids]


def _counts(statuses: Counter[AgentStatus] | None, stages: Counter[CardStage | None], projects: int) -> WorkspaceCounts:
    return WorkspaceCounts(
        agents=None if statuses is None else statuses.total(),
        cards=stages[None],
        projects=projects,
        pending=stages[CardStage.TODO],
        cards_by_stage=[StageCount(stage, stages[stage]) for stage in CardStage],
        agents_by_status=None if statuses is None else [AgentCount(status, statuses[status]) for status in AgentStatus],
    )


async def _by_status(ctx: Context, workspace_ids: Sequence[ObjectId]) -> dict[ObjectId, Counter[AgentStatus]]:
    """How many agents of each workspace are about what."""
    inside = {"workspace_id": among(workspace_ids), **EXISTING}
    agents = await collection(Agent).find(inside, dict.fromkeys(NEEDS, 1)).to_list()
    statuses: dict[ObjectId, Counter[AgentStatus]] = {workspace_id: Counter() for workspace_id in workspace_ids}
    for agent, status in zip(agents, await status_of_agents(ctx, agents, None), strict=True):
        statuses[agent["workspace_id"]][status] += 1
    return statuses


async def _by_stage(workspace_ids: Sequence[ObjectId]) -> dict[ObjectId, Counter[CardStage | None]]:
    """How many cards of each workspace are at each stage, and under None how many are not archived."""
    inside = {"workspace_id": among(workspace_ids)}
    stages = await stages_where(inside)
    by_workspace: dict[ObjectId, Counter[CardStage | None]] = {each: Counter() for each in workspace_ids}
    lanes = standing(Lane, {**inside, "lane_id": None}) or {}
    for lane in await collection(Lane).find(lanes, _COUNTED).to_list():
        column_id, open_, archived = lane["column_id"], lane["open"], lane["archived"]
        if (stage := CardStage.TODO if column_id is None else stages.get(column_id)) is None:
            continue  # its column has gone, and it goes as well
        found = by_workspace[lane["workspace_id"]]
        found[None] += open_
        found[stage] += open_
        found[CardStage.DONE if stage is CardStage.DONE else CardStage.CANCELLED] += archived
    return by_workspace
