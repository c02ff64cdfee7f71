"""Going on with a session: a refresh token is good once, and one that comes a second time ends its session."""

from dataclasses import dataclass
from datetime import datetime

from auth.refresh import read_refresh_token, refresh_token
from auth.sessions import find_session
from models import Session, User
from models.base import collection, with_changes
from models.errors import Unauthenticated
from models.records import SessionRecord, UserRecord
from realtime.events.account import SessionEnded, SessionRenewed
from realtime.log import Change
from resolvers.account.sign_in import access_token, pilotage_role
from resolvers.inputs.account import AuthRefresh
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.user.user import own

ENDED = "The session has ended: sign in again"
USED = "The refresh token was used before, so its session has ended: sign in again"


@dataclass(frozen=True, slots=True)
class Renewed:
    """A session that goes on: its tokens from now on, and until when. `user` carries `pilotage_role` too."""

    user: UserRecord
    access_token: str
    refresh_token: str
    expires_at: datetime


@operation("authRefresh", caller=Caller.ANYONE, reveals=True)
async def refresh(ctx: Context, values: AuthRefresh) -> Renewed:
    """Go on with a session by its refresh token, which is good once.

    One that comes a second time was copied, so it ends the session, for whoever has copied it too. Raises
    Unauthenticated for that, and for the token of a session that has ended.
    """
    key = ctx.services.signer.key
    claims = read_refresh_token(key, values.refresh_token)
    found = await find_session(claims.session_id)
    if found is None:
        raise Unauthenticated(ENDED)
    user_id = found["user_id"]

    async def body(change: Change) -> SessionRecord | None:
        this = {"_id": claims.session_id}
        session = await collection(Session).find_one(this, session=change.session)
        if session is None or session["expires_at"] <= change.at:
            raise Unauthenticated(ENDED)
        if session.get("refresh_turn", 0) != claims.turn:
            await collection(Session).delete_one(this, session=change.session)
            change.append(user_id, SessionEnded(session_id=claims.session_id))
            return None
        until = change.at + ctx.services.session_lifetime
        renewed = {"refresh_turn": claims.turn + 1, "expires_at": until}
        await collection(Session).update_one(this, {"$set": renewed}, session=change.session)
        change.append(user_id, SessionRenewed(session_id=claims.session_id, expires_at=until))
        return with_changes(session, renewed)

    renewed = (await ctx.write_as(user_id, user_id, body)).value
    ctx.services.revoked()  # who was recognised a moment ago is told until when anew
    user = None if renewed is None else await collection(User).find_one({"_id": user_id})
    if renewed is None or user is None:
        raise Unauthenticated(USED)
    return Renewed(
        user={**own(user), "pilotage_role": await pilotage_role(user_id)},
        access_token=access_token(ctx.services, renewed),
        refresh_token=refresh_token(key, renewed),
        expires_at=renewed["expires_at"],
    )
