"""How far the automations of a workspace have followed its history, and whether there is anything to follow it for."""

from bson import ObjectId

from models import Automation, AutomationProgress, StreamHead
from models.base import Record, collection
from models.enums import AutomationTrigger
from realtime.log import Change


async def head_of(change: Change, workspace_id: ObjectId) -> int:
    """The number of the last event of a workspace, before those of this change."""
    head = await collection(StreamHead).find_one({"_id": workspace_id}, {"seq": 1}, session=change.session)
    return 0 if head is None else head["seq"]


async def note_change(change: Change, workspace_id: ObjectId) -> None:
    """Note that automations of a workspace have changed, once they are written.

    Where one is enabled and none was, what has happened so far is passed over.
    """
    enabled: Record = {"workspace_id": workspace_id, "enabled": True}
    waiting = {**enabled, "trigger": AutomationTrigger.DUE_DATE_REACHED.value}
    automations, progress = collection(Automation), collection(AutomationProgress)
    is_followed = await automations.find_one(enabled, {"_id": 1}, session=change.session) is not None
    is_timed = await automations.find_one(waiting, {"_id": 1}, session=change.session) is not None
    before = await progress.find_one({"_id": workspace_id}, session=change.session)
    values: Record = {"is_followed": is_followed}
    if before is None or not before["is_followed"]:
        values["seq"] = await head_of(change, workspace_id)
    if before is None or (before["due_through"] is not None) != is_timed:
        values["due_through"] = change.at if is_timed else None
    update = {"$set": values, "$inc": {"version": 1}}
    await progress.update_one({"_id": workspace_id}, update, upsert=True, session=change.session)
