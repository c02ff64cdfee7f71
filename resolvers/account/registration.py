"""New accounts: each with an organization and a workspace of its own, signed in at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.passwords import hash_password
from models import User
from models.base import collection, to_record
from models.billing import Plan
from models.enums import MailTemplate, PilotageRole, ServerRole
from models.errors import Conflict
from models.ids import Kind, new_id
from models.records import SessionRecord, UserRecord
from realtime.events.account import UserCreated
from realtime.log import Change
from resolvers.account.sign_in import SignIn, signed_in, start
from resolvers.kit.context import Context
from resolvers.mail.mail import insert_mail
from resolvers.organization.organization import insert_organization
from resolvers.organization.slug import with_free_slug
from resolvers.user.user import without_secrets
from resolvers.workspace.workspace import insert_workspace

Also = Callable[[Change, UserRecord], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who registers. `verified` says that the address is known to be theirs, `server_role` what else they may do."""

    email: str
    password: str
    name: str | None
    verified: bool = False
    server_role: ServerRole = ServerRole.USER


async def create_account(
    ctx: Context, account: NewAccount, *, stream_id: ObjectId | None = None, also: Also | None = None
) -> SignIn:
    """Register and sign in; `also` is done in the same change, with the user's record, in the history of `stream_id`.

    Raises Conflict for an address that has an account.
    """
    password_hash = await hash_password(account.password)
    user_id = new_id(Kind.USER)
    name = account.name or account.email.partition("@")[0]

    async def body(change: Change, slug: str) -> tuple[SessionRecord, str, UserRecord]:
        user = _user(user_id, account, password_hash, change.at)
        try:
            await collection(User).insert_one(user, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict("belongs to an account already", field="email") from error
        change.append(user_id, UserCreated(user=without_secrets(user)))
        await _home(change, user_id, name, slug, ctx.services.billing.free)
        if also is not None:
            await also(change, user)
        if not account.verified:
            await insert_mail(change, account.email, MailTemplate.EMAIL_VERIFICATION, about_id=user_id)
        session, cookie = await start(ctx, change, user)
        return session, cookie, user

    async def attempt(slug: str) -> SignIn:
        written = await ctx.write_as(stream_id or user_id, user_id, lambda change: body(change, slug))
        session, cookie, user = written.value
        ctx.services.mail_due.set()
        return signed_in(ctx, session, cookie, user, PilotageRole.OWNER)

    return await with_free_slug(name, attempt)


def _user(user_id: ObjectId, account: NewAccount, password_hash: str, at: datetime) -> UserRecord:
    user = User(id=user_id, email=account.email, name=account.name or None, password_hash=password_hash, created_at=at)
    user.email_verified_at = at if account.verified else None
    user.server_role = account.server_role
    return to_record(user)


async def _home(change: Change, user_id: ObjectId, name: str, slug: str, plan: Plan | None) -> None:
    organization_id, workspace_id = new_id(Kind.ORGANIZATION), new_id(Kind.WORKSPACE)
    await insert_organization(change, organization_id, name=name, slug=slug, owner_id=user_id, plan=plan)
    await insert_workspace(
        change,
        workspace_id,
        organization_id=organization_id,
        name="Personal",
        slug="personal",
        owner_id=user_id,
        is_personal=True,
    )
