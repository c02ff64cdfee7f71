"""New accounts: each with an organization and a workspace of its own, signed in at once."""

import re
import secrets
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.passwords import hash_password
from models import Organization, User
from models.base import collection, to_record
from models.enums import MailTemplate, PilotageRole
from models.errors import Conflict
from models.ids import Kind, new_id
from models.records import SessionRecord, UserRecord
from realtime.events.account import UserCreated
from realtime.log import Change
from resolvers.account.sign_in import SignIn, signed_in, start
from resolvers.kit.context import Context
from resolvers.mail.mail import insert_mail
from resolvers.organization.organization import insert_organization
from resolvers.user.user import without_secrets
from resolvers.workspace.workspace import insert_workspace

_SLUG_ATTEMPTS = 5

Also = Callable[[Change, UserRecord], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who registers. `verified` says that the address is known to be theirs."""

    email: str
    password: str
    name: str | None
    verified: bool = False


async def create_account(
    ctx: Context, account: NewAccount, *, stream_id: ObjectId | None = None, also: Also | None = None
) -> SignIn:
    """Register and sign in; `also` is done in the same change, with the user's record, in the history of `stream_id`.

    Raises Conflict for an address that has an account.
    """
    password_hash = await hash_password(account.password)
    user_id = new_id(Kind.USER)
    name = account.name or account.email.partition("@")[0]
    # Names are shared by many: a look is cheaper than a transaction in vain.
    slug = await _likely_free(_slug(name))

    async def body(change: Change) -> tuple[SessionRecord, str, UserRecord]:
        user = _user(user_id, account, password_hash, change.at)
        try:
            await collection(User).insert_one(user, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict("belongs to an account already", field="email") from error
        change.append(user_id, UserCreated(user=without_secrets(user)))
        await _home(change, user_id, name, slug)
        if also is not None:
            await also(change, user)
        if not account.verified:
            await insert_mail(change, account.email, MailTemplate.EMAIL_VERIFICATION, about_id=user_id)
        session, cookie = await start(ctx, change, user)
        return session, cookie, user

    for attempt in range(_SLUG_ATTEMPTS):
        try:
            written = await ctx.write_as(stream_id or user_id, user_id, body)
            session, cookie, user = written.value
            ctx.services.mail_due.set()
            return signed_in(ctx, session, cookie, user, PilotageRole.OWNER)
        except Conflict as error:
            if error.field != "slug" or attempt == _SLUG_ATTEMPTS - 1:
                raise
            slug = _another(_slug(name))
    raise AssertionError("unreachable")


def _user(user_id: ObjectId, account: NewAccount, password_hash: str, at: datetime) -> UserRecord:
    user = User(id=user_id, email=account.email, name=account.name or None, password_hash=password_hash, created_at=at)
    user.email_verified_at = at if account.verified else None
    return to_record(user)


async def _home(change: Change, user_id: ObjectId, name: str, slug: str) -> None:
    organization_id, workspace_id = new_id(Kind.ORGANIZATION), new_id(Kind.WORKSPACE)
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


async def _likely_free(slug: str) -> str:
    taken = await collection(Organization).find_one({"slug": slug}, {"_id": 1})
    return slug if taken is None else _another(slug)


def _another(slug: str) -> str:
    return f"{slug}-{secrets.token_hex(3)}"


def _slug(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only)[:40].strip("-")
    return slug if len(slug) > 1 else f"home-{slug}".strip("-")
