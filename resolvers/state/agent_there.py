"""Whether an agent is there, asked once for all changes that share a transaction, and whether it is paused."""

from bson import ObjectId

from models import Agent
from models.base import collection
from realtime.log import Change


async def is_there(change: Change, agent_id: ObjectId) -> bool:
    """Whether an agent was not deleted. It stays so until the change is committed: what deletes one is told in the same
    history, and of two such transactions one fails."""
    if agent_id not in change.together.known:
        there = {"_id": agent_id, "deleted_at": None}
        found = await collection(Agent).find_one(there, {"_id": 1}, session=change.session)
        change.together.known[agent_id] = found is not None
    return bool(change.together.known[agent_id])


def is_gone(change: Change, agent_id: ObjectId) -> None:
    """Note that a change deletes an agent, for those that follow in its transaction."""
    change.together.known[agent_id] = False


async def is_paused(change: Change, agent_id: ObjectId | None) -> bool:
    """Whether an agent is given nothing, as somebody has stopped it; False for none."""
    if agent_id is None:
        return False
    found = await collection(Agent).find_one({"_id": agent_id}, {"paused_at": 1}, session=change.session)
    return found is not None and found.get("paused_at") is not None
