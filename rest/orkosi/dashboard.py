"""The workspace at a glance: how much there is in it, how its agents do, and what is amiss."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bson import ObjectId

from models.base import utc_now
from models.enums import StatsInterval
from models.errors import Forbidden, NotFound
from models.ids import Kind
from models.records import AgentRecord
from resolvers.agent.agent import list_agents
from resolvers.kit.load import one_by
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import AGENT, CARD, PROJECT, WORKSPACE_FILE
from resolvers.kit.numbered import numbers_of
from resolvers.kit.page import Window
from resolvers.kit.periods import Periods
from resolvers.kit.slugs import INBOX, project_by_slug
from resolvers.mission.mission import list_missions
from resolvers.overview.agents import list_agent_efficiency, list_agent_queues
from resolvers.overview.counts import get_dashboard, get_workspace_counts
from resolvers.overview.health import get_workspace_health
from resolvers.pilotage.standing_order import list_standing_orders
from resolvers.usage.sums import usage_of_workspace
from resolvers.wallet.wallet import get_wallet
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present import overview as present
from rest.orkosi.present.overview import (
    AgentEfficiencyData,
    AgentQueueData,
    DashboardData,
    DashboardStatsData,
    OverviewData,
    SystemHealthData,
)
from rest.orkosi.rules import shown_rules
from rest.orkosi.workspace import organization_of, workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "dashboard",
    "/dashboard",
    about="The workspace at a glance: how much there is, how its agents do, what is amiss.",
    place=320,
    tag_place=140,
)
system = orkosi_routes("dashboard", "/system")

ENDPOINTS = ("/stats", "/overview", "/agent-efficiency", "/agent-queue-health")
RUNS, PROTOCOLS, WEEK = 10, 50, timedelta(days=7)
_CALLED = frozenset({"slug", "name", "number"})
_NUMBERED: Mapping[Kind, Noun[Any]] = {
    Kind.AGENT: AGENT,
    Kind.CARD: CARD,
    Kind.PROJECT: PROJECT,
    Kind.WORKSPACE_FILE: WORKSPACE_FILE,
}

agents_of_runs = one_by(AGENT, "agent_id")


@routes.get("", "Read what there is on the dashboard", runs=get_dashboard, names_object=True)
async def find(call: Call) -> DashboardData:
    """Whoever is not signed in is told nothing of the workspace: all counts are null."""
    workspace_id = None if call.ctx.subject.user_id is None else await workspace_of(call)
    counts = await get_dashboard(call.ctx, workspace_id)
    inboxes = 0 if workspace_id is None else await _inboxes(workspace_id)
    return {
        "endpoints": [f"/dashboard{path}" for path in ENDPOINTS],
        "counts": {
            "agents": None if counts is None else counts.agents,
            "tasks": None if counts is None else counts.cards,
            "products": None if counts is None else counts.projects - inboxes,
            "pending": None if counts is None else counts.pending,
        },
    }


@routes.get("/stats", "Count what is in the workspace", runs=get_workspace_counts, names_object=True)
async def count(call: Call) -> DashboardStatsData:
    """Agents, tasks and products, and the tasks whose work has not started."""
    workspace_id = await workspace_of(call)
    return present.stats(await get_workspace_counts(call.ctx, workspace_id), await _inboxes(workspace_id))


@routes.get(
    "/agent-efficiency",
    "Compare what agents get done",
    runs=list_agent_efficiency,
    reads=(list_agents,),
    names_object=True,
)
async def compare(call: Call) -> list[AgentEfficiencyData]:
    """In the last 30 days; the most tasks for the fewest tokens first, and last whose models took none."""
    workspace_id = await workspace_of(call)
    rows = await list_agent_efficiency(call.ctx, workspace_id, Periods.between(None, None, StatsInterval.DAY))
    agents = await _agents(call, workspace_id)
    known = [present.efficiency(row, agents[row["agent_id"]]) for row in rows if row["agent_id"] in agents]
    return whole_of(call, known)


@routes.get(
    "/agent-queue-health", "Read what waits for agents", runs=list_agent_queues, reads=(list_agents,), names_object=True
)
async def wait(call: Call) -> list[AgentQueueData]:
    """Where it waits longest first."""
    workspace_id = await workspace_of(call)
    rows, agents = await list_agent_queues(call.ctx, workspace_id), await _agents(call, workspace_id)
    return whole_of(call, [present.queue(row, agents[row["agent_id"]]) for row in rows if row["agent_id"] in agents])


@routes.get(
    "/overview", "Read how the workspace does", runs=list_missions, reads=(list_standing_orders,), names_object=True
)
async def overview(call: Call) -> OverviewData:
    """What is left of tokens, the last runs, the rules, and what models took in the last seven days."""
    workspace_id, now = await workspace_of(call), utc_now()
    runs = (await list_missions(call.ctx, workspace_id, Window.read(RUNS))).nodes
    agents = await agents_of_runs(call.ctx, runs, _CALLED)
    numbers = await numbers_of(CARD, (run["card_id"] for run in runs))
    rules = (await list_standing_orders(call.ctx, workspace_id, Window.read(PROTOCOLS))).nodes
    [usage] = await usage_of_workspace(call.ctx, [{"_id": workspace_id}], None, from_=now - WEEK, to=now)
    return {
        "token_balance": await _balance(call),
        "recent_runs": [present.run(run, agent, numbers) for run, agent in zip(runs, agents, strict=True)],
        "protocols": await shown_rules(call, rules),
        "usage_7d": present.week(usage),
    }


@system.get("/health", "Read what is amiss in the workspace", runs=get_workspace_health, names_object=True)
async def health(call: Call) -> SystemHealthData:
    """What of its agents, open tasks, products and files fails which rule."""
    found = await get_workspace_health(call.ctx, await workspace_of(call))
    numbers: dict[ObjectId, int] = {}
    for kind, noun in _NUMBERED.items():
        numbers |= await numbers_of(noun, present.failing(found, kind))
    return present.health(found, numbers)


async def _balance(call: Call) -> int | None:
    """The tokens that the organization has left; None for whoever may not read that."""
    try:
        return (await get_wallet(call.ctx, await organization_of(call)))["balance"]
    except (Forbidden, NotFound):
        return None


async def _inboxes(workspace_id: ObjectId) -> int:
    """How many of the projects of a workspace are no products: its inbox, once there is one."""
    return 0 if await project_by_slug(workspace_id, INBOX) is None else 1


async def _agents(call: Call, workspace_id: ObjectId) -> Mapping[ObjectId, AgentRecord]:
    agents: Iterable[Any] = await list_agents(call.ctx, workspace_id, _CALLED)
    return {agent["_id"]: agent for agent in agents}
