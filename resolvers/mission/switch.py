"""Stopping agents, starting them again, and having them do anew what they work on."""

from collections.abc import Sequence
from functools import partial

from bson import ObjectId

from auth.policies import workspace as workspace_policy
from models import Agent, Mission
from models.base import Record, collection
from models.enums import MissionReason, MissionStatus, TokenScope
from models.records import AgentRecord, MissionRecord
from realtime.events.agent import AgentUpdated
from realtime.log import Change, Committed
from resolvers.agent.agent import existing
from resolvers.inputs.agent import AgentSwitch
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.nouns import AGENT
from resolvers.kit.operation import Caller, operation
from resolvers.mission.again import begin_again
from resolvers.mission.board_run import card_in
from resolvers.mission.handoff import task_of
from resolvers.mission.mission import Asked, find_mission
from resolvers.state.mission_status import change_status
from resolvers.state.mission_wake import wake_waiting

WRITE = TokenScope.PILOTAGE_WRITE
AT_ONCE = 20
"""Missions that one change ends, or begins anew."""
MOST_ANEW = 200
"""Missions that one call begins anew."""
_UNDER_WAY = {"$in": [MissionStatus.RUNNING.value, MissionStatus.AWAITING_APPROVAL.value]}


@operation(
    "agentStop",
    opens=AGENT.whole,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    includes=("missionCancel",),
)
async def stop_agent(ctx: Context, door: AgentRecord, values: AgentSwitch) -> Committed[AgentRecord]:
    """Pause an agent: it is given nothing more, and what it works on is cancelled.

    What is asked of it waits until it is started.
    """
    existing(door)

    async def body(change: Change) -> AgentRecord:
        agent = await _set(change, door, {"paused_at": door.get("paused_at") or change.at, "note": values.note})
        for mission_id in await _under_way(door["_id"], AT_ONCE):
            await _cancel(change, mission_id)
        return agent

    committed = await ctx.write(door["workspace_id"], body)
    while await _under_way(door["_id"], 1):  # it is given nothing more: each round leaves fewer
        committed = await ctx.write(door["workspace_id"], body)
    return committed


@operation(
    "agentStart",
    opens=AGENT.whole,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
)
async def start_agent(ctx: Context, door: AgentRecord, values: AgentSwitch) -> Committed[AgentRecord]:
    """Have a paused agent go on: it is given what waits for it."""
    existing(door)
    return await _start(ctx, door, values)


@operation(
    "agentRestart",
    opens=AGENT.whole,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    includes=("missionCancel", "missionCreate"),
)
async def restart_agent(ctx: Context, door: AgentRecord, values: AgentSwitch) -> Committed[AgentRecord]:
    """Have an agent do anew what it works on, from the beginning, and go on if it is paused.

    What it works on is cancelled, and asked of it again; of more than 200 missions the oldest.
    """
    existing(door)
    begun = await _under_way(door["_id"], MOST_ANEW)
    for first in range(0, len(begun), AT_ONCE):
        await ctx.write(door["workspace_id"], partial(_anew, ctx, begun[first : first + AT_ONCE]))
    return await _start(ctx, door, values)


async def _start(ctx: Context, door: AgentRecord, values: AgentSwitch) -> Committed[AgentRecord]:
    async def body(change: Change) -> AgentRecord:
        heard = {} if door.get("heartbeat_at") is None else {"heartbeat_at": change.at}
        return await _set(change, door, {"paused_at": None, "reported_status": None, "note": values.note, **heard})

    committed = await ctx.write(door["workspace_id"], body)
    await wake_waiting(door["_id"])
    return committed


async def _set(change: Change, door: AgentRecord, values: Record) -> AgentRecord:
    agent, differs = await set_fields(change, Agent, door["_id"], values)
    existing(agent)
    if differs:
        change.append(agent["workspace_id"], AgentUpdated(agent=agent))
    return agent


async def _under_way(agent_id: ObjectId, most: int) -> list[ObjectId]:
    """Missions that an agent works on, the oldest first."""
    mine = {"agent_id": agent_id, "status": _UNDER_WAY}
    return [mission["_id"] for mission in await collection(Mission).find(mine, {"_id": 1}).limit(most).to_list()]


async def _anew(ctx: Context, mission_ids: Sequence[ObjectId], change: Change) -> None:
    """End missions that are still worked on, and ask for the same again."""
    for mission_id in mission_ids:
        if (mission := await _cancel(change, mission_id)) is None:
            continue
        card = await card_in(change, mission["card_id"])
        if card is not None and card.get("active_mission_id") is not None:  # another one is about it
            continue
        reason = None if mission.get("reason") is None else MissionReason.RELAUNCH
        asked = Asked(task_of(mission["prompt"]), max_steps=mission["max_steps"], reason=reason)
        await begin_again(ctx, change, mission, card, asked)
        await change.give_way()


async def _cancel(change: Change, mission_id: ObjectId) -> MissionRecord | None:
    """Cancel a mission that is under way; None for one that has ended meanwhile."""
    mission = await find_mission(change, mission_id)
    if mission["status"] not in _UNDER_WAY["$in"]:
        return None
    return await change_status(change, mission, MissionStatus.CANCELLED)
