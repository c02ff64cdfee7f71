"""Signing in: what every way to a session ends with."""

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from auth.sessions import start_session
from models import WorkspaceMember
from models.base import Record, collection
from models.enums import PilotageRole
from realtime.events import SessionStarted
from realtime.log import Change
from resolvers.context import Context, Services
from resolvers.user import without_secrets


@dataclass(frozen=True, slots=True)
class SignIn:
    """A new session: `access_token` for the Authorization header, or `cookie` with `csrf_token` for a browser.

    `user` carries `pilotage_role` too.
    """

    user: Record
    access_token: str
    csrf_token: str
    cookie: str
    expires_at: datetime


async def start(ctx: Context, change: Change, user_id: ObjectId) -> tuple[Record, str]:
    """A new session within a change: its record, and the value of its cookie."""
    session, cookie = await start_session(user_id, ctx.services.session_lifetime, change.session)
    change.append(user_id, SessionStarted(session_id=session["_id"]))
    return session, cookie


def signed_in(services: Services, session: Record, cookie: str, user: Record, role: PilotageRole) -> SignIn:
    """What the person who signed in is given."""
    access_token = services.signer.sign(
        user["_id"], session["_id"], issued_at=session["created_at"], expires_at=session["expires_at"]
    )
    return SignIn(
        user={**without_secrets(user), "pilotage_role": role},
        access_token=access_token,
        csrf_token=session["csrf_token"],
        cookie=cookie,
        expires_at=session["expires_at"],
    )


async def pilotage_role(user_id: ObjectId) -> PilotageRole:
    """Of the first workspace that the user became a member of: the personal one, as long as it is there."""
    first = collection(WorkspaceMember).find({"user_id": user_id}, {"pilotage_role": 1}).sort("_id", 1).limit(1)
    return PilotageRole(next((one["pilotage_role"] for one in await first.to_list()), PilotageRole.VIEWER))
