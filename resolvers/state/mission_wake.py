"""Waking missions that wait for people, in the change that they waited for."""

from bson import ObjectId

from models import MissionRun
from models.base import collection
from realtime.log import Change


async def wake(change: Change, mission_id: ObjectId | None) -> None:
    """Let the runtime go on with a mission that waits, where it is the runtime's.

    Where somebody works on it, the run is written to as well: it cannot begin to wait beside this change, and miss it.
    """
    run = (
        None
        if mission_id is None
        else await collection(MissionRun).find_one({"_id": mission_id}, session=change.session)
    )
    if run is not None:
        news = {"due_at": change.at} if run["holder"] is None else {"news_at": change.at}
        await collection(MissionRun).update_one({"_id": mission_id}, {"$set": news}, session=change.session)
