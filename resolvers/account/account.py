"""The caller's own account: registering, signing in and out, and the profile."""

from datetime import timedelta

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.attempts import check_password, gates_of
from auth.challenge import challenge
from auth.counting import count_attempt
from auth.policies import workspace as workspace_policy
from models import Session, User
from models.address import mailbox
from models.base import collection
from models.enums import TokenScope
from models.errors import Conflict, TwoFactorRequired, Unauthenticated
from models.records import UserRecord
from models.write import find_and_delete
from realtime.events.account import SessionEnded, UserUpdated
from realtime.log import Change, Committed
from resolvers.account.invited import create_invited
from resolvers.account.password import with_current_hash
from resolvers.account.registration import account_of, create_account
from resolvers.account.sign_in import SignIn, begin_session, known_as, pilotage_role
from resolvers.inputs.account import AuthLogin, AuthRegister, UserUpdate
from resolvers.invitation.accept import find_by_token
from resolvers.kit.access import check_workspace, projection
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.noun import Fields
from resolvers.kit.operation import Caller, operation
from resolvers.member.workspace_member import tell_name
from resolvers.user.user import PUBLIC, own, visible

MAX_REGISTRATIONS_OF_MAILBOX = 10
"""An hour: each sends a mail there, whatever follows a + in the address."""

WHOAMI = "whoami tells it"

_READ_ACCOUNT, _WRITE_ACCOUNT = TokenScope.ACCOUNT_READ, TokenScope.ACCOUNT_WRITE


@operation("authRegister", caller=Caller.ANYONE, reveals=True)
async def register(ctx: Context, values: AuthRegister) -> SignIn:
    """Create an account with an organization and a workspace of its own, and sign in.

    With the token of an invitation it joins that workspace too; raises NotFound where that is for another address, and
    Conflict where it was used or has expired. Raises Conflict for an address or a username that an account has,
    RateLimited for too many of one source, or for one mailbox under many addresses.
    """
    if ctx.source is not None:
        limit = ctx.services.registrations_per_hour
        await count_attempt("register-source", ctx.source, limit=limit, window=timedelta(hours=1))
    same = mailbox(values.email)
    await count_attempt("register-mailbox", same, limit=MAX_REGISTRATIONS_OF_MAILBOX, window=timedelta(hours=1))
    if values.invitation_token is None:
        return await create_account(ctx, account_of(values))
    return await create_invited(ctx, account_of(values), await find_by_token(values.invitation_token))


@operation("authLogin", caller=Caller.ANYONE, reveals=True)
async def log_in(ctx: Context, values: AuthLogin) -> SignIn:
    """Sign in.

    A session for whoever knows the password. An unknown address and a wrong password cannot be told apart.

    Raises RateLimited for whoever has to wait too long after wrong ones (`auth.attempts`). Raises TwoFactorRequired,
    with what `verify_two_factor` takes, for an account with two factors.
    """
    user = await collection(User).find_one({"email": values.email})
    hashed = None if user is None else user["password_hash"]
    fits = await check_password(gates_of(values.email, ctx.source, known_as(ctx, user)), hashed, values.password)
    if user is None or not fits:
        raise Unauthenticated("The e-mail address or the password is wrong")
    user = await with_current_hash(user, values.password)
    if user.get("two_factor") is not None:
        raise TwoFactorRequired(challenge(ctx.services.signer.key, user["_id"], str(user["password_hash"])))
    return await begin_session(ctx, user)


@operation("authLogout", caller=Caller.PERSON)
async def log_out(ctx: Context) -> Committed[None]:
    """End the session that the request came with.

    Its JWT and its cookie alike.
    """
    session_id = ctx.subject.credential_id

    async def body(change: Change) -> None:
        ended = await find_and_delete(Session, {"_id": session_id, "user_id": ctx.user_id}, change.session)
        if ended is not None:
            change.append(ctx.user_id, SessionEnded(session_id=ended["_id"]))

    return await ctx.write(ctx.user_id, body, revokes=True)


@operation("viewer", scope=_READ_ACCOUNT, read_only=True, no_tool=WHOAMI, in_project=True)
async def get_viewer(ctx: Context, fields: Fields = None) -> UserRecord:
    """The caller."""
    found = await collection(User).find_one({"_id": ctx.user_id}, projection(visible(fields)))
    if found is None:
        raise Unauthenticated
    return found


@operation("me", scope=_READ_ACCOUNT, read_only=True, no_tool=WHOAMI)
async def get_me(ctx: Context) -> UserRecord:
    """The caller with `pilotage_role`, that of their first workspace."""
    found = await collection(User).find_one({"_id": ctx.user_id})
    if found is None:
        raise Unauthenticated
    return {**own(found), "pilotage_role": await pilotage_role(ctx.user_id)}


@operation("userUpdate", scope=_WRITE_ACCOUNT, no_tool="the account is its owner's")
async def update_user(ctx: Context, values: UserUpdate) -> Committed[UserRecord]:
    """Change the profile."""
    given = values.given()
    if values.home_workspace_id is not None:
        await check_workspace(ctx, values.home_workspace_id, workspace_policy.READ)

    async def body(change: Change) -> UserRecord:
        try:
            _, differs = await set_fields(change, User, ctx.user_id, given)
        except DuplicateKeyError as error:
            raise Conflict("belongs to an account already", field="username") from error
        return await announce_user(change, ctx.user_id) if differs else await get_viewer(ctx)

    return await ctx.write(ctx.user_id, body)


async def announce_user(change: Change, user_id: ObjectId) -> UserRecord:
    """Tell that a user changed, within the change; the user as it is then."""
    changed = await collection(User).find_one({"_id": user_id}, projection(PUBLIC), session=change.session)
    if changed is None:
        raise Unauthenticated
    change.append(user_id, UserUpdated(user=changed))
    await tell_name(change, user_id)
    return changed
