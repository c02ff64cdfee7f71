"""Signing in: what every way to a session ends with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from auth.device import device_cookie, known_device
from auth.refresh import refresh_token
from auth.sessions import start_session
from models import Session, User, WorkspaceMember
from models.base import collection
from models.enums import PilotageRole
from models.errors import Unauthenticated
from models.records import SessionRecord, UserRecord
from realtime.events.account import SessionEnded, SessionStarted
from realtime.log import Change
from resolvers.kit.ceilings import MAX_SESSIONS
from resolvers.kit.context import Context, Services
from resolvers.user.user import own

Also = Callable[[Change], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A new session: `access_token` for the Authorization header, or `cookie` with `csrf_token` for a browser;
    `refresh_token` goes on with it.

    `device` is the cookie of a device that the account knows from now on. `user` carries `pilotage_role` too.
    """

    user: UserRecord
    access_token: str
    refresh_token: str
    csrf_token: str
    cookie: str
    device: str
    expires_at: datetime


def known_as(ctx: Context, user: UserRecord | None) -> str | None:
    """What a request calls itself that comes from where the account has signed in before; None for a stranger's."""
    if user is None or user["password_hash"] is None:
        return None
    if ctx.subject.user_id == user["_id"] and ctx.subject.is_person:
        return str(ctx.subject.credential_id)
    return known_device(ctx.services.signer.key, ctx.subject.device, user["_id"], user["password_hash"])


async def start(ctx: Context, change: Change, user: UserRecord) -> tuple[SessionRecord, str]:
    """A new session of a user within a change: its record, and the value of its cookie. The oldest of too many end."""
    await _end_oldest(change, user["_id"])
    session, cookie = await start_session(
        user["_id"],
        ctx.services.session_lifetime,
        change.session,
        user_agent=ctx.subject.user_agent,
        restricted=ctx.services.require_verified_email and user.get("email_verified_at") is None,
    )
    change.append(user["_id"], SessionStarted(session_id=session["_id"]))
    return session, cookie


async def _end_oldest(change: Change, user_id: ObjectId) -> None:
    found = await collection(Session).find({"user_id": user_id}, {"_id": 1}, session=change.session).to_list()
    for object_id in sorted(session["_id"] for session in found)[: max(0, len(found) + 1 - MAX_SESSIONS)]:
        await collection(Session).delete_one({"_id": object_id}, session=change.session)
        change.append(user_id, SessionEnded(session_id=object_id))


def signed_in(ctx: Context, session: SessionRecord, cookie: str, user: UserRecord, role: PilotageRole) -> SignIn:
    """What the person who signed in is given."""
    services, password_hash = ctx.services, str(user["password_hash"])
    device = ctx.subject.device
    if device is None or known_device(services.signer.key, device, user["_id"], password_hash) is None:
        device = device_cookie(services.signer.key, user["_id"], password_hash)
    return SignIn(
        user={**own(user), "pilotage_role": role},
        access_token=access_token(services, session),
        refresh_token=refresh_token(services.signer.key, session),
        csrf_token=session["csrf_token"],
        cookie=cookie,
        device=device,
        expires_at=session["expires_at"],
    )


def access_token(services: Services, session: SessionRecord) -> str:
    """The JWT of a session, for as long as that lasts by now."""
    issued_at = session["expires_at"] - services.session_lifetime
    return services.signer.sign(
        session["user_id"], session["_id"], issued_at=issued_at, expires_at=session["expires_at"]
    )


async def pilotage_role(user_id: ObjectId) -> PilotageRole:
    """Of the first workspace that the user became a member of: the personal one, as long as it is there."""
    first = collection(WorkspaceMember).find({"user_id": user_id}, {"pilotage_role": 1}).sort("_id", 1).limit(1)
    return PilotageRole(
        next((workspace_member["pilotage_role"] for workspace_member in await first.to_list()), PilotageRole.VIEWER)
    )


async def begin_session(ctx: Context, user: UserRecord, also: Also | None = None) -> SignIn:
    """Sign in a user whose password was checked; `also` is done first, in the same change.

    Raises Unauthenticated where the password was changed in the meantime.
    """
    user_id: ObjectId = user["_id"]

    async def body(change: Change) -> tuple[SessionRecord, str]:
        still = await collection(User).find_one({"_id": user_id}, {"password_hash": 1}, session=change.session)
        if still is None or still["password_hash"] != user["password_hash"]:
            raise Unauthenticated("The password was changed in the meantime")
        if also is not None:
            await also(change)
        return await start(ctx, change, user)

    session, cookie = (await ctx.write_as(user_id, user_id, body)).value
    return signed_in(ctx, session, cookie, user, await pilotage_role(user_id))
