"""The caller's own account: registering, signing in and out, profile and password."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.passwords import hash_password
from auth.sessions import start_session
from models import Session, User, WorkspaceMember
from models.base import Record, collection, to_record
from models.enums import PilotageRole, TokenScope
from models.errors import BadUserInput, Conflict, Unauthenticated
from models.ids import Kind, new_id
from models.write import find_and_delete
from realtime.events import (
    PasswordChanged,
    SessionEnded,
    SessionStarted,
    UserCreated,
    UserUpdated,
    WorkspaceMemberUpdated,
)
from realtime.log import Change, Committed
from resolvers.access import Fields, projection
from resolvers.context import Context, Services
from resolvers.inputs.account import AuthLogin, AuthRegister, PasswordChange, UserUpdate
from resolvers.operation import Caller, operation
from resolvers.organization import insert_organization
from resolvers.user import PUBLIC, visible, without_secrets
from resolvers.workspace import insert_workspace

_READ_ACCOUNT, _WRITE_ACCOUNT = TokenScope.ACCOUNT_READ, TokenScope.ACCOUNT_WRITE
_SLUG_ATTEMPTS = 5


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


@operation("authRegister", caller=Caller.ANYONE)
async def register(ctx: Context, values: AuthRegister) -> SignIn:
    """A new account with an organization and a workspace of its own, signed in."""
    password_hash = await hash_password(values.password)
    user_id, organization_id, workspace_id = (new_id(kind) for kind in (Kind.USER, Kind.ORGANIZATION, Kind.WORKSPACE))
    name = values.name or values.email.partition("@")[0]
    slug = _slug(name)

    async def body(change: Change) -> tuple[Record, str, Record]:
        user = to_record(
            User(
                id=user_id,
                email=values.email,
                name=values.name or None,
                password_hash=password_hash,
                created_at=change.at,
            )
        )
        try:
            await collection(User).insert_one(user, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict("belongs to an account already", field="email") from error
        change.append(user_id, UserCreated(user=without_secrets(user)))
        await insert_organization(change, organization_id, name=name, slug=slug, owner_id=user_id)
        await insert_workspace(
            change,
            workspace_id,
            organization_id=organization_id,
            name="Personal",
            slug="personal",
            owner_id=user_id,
            is_personal=True,
        )
        session, cookie = await _start(ctx.services, change, user_id)
        return session, cookie, user

    for attempt in range(_SLUG_ATTEMPTS):
        try:
            session, cookie, user = (await ctx.services.hub.log.write(user_id, user_id, body)).value
            return _sign_in(ctx.services, session, cookie, user, PilotageRole.OWNER)
        except Conflict as error:
            if error.field != "slug" or attempt == _SLUG_ATTEMPTS - 1:
                raise
            slug = f"{_slug(name)}-{secrets.token_hex(3)}"
    raise AssertionError("unreachable")


@operation("authLogin", caller=Caller.ANYONE)
async def log_in(ctx: Context, values: AuthLogin) -> SignIn:
    """A session for whoever knows the password. An unknown address and a wrong password cannot be told apart."""
    email = values.email.lower()
    user = await collection(User).find_one({"email": email})
    hashed = None if user is None else user["password_hash"]
    fits = await ctx.services.password_checks.verify(email, hashed, values.password)
    if user is None or not fits:
        raise Unauthenticated("The e-mail address or the password is wrong")
    user_id: ObjectId = user["_id"]

    async def body(change: Change) -> tuple[Record, str]:
        return await _start(ctx.services, change, user_id)

    session, cookie = (await ctx.services.hub.log.write(user_id, user_id, body)).value
    return _sign_in(ctx.services, session, cookie, user, await _pilotage_role(user_id))


@operation("authLogout", caller=Caller.PERSON)
async def log_out(ctx: Context) -> Committed[None]:
    """End the session that the request came with: its JWT and its cookie alike."""
    session_id = ctx.subject.credential_id

    async def body(change: Change) -> None:
        ended = await find_and_delete(Session, {"_id": session_id, "user_id": ctx.user_id}, change.session)
        if ended is not None:
            change.append(ctx.user_id, SessionEnded(session_id=ended["_id"]))

    return await ctx.write(ctx.user_id, body, revokes=True)


@operation("viewer", scope=_READ_ACCOUNT, read_only=True)
async def get_viewer(ctx: Context, fields: Fields = None) -> Record:
    """The caller."""
    found = await collection(User).find_one({"_id": ctx.user_id}, projection(visible(fields)))
    if found is None:
        raise Unauthenticated
    return found


@operation("me", scope=_READ_ACCOUNT, read_only=True)
async def get_me(ctx: Context) -> Record:
    """The caller with `pilotage_role`, that of their first workspace."""
    return {**await get_viewer(ctx), "pilotage_role": await _pilotage_role(ctx.user_id)}


@operation("userUpdate", scope=_WRITE_ACCOUNT)
async def update_user(ctx: Context, values: UserUpdate) -> Committed[Record]:
    """Change what is given of the caller's profile."""
    given = values.given()

    async def body(change: Change) -> Record:
        if not given:
            return await get_viewer(ctx)
        query = {"_id": ctx.user_id}
        await collection(User).update_one(query, {"$set": given}, session=change.session)
        changed = await collection(User).find_one(query, projection(PUBLIC), session=change.session)
        if changed is None:
            raise Unauthenticated
        change.append(ctx.user_id, UserUpdated(user=changed))
        # Their name stands on boards, whose streams have to tell of it.
        async for member in collection(WorkspaceMember).find({"user_id": ctx.user_id}, session=change.session):
            change.append(member["workspace_id"], WorkspaceMemberUpdated(member=member))
        return changed

    return await ctx.write(ctx.user_id, body)


@operation("passwordChange", caller=Caller.PERSON)
async def change_password(ctx: Context, values: PasswordChange) -> Committed[None]:
    """A new password; every other session of the account ends."""
    user = await collection(User).find_one({"_id": ctx.user_id}, {"password_hash": 1, "email": 1})
    if user is None:
        raise Unauthenticated
    checks = ctx.services.password_checks
    if not await checks.verify(user["email"], user["password_hash"], values.current_password):
        raise BadUserInput("is wrong", field="currentPassword")
    password_hash = await hash_password(values.new_password)

    async def body(change: Change) -> None:
        # The hash that was verified must still be there: of two changes at once, one wins.
        changed = await collection(User).update_one(
            {"_id": ctx.user_id, "password_hash": user["password_hash"]},
            {"$set": {"password_hash": password_hash}},
            session=change.session,
        )
        if not changed.matched_count:
            raise Conflict("The password was changed in the meantime")
        others = {"user_id": ctx.user_id, "_id": {"$ne": ctx.subject.credential_id}}
        await collection(Session).delete_many(others, session=change.session)
        change.append(ctx.user_id, PasswordChanged())

    return await ctx.write(ctx.user_id, body, revokes=True)


async def _start(services: Services, change: Change, user_id: ObjectId) -> tuple[Record, str]:
    session, cookie = await start_session(user_id, services.session_lifetime, change.session)
    change.append(user_id, SessionStarted(session_id=session["_id"]))
    return session, cookie


def _sign_in(services: Services, session: Record, cookie: str, user: Record, role: PilotageRole) -> SignIn:
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


async def _pilotage_role(user_id: ObjectId) -> PilotageRole:
    """Of the first workspace that the user became a member of: the personal one, as long as it is there."""
    first = collection(WorkspaceMember).find({"user_id": user_id}, {"pilotage_role": 1}).sort("_id", 1).limit(1)
    return PilotageRole(next((one["pilotage_role"] for one in await first.to_list()), PilotageRole.VIEWER))


def _slug(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only)[:40].strip("-")
    return slug if len(slug) > 1 else f"home-{slug}".strip("-")
