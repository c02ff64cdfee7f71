"""The sessions of the signed-in person: where they are signed in, and ending that."""

from typing import Annotated

from bson import ObjectId

from models import Session
from models.base import Record, collection, utc_now
from models.errors import NotFound
from models.ids import Kind, parse_id
from realtime.events.account import SessionEnded, SessionsEnded
from realtime.log import Change, Committed
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

_SHOWN = {"user_agent": 1, "created_at": 1, "last_used_at": 1, "expires_at": 1}


@operation("sessions", caller=Caller.PERSON, read_only=True)
async def list_sessions(ctx: Context) -> list[Record]:
    """The caller's sessions, the newest first, each with `is_current`."""
    found = await collection(Session).find({"user_id": ctx.user_id}, _SHOWN).sort("_id", -1).to_list()
    now = utc_now()
    return [
        {"user_agent": None, "last_used_at": None, **session, "is_current": session["_id"] == ctx.subject.credential_id}
        for session in found
        if session["expires_at"] > now
    ]


@operation("sessionRevoke", caller=Caller.PERSON)
async def revoke_session(ctx: Context, id: Annotated[ObjectId | str, "The id of the session."]) -> Committed[ObjectId]:
    """End a session of the viewer.

    What is open on it ends.
    """
    wanted = parse_id(id, Kind.SESSION)

    async def body(change: Change) -> ObjectId:
        mine = {"_id": wanted, "user_id": ctx.user_id}
        if not (await collection(Session).delete_one(mine, session=change.session)).deleted_count:
            raise NotFound("Session")
        change.append(ctx.user_id, SessionEnded(session_id=wanted))
        return wanted

    return await ctx.write(ctx.user_id, body, revokes=True)


@operation("sessionRevokeOthers", caller=Caller.PERSON)
async def revoke_other_sessions(ctx: Context) -> Committed[int]:
    """End all sessions of the viewer but this one.

    How many those were.
    """
    kept = ctx.subject.credential_id

    async def body(change: Change) -> int:
        others = {"user_id": ctx.user_id, "_id": {"$ne": kept}}
        ended = await collection(Session).delete_many(others, session=change.session)
        if ended.deleted_count:
            change.append(ctx.user_id, SessionsEnded(kept_id=kept))
        return ended.deleted_count

    return await ctx.write(ctx.user_id, body, revokes=True)
