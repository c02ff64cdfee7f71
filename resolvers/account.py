"""The caller's own account: registering, signing in and out, profile and password."""

from bson import ObjectId

from auth.passwords import hash_password
from models import Session, User, WorkspaceMember
from models.base import Record, collection
from models.enums import MailTemplate, TokenScope
from models.errors import BadUserInput, Conflict, Unauthenticated
from models.write import find_and_delete
from realtime.events import PasswordChanged, SessionEnded, UserUpdated, WorkspaceMemberUpdated
from realtime.log import Change, Committed
from resolvers.access import Fields, projection
from resolvers.context import Context
from resolvers.inputs.account import AuthLogin, AuthRegister, PasswordChange, UserUpdate
from resolvers.mail import insert_mail
from resolvers.operation import Caller, operation
from resolvers.registration import NewAccount, create_account
from resolvers.sign_in import SignIn, pilotage_role, signed_in, start
from resolvers.user import PUBLIC, visible

_READ_ACCOUNT, _WRITE_ACCOUNT = TokenScope.ACCOUNT_READ, TokenScope.ACCOUNT_WRITE


@operation("authRegister", caller=Caller.ANYONE)
async def register(ctx: Context, values: AuthRegister) -> SignIn:
    """A new account with an organization and a workspace of its own, signed in."""
    return await create_account(ctx, NewAccount(values.email, values.password, values.name))


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
        return await start(ctx, change, user_id)

    session, cookie = (await ctx.services.hub.log.write(user_id, user_id, body)).value
    return signed_in(ctx.services, session, cookie, user, await pilotage_role(user_id))


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
    return {**await get_viewer(ctx), "pilotage_role": await pilotage_role(ctx.user_id)}


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
        await insert_mail(change, user["email"], MailTemplate.PASSWORD_CHANGED, about_id=ctx.user_id)

    return await ctx.write(ctx.user_id, body, revokes=True, mails=True)
