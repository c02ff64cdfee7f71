"""Whoever runs the installation, in the changes by which they stop: one of them stays, and what they opened is shut."""

from bson import ObjectId

from models import Installation, Session, User
from models.base import Record, collection, to_record
from models.enums import ServerRole
from models.errors import Conflict
from models.installation import INSTALLATION_ID
from models.write import find_and_delete
from realtime.events.account import SessionEnded
from realtime.log import Change

LAST = "The installation needs a super-administrator: make another one first"


async def end_open_session(change: Change, of: ObjectId | None = None) -> None:
    """Let nobody in any more who has no credential, within a change; only as a person where `of` says whom."""
    found = await collection(Installation).find_one({"_id": INSTALLATION_ID}, session=change.session)
    if found is None or found.get("open_session_id") is None:
        return
    where = {"_id": found["open_session_id"]} | ({} if of is None else {"user_id": of})
    ended = await find_and_delete(Session, where, change.session)
    if ended is None and of is not None:
        return
    await touch_installation(change, {"open_session_id": None})
    if ended is not None:
        change.append(ended["user_id"], SessionEnded(session_id=ended["_id"]))


async def step_down(change: Change, user_id: ObjectId) -> None:
    """Have a super-administrator be one no more, within a change: whatever came in as them is shut out.

    Raises Conflict where nobody else is one. Two who take it from each other meet in what is written here, so that one
    of them is there afterwards.
    """
    await touch_installation(change)
    others: Record = {"server_role": ServerRole.SUPER_ADMIN.value, "deleted_at": None, "_id": {"$ne": user_id}}
    if await collection(User).find_one(others, {"_id": 1}, session=change.session) is None:
        raise Conflict(LAST)
    await end_open_session(change, of=user_id)


async def touch_installation(change: Change, values: Record | None = None) -> None:
    """Write to what there is once, so that of two changes that do so one comes after the other."""
    taken = {"_id", "changes", *(values or {})}
    made = to_record(Installation(set_up_by=change.actor_id, created_at=change.at))
    fresh = {name: value for name, value in made.items() if name not in taken}
    written = {"$inc": {"changes": 1}, "$setOnInsert": fresh} | ({"$set": values} if values else {})
    await collection(Installation).update_one({"_id": INSTALLATION_ID}, written, upsert=True, session=change.session)
