"""Cards that agents work on: they are deleted by nobody until that has ended."""

from bson import ObjectId

from models import Card
from models.base import Record, collection
from models.errors import AgentRunning
from realtime.log import Change

AT_WORK: Record = {"active_mission_id": {"$gt": ObjectId(b"\0" * 12)}}
"""Of cards: that a mission about them is not finished. Beside the project it is what an index begins with."""


async def require_no_run(change: Change, project_id: ObjectId, inside: Record | None = None) -> None:
    """Raise AgentRunning where a mission about a card of a project is not finished: about one of those `inside`, by
    scope or column, where that is given."""
    where = {"project_id": project_id, **AT_WORK, **(inside or {})}
    card = await collection(Card).find_one(where, {"active_mission_id": 1}, session=change.session)
    if card is not None:
        raise AgentRunning(card["_id"], card["active_mission_id"])
