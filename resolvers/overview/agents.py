"""How the agents of a workspace do: what they get done for what it costs, and how long what they are to do waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from typing_extensions import TypedDict

from auth.policies import mission as policy
from models import Agent, Card, ChangelogEntry, Mission, UsageSum
from models.base import AnyRecord, Record, Recorded, aggregate, collection, utc_now
from models.enums import MissionStatus, StatsInterval, TokenScope
from models.ids import among, portions
from models.records import AgentRecord, WorkspaceMemberRecord
from resolvers.agent.agent import EXISTING
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.periods import Periods
from resolvers.kit.tombstone import standing
from resolvers.usage.spending import day_of

READ = TokenScope.PILOTAGE_READ


class AgentEfficiency(TypedDict):
    """What an agent got done and what its models took for that: tokens, and money in micro-USD.
    `cards_per_thousand_tokens` is null where they took none."""

    agent_id: ObjectId
    done: int
    calls: int
    tokens: int
    cost: int
    cards_per_thousand_tokens: float | None


class AgentQueue(TypedDict):
    """What waits for an agent, and for how long by now: null where nothing does. `cards` are open and assigned to it,
    and their work has not started; `missions` are queued. A card waits since it was created."""

    agent_id: ObjectId
    cards: int
    missions: int
    longest_wait_seconds: int | None
    average_wait_seconds: int | None


class AgentCompletion(TypedDict):
    """How much of its work an agent got done: `done` cards in a time, `open` ones that are assigned to it now.
    `rate` is the part of both that is done, null where there are none."""

    done: int
    open: int
    rate: float | None


@operation("agentEfficiency", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_agent_efficiency(
    ctx: Context, membership: WorkspaceMemberRecord, periods: Periods
) -> list[AgentEfficiency]:
    """What each agent of a workspace got done for what its models took, the most for the least first."""
    begin, end = periods.starts[0], periods.end
    return (await agent_efficiency_of(ctx, [{"_id": membership["workspace_id"]}], None, from_=begin, to=end))[0]


@operation("agentQueues", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_agent_queues(ctx: Context, membership: WorkspaceMemberRecord) -> list[AgentQueue]:
    """What waits for each agent of a workspace, and for how long: where it waits longest first."""
    return (await agent_queues_of(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@edge(scope=READ)
async def agent_efficiency_of(
    ctx: Context,
    workspaces: Sequence[AnyRecord],
    fields: Fields,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> list[list[AgentEfficiency]]:
    """What the agents of each workspace got done for what their models took, the most for the least first."""
    periods = Periods.between(from_, to, StatsInterval.DAY)
    begin, end = periods.starts[0], periods.end
    workspace_ids = [workspace["_id"] for workspace in workspaces]
    agents = await _agents(workspace_ids)
    ids = [agent["_id"] for agent in agents]
    used = await _used(ids, begin, end)
    done = await _done(workspace_ids, ids, begin, end)
    found: dict[ObjectId, list[AgentEfficiency]] = {workspace_id: [] for workspace_id in workspace_ids}
    for agent in agents:
        row = _efficiency(agent["_id"], done.get(agent["_id"]), used.get(agent["_id"], {}))
        found[agent["workspace_id"]].append(row)
    return [
        sorted(found[workspace_id], key=lambda row: _most(row["cards_per_thousand_tokens"]))
        for workspace_id in workspace_ids
    ]


@edge(scope=READ)
async def agent_queues_of(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[list[AgentQueue]]:
    """What waits for the agents of each workspace, where it waits longest first."""
    workspace_ids, now = [workspace["_id"] for workspace in workspaces], utc_now()
    agents = await _agents(workspace_ids)
    cards = await _cards(workspace_ids, [agent["user_id"] for agent in agents])
    missions = await _missions(workspace_ids)
    found: dict[ObjectId, list[AgentQueue]] = {workspace_id: [] for workspace_id in workspace_ids}
    for agent in agents:
        row = _queue(agent["_id"], cards.get(agent["user_id"]), missions.get(agent["_id"]), now)
        found[agent["workspace_id"]].append(row)
    return [
        sorted(found[workspace_id], key=lambda row: _most(row["longest_wait_seconds"]))
        for workspace_id in workspace_ids
    ]


@edge(scope=READ)
async def completion_of_agent(
    ctx: Context,
    agents: Sequence[AgentRecord],
    fields: Fields,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> list[AgentCompletion]:
    """How much of its work each agent got done."""
    periods = Periods.between(from_, to, StatsInterval.DAY)
    workspace_ids = list({agent["workspace_id"] for agent in agents})
    done = await _done(workspace_ids, [agent["_id"] for agent in agents], periods.starts[0], periods.end)
    open_ = await _assigned(workspace_ids, [agent["user_id"] for agent in agents], {"completed_at": None}, _COUNT)
    return [_completion(done.get(agent["_id"]), open_.get(agent["user_id"])) for agent in agents]


def _completion(done: Record | None, open_: Record | None) -> AgentCompletion:
    many, left = (0 if found is None else found["count"] for found in (done, open_))
    return {"done": many, "open": left, "rate": many / (many + left) if many + left else None}


def _most(figure: float | None) -> tuple[bool, float]:
    """Sorts the most first, and what is not known last."""
    return figure is None, -(figure or 0)


async def _agents(workspace_ids: Sequence[ObjectId]) -> list[AgentRecord]:
    """The agents of some workspaces, oldest first; each has at most 500."""
    wanted = {"user_id": 1, "workspace_id": 1}
    found = collection(Agent).find({"workspace_id": among(workspace_ids), **EXISTING}, wanted)
    return await found.sort("_id", 1).to_list()


async def _used(agent_ids: Sequence[ObjectId], begin: datetime, end: datetime) -> dict[ObjectId, Record]:
    """What the models of agents took."""
    sums = {name: {"$sum": f"${name}"} for name in ("calls", "input_tokens", "output_tokens", "cost")}
    days = {"$gte": day_of(begin), "$lt": day_of(end)}
    found: dict[ObjectId, Record] = {}
    for ids in portions(agent_ids):
        within = {"$match": {"subject_id": among(ids), "day": days}}
        found |= await _by(UsageSum, within, "subject_id", sums)
    return found


async def _done(
    workspace_ids: Sequence[ObjectId], agent_ids: Sequence[ObjectId], begin: datetime, end: datetime
) -> dict[ObjectId, Record]:
    """How many cards agents got done, which the changelog tells: its ids begin with when that was."""
    then = {"$gte": ObjectId.from_datetime(begin), "$lt": ObjectId.from_datetime(end)}
    found: dict[ObjectId, Record] = {}
    for ids in portions(agent_ids):
        whose = {"workspace_id": among(workspace_ids), "agent_id": among(ids), "_id": then}
        within = {"$match": standing(ChangelogEntry, whose) or {}}
        found |= await _by(ChangelogEntry, within, "agent_id", _COUNT)
    return found


def _efficiency(agent_id: ObjectId, done: Record | None, used: Mapping[str, Any]) -> AgentEfficiency:
    count = 0 if done is None else done["count"]
    tokens = used.get("input_tokens", 0) + used.get("output_tokens", 0)
    return {
        "agent_id": agent_id,
        "done": count,
        "calls": used.get("calls", 0),
        "tokens": tokens,
        "cost": used.get("cost", 0),
        "cards_per_thousand_tokens": count * 1000 / tokens if tokens else None,
    }


async def _cards(workspace_ids: Sequence[ObjectId], user_ids: Sequence[ObjectId]) -> dict[ObjectId, Record]:
    """The open cards of users whose work has not started."""
    return await _assigned(workspace_ids, user_ids, {"completed_at": None, "started_at": None}, _WAITING)


async def _assigned(
    workspace_ids: Sequence[ObjectId], user_ids: Sequence[ObjectId], where: Record, figures: Mapping[str, Any]
) -> dict[ObjectId, Record]:
    """What cards of users come to that are not archived."""
    found: dict[ObjectId, Record] = {}
    for ids in portions(user_ids):
        whose = {"workspace_id": among(workspace_ids), "assignee_id": among(ids), "archived": False}
        within = {"$match": standing(Card, {**whose, **where}) or {}}
        found |= await _by(Card, within, "assignee_id", figures)
    return found


async def _missions(workspace_ids: Sequence[ObjectId]) -> dict[ObjectId, Record]:
    within = {"$match": {"workspace_id": among(workspace_ids), "status": MissionStatus.QUEUED.value}}
    return await _by(Mission, within, "agent_id", _WAITING)


_COUNT: Record = {"count": {"$sum": 1}}
_EPOCH = datetime(1970, 1, 1)
_WAITING: Record = {
    "count": {"$sum": 1},
    "first": {"$min": "$created_at"},
    "since": {"$sum": {"$subtract": ["$created_at", _EPOCH]}},
}
"""How many there are, when the first was created, and the milliseconds of all of them since 1970."""


async def _by(
    model: type[Recorded[Any]], within: Record, key: str, figures: Mapping[str, Any]
) -> dict[ObjectId, Record]:
    """Figures by the value of a key."""
    rows = await aggregate(model, [within, {"$group": {"_id": f"${key}", **figures}}])
    return {row["_id"]: row for row in rows}


def _queue(agent_id: ObjectId, cards: Record | None, missions: Record | None, now: datetime) -> AgentQueue:
    waiting = [row for row in (cards, missions) if row is not None]
    count, at = sum(row["count"] for row in waiting), now.timestamp()
    since = sum(row["since"] for row in waiting) / 1000
    return {
        "agent_id": agent_id,
        "cards": 0 if cards is None else cards["count"],
        "missions": 0 if missions is None else missions["count"],
        "longest_wait_seconds": int((now - min(row["first"] for row in waiting)) / timedelta(seconds=1))
        if waiting
        else None,
        "average_wait_seconds": int(at - since / count) if waiting else None,
    }
