"""Missions that are begun again: tried once more with what came of them, or done anew from the beginning."""

from dataclasses import replace

from auth.policies import mission as policy
from models import Agent
from models.base import collection
from models.enums import MissionReason, MissionStatus, TokenScope
from models.errors import Conflict
from models.records import CardRecord, MissionRecord
from realtime.log import Change, Committed
from resolvers.kit.context import Context
from resolvers.kit.nouns import MISSION
from resolvers.kit.operation import Caller, operation
from resolvers.mission.board_run import begin_run, card_in, last_run, task_in_column
from resolvers.mission.handoff import task_of
from resolvers.mission.mission import Asked, find_mission, insert_mission
from resolvers.state.mission_status import ACTIVE, change_status

WRITE = TokenScope.PILOTAGE_WRITE
_FAILED = (MissionStatus.FAILED, MissionStatus.CANCELLED)


@operation(
    "missionRetry",
    opens=MISSION,
    permission=policy.WRITE,
    scope=WRITE,
    includes=("missionCreate",),
)
async def retry_mission(ctx: Context, door: MissionRecord) -> Committed[MissionRecord]:
    """Try a mission once more that failed or was cancelled, with what came of it.

    Of a card, the last one.
    """

    async def body(change: Change) -> MissionRecord:
        mission = await find_mission(change, door["_id"])
        if mission["status"] not in _FAILED:
            raise Conflict(f"A mission that is {mission['status']} is not tried again", **{"from": mission["status"]})
        card = await card_in(change, mission["card_id"])
        if card is not None:
            last = await last_run(change, card["_id"])
            if last is not None and last["_id"] != mission["_id"]:
                raise Conflict("The card has had another mission since", missionId=str(last["_id"]))
        asked = Asked(
            mission["prompt"],
            max_steps=mission["max_steps"],
            continues_id=mission["_id"],
            reason=MissionReason.RETRY,
        )
        return await begin_again(ctx, change, mission, card, asked)

    return await ctx.write(door["workspace_id"], body)


@operation(
    "missionRelaunch",
    opens=MISSION,
    permission=policy.WRITE,
    scope=WRITE,
    includes=("missionCancel", "missionCreate"),
    caller=Caller.NO_AGENT,
)
async def relaunch_mission(ctx: Context, door: MissionRecord) -> Committed[MissionRecord]:
    """Have a mission done anew, from the beginning; what is not finished of it, or on its card, is cancelled."""

    async def body(change: Change) -> MissionRecord:
        mission = await find_mission(change, door["_id"])
        card = await card_in(change, mission["card_id"])
        active_id = None if card is None else card.get("active_mission_id")
        running = await find_mission(change, active_id or mission["_id"])
        if running["status"] in ACTIVE:  # another one beside it is somebody else's, and stands in the way
            await change_status(change, running, MissionStatus.CANCELLED)
        card = await card_in(change, mission["card_id"])
        prompt = (None if card is None else await task_in_column(change, card)) or task_of(mission["prompt"])
        asked = Asked(prompt, max_steps=mission["max_steps"], reason=MissionReason.RELAUNCH)
        return await begin_again(ctx, change, mission, card, asked)

    return await ctx.write(door["workspace_id"], body)


async def begin_again(
    ctx: Context, change: Change, mission: MissionRecord, card: CardRecord | None, asked: Asked
) -> MissionRecord:
    """Begin a mission in place of another one, with the same agent."""
    if card is not None:
        return await begin_run(ctx, change, card, asked, mission["agent_id"])
    there = {"_id": mission["agent_id"], "deleted_at": None}
    agent = await collection(Agent).find_one(there, session=change.session)
    if agent is None:
        raise Conflict("The agent of the mission is gone")
    about = replace(asked, project_id=mission["project_id"], engine_id=mission.get("engine_id"))
    return await insert_mission(ctx, change, agent, about)
