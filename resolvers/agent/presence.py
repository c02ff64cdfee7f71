"""What agents are about: what they last said, unless they are paused, work on a mission, or have fallen silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bson import ObjectId

from auth.policies import mission as policy
from models import Agent, Mission
from models.agent_enums import AgentStatus
from models.base import Record, aggregate, utc_now
from models.enums import MissionStatus, TokenScope
from models.errors import BadUserInput, Forbidden
from models.ids import among
from models.records import AgentRecord
from realtime.events.agent import AgentUpdated
from realtime.log import Change, Committed
from resolvers.agent.agent import existing
from resolvers.inputs.agent import AgentReport
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AGENT
from resolvers.kit.operation import Caller, edge, operation

SILENCE = timedelta(minutes=15)
INTERVALS = 3
"""Nothing is made of a shorter silence than of so many intervals."""
NEEDS = ("workspace_id", "reported_status", "paused_at", "heartbeat_at", "interval_seconds")


@operation(
    "agentReport", opens=AGENT.whole, permission=policy.DRIVE, scope=TokenScope.PILOTAGE_WRITE, caller=Caller.AGENT
)
async def report_agent(ctx: Context, door: AgentRecord, values: AgentReport) -> Committed[AgentRecord]:
    """With an agent's own token: give a sign of life, and say what it is about."""
    existing(door)
    if ctx.subject.agent_id != door["_id"]:
        raise Forbidden("An agent reports on itself alone")
    if values.status is AgentStatus.PAUSED:
        raise BadUserInput("must be another than PAUSED: people pause agents", field="status")
    given = values.given()

    async def body(change: Change) -> AgentRecord:
        said: Record = {"heartbeat_at": change.at}
        if values.status is not None:
            said["reported_status"] = values.status.value
        if "current_task" in given:
            said["current_task"] = values.current_task
        agent, differs = await set_fields(change, Agent, door["_id"], said)
        existing(agent)
        if differs:
            change.append(agent["workspace_id"], AgentUpdated(agent=agent))
        return agent

    return await ctx.write(door["workspace_id"], body)


@edge(scope=TokenScope.PILOTAGE_READ)
async def status_of_agents(ctx: Context, agents: Sequence[AgentRecord], fields: Fields) -> list[AgentStatus]:
    """What each agent is about at the moment."""
    working, now = await _at_work(agents), utc_now()
    return [status_of(agent, now, works=agent["_id"] in working) for agent in agents]


async def _at_work(agents: Sequence[AgentRecord]) -> set[ObjectId]:
    """Which of some agents have a mission that runs."""
    ids, inside = ([agent[key] for agent in agents] for key in ("_id", "workspace_id"))
    whose: Record = {"agent_id": ids[0]} if len(ids) == 1 else {"workspace_id": among(list(set(inside)))}
    running = {**whose, "status": MissionStatus.RUNNING.value}
    found = await aggregate(Mission, [{"$match": running}, {"$group": {"_id": "$agent_id"}}])
    return {row["_id"] for row in found}


def status_of(agent: AgentRecord, now: datetime, *, works: bool) -> AgentStatus:
    """What an agent is about that has a mission which runs, or has none."""
    if agent.get("paused_at") is not None:
        return AgentStatus.PAUSED
    if works:
        return AgentStatus.WORKING
    said = AgentStatus(agent.get("reported_status") or AgentStatus.IDLE)
    return AgentStatus.OFFLINE if _is_silent(agent, now) else said


def _is_silent(agent: AgentRecord, now: datetime) -> bool:
    """Whether an agent that was once heard of has not been for too long."""
    heard = agent.get("heartbeat_at")
    expected = timedelta(seconds=agent.get("interval_seconds") or 0) * INTERVALS
    return heard is not None and now - heard > max(expected, SILENCE)
