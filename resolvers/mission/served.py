"""Missions that waited for a model: the runtime works on them once there is one for their agents."""

import logging

from bson import ObjectId

from models import Agent, Mission
from models.base import Record, collection, with_changes
from models.enums import MissionStatus, MissionWait
from models.reach import unexpected
from models.records import AgentRecord, MissionRecord
from realtime.events.mission import MissionProgressed
from realtime.log import Change
from resolvers.kit.context import Services
from resolvers.kit.load import by_ids
from resolvers.mission.run import insert_run

log = logging.getLogger("orrery.missions")

AT_ONCE = 50
WAITING: Record = {"waiting_for": MissionWait.CREDENTIAL.value, "status": MissionStatus.QUEUED.value}
"""What the runtime has not begun with, as there was no model for it."""


def is_served(services: Services, agent: AgentRecord) -> bool:
    """Whether the runtime works on the missions of an agent."""
    return not agent["mcp_only"] and services.models.serves(agent.get("model"))


def queued_for(begun_by: str | ObjectId | None, *, is_run: bool) -> MissionWait | None:
    """What a mission in the queue waits for: a run of a board or of a discovery engine, which say by what it was begun,
    for a model, where the runtime has none for it."""
    return MissionWait.CREDENTIAL if begun_by is not None and not is_run else None


async def begin_served(services: Services, after: ObjectId | None = None) -> ObjectId | None:
    """Have the runtime begin with some of the missions that waited for a model, those behind one, where there is a
    model for their agents now: the operator has named it, or the agent has. Which one to go on after, None at the end.

    Several processes may at once.
    """
    if not services.models:
        return None
    behind: Record = {} if after is None else {"_id": {"$gt": after}}
    found = await collection(Mission).find({**WAITING, **behind}).sort("_id", 1).limit(AT_ONCE).to_list()
    agents = await by_ids(Agent, [mission["agent_id"] for mission in found])
    for mission in found:
        agent = agents.get(mission["agent_id"])
        if agent is not None and agent["deleted_at"] is None and is_served(services, agent):
            try:
                await _begin(services, mission)
            except Exception as error:  # the next round tries again
                log.warning("the mission %s could not be begun", mission["_id"], exc_info=unexpected(error))
    return found[-1]["_id"] if len(found) == AT_ONCE else None


async def _begin(services: Services, waiting: MissionRecord) -> None:
    async def body(change: Change) -> None:
        still = {"_id": waiting["_id"], "agent_id": waiting["agent_id"], **WAITING}
        mission = await collection(Mission).find_one(still, session=change.session)
        if mission is None:
            return
        begun = {"waiting_for": None}
        await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": begun}, session=change.session)
        await insert_run(change, mission)
        change.append(mission["workspace_id"], MissionProgressed(mission=with_changes(mission, begun)))

    await services.hub.log.write(waiting["workspace_id"], None, body)
