"""New accounts: each with an organization and a workspace of its own, signed in at once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.passwords import hash_password
from models import User
from models.base import to_record
from models.billing import Plan
from models.enums import ConsentSubject, MailTemplate, PilotageRole, ServerRole
from models.errors import Conflict
from models.ids import Kind, new_id
from models.installation_enums import AuthProvider
from models.records import SessionRecord, UserRecord
from models.text import slug_of
from models.user import Consent
from realtime.events.account import ConsentGiven, UserCreated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.account.sign_in import SignIn, signed_in, start
from resolvers.inputs.account import AuthRegister
from resolvers.kit.context import Context
from resolvers.mail.mail import insert_mail
from resolvers.organization.organization import insert_organization
from resolvers.organization.slug import with_free_slug
from resolvers.user.user import without_secrets
from resolvers.workspace.workspace import insert_workspace

T = TypeVar("T")

OWN, SHARED = "Personal", "Main"
"""What the workspace of a new account is called."""

Also = Callable[[Change, UserRecord], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who registers. Without a password it is the identity provider of the installation that says who they are.

    `verified` says that the address is known to be theirs, `server_role` what else they may do, and `generated` that
    somebody else has chosen the password, so that it has to be changed. `consents` are what they agree to, and with
    `members_join` the workspace of their organization is that of its members.
    """

    email: str
    password: str | None
    name: str | None
    verified: bool = False
    server_role: ServerRole = ServerRole.USER
    generated: bool = False
    username: str | None = None
    members_join: bool = False
    consents: Sequence[tuple[ConsentSubject, str]] = ()


def account_of(values: AuthRegister) -> NewAccount:
    """Who registers by themselves."""
    consents = [(given.subject, given.version) for given in values.consents]
    return NewAccount(
        values.email,
        values.password,
        values.name,
        username=values.username,
        members_join=values.members_join,
        consents=consents,
    )


async def create_account(
    ctx: Context, account: NewAccount, *, stream_id: ObjectId | None = None, also: Also | None = None
) -> SignIn:
    """Register and sign in; `also` is done in the same change, with the user's record, in the history of `stream_id`.

    Raises Conflict for an address that has an account.
    """

    async def signing_in(change: Change, user: UserRecord) -> tuple[SessionRecord, str, UserRecord]:
        if also is not None:
            await also(change, user)
        return *await start(ctx, change, user), user

    session, cookie, user = (await write_account(ctx, account, signing_in, stream_id=stream_id)).value
    return signed_in(ctx, session, cookie, user, PilotageRole.OWNER)


async def write_account(
    ctx: Context,
    account: NewAccount,
    then: Callable[[Change, UserRecord], Awaitable[T]],
    *,
    actor_id: ObjectId | None = None,
    stream_id: ObjectId | None = None,
) -> Committed[T]:
    """A new account with its home, by itself or by whoever makes it; what is done `then` in the same change.

    Raises Conflict for an address that has an account.
    """
    password_hash = None if account.password is None else await hash_password(account.password)
    user_id = new_id(Kind.USER)
    name = account.name or account.email.partition("@")[0]

    async def body(change: Change, slug: str) -> T:
        user = _user(user_id, account, password_hash, change.at)
        try:
            await insert(change, User, user)
        except DuplicateKeyError as error:
            raise Conflict("belongs to an account already", field=taken_key(error)) from error
        change.append(user_id, UserCreated(user=without_secrets(user)))
        agreed = [ConsentGiven(subject=subject, version=version) for subject, version in account.consents]
        change.append(user_id, *agreed)
        await _home(change, user_id, name, slug, ctx.services.billing.free, members_join=account.members_join)
        if not account.verified:
            await insert_mail(change, account.email, MailTemplate.EMAIL_VERIFICATION, about_id=user_id)
        return await then(change, user)

    async def attempt(slug: str) -> Committed[T]:
        return await ctx.write_as(stream_id or user_id, actor_id or user_id, lambda change: body(change, slug))

    written = await with_free_slug(name, attempt)
    ctx.services.mail_due.set()
    return written


def _user(user_id: ObjectId, account: NewAccount, password_hash: str | None, at: datetime) -> UserRecord:
    user = User(id=user_id, email=account.email, name=account.name or None, password_hash=password_hash, created_at=at)
    user.email_verified_at = at if account.verified else None
    user.server_role = account.server_role
    user.must_change_password = account.generated
    user.auth_provider = AuthProvider.OIDC if account.password is None else AuthProvider.LOCAL
    user.username = account.username
    user.consents = [Consent(subject=subject, version=version, at=at) for subject, version in account.consents]
    return to_record(user)


def taken_key(error: DuplicateKeyError) -> str:
    """Which field of a user it is that somebody else's account has."""
    return "username" if "username" in (error.details or {}).get("keyPattern", {}) else "email"


async def _home(
    change: Change, user_id: ObjectId, name: str, slug: str, plan: Plan | None, *, members_join: bool
) -> None:
    organization_id, workspace_id = new_id(Kind.ORGANIZATION), new_id(Kind.WORKSPACE)
    joined_id, called = (workspace_id, SHARED) if members_join else (None, OWN)
    await insert_organization(
        change, organization_id, name=name, slug=slug, owner_id=user_id, plan=plan, default_workspace_id=joined_id
    )
    await insert_workspace(
        change,
        workspace_id,
        organization_id=organization_id,
        name=called,
        slug=slug_of(called),
        owner_id=user_id,
        is_personal=not members_join,
    )
