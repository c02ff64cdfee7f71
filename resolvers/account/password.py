"""Passwords: changing one that is known, and resetting one that was forgotten."""

from datetime import timedelta

from bson import ObjectId

from auth.attempts import ONE_ACCOUNT, Gate, check_password
from auth.counting import count_attempt
from auth.passwords import hash_password, renewed_hash
from models import ApiToken, Identity, Mail, MailLink, Session, User
from models.address import mailbox
from models.base import Record, collection, to_record
from models.enums import LinkPurpose, MailTemplate
from models.errors import BadUserInput, Conflict, Unauthenticated
from models.installation_enums import AuthProvider
from models.records import UserRecord
from realtime.events.account import (
    ApiTokenRevoked,
    IdentityUnlinked,
    PasswordChanged,
    PasswordReset,
    TwoFactorDisabled,
)
from realtime.log import Change, Committed
from resolvers.inputs.account import PasswordChange, PasswordResetInput, PasswordResetRequest
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.mail.mail import insert_mail, withdraw_mails_to
from resolvers.notification.links import find_link, use_link
from resolvers.oauth.grant import take_all

MAX_RESETS_AN_HOUR = 5
"""Of one mailbox, whoever asks."""
MAX_RESETS_OF_SOURCE = 30
"""An hour, of any addresses: mail to strangers is not for everybody to send."""


async def require_password(ctx: Context, password: str, *, field: str = "password") -> UserRecord:
    """The caller's record; raises BadUserInput, or RateLimited, where the password is not the caller's."""
    user = await collection(User).find_one({"_id": ctx.user_id})
    if user is None:
        raise Unauthenticated
    # A counter of its own: nobody else's guesses reach who is signed in, nor those of another session.
    gate = Gate("confirm", str(ctx.subject.credential_id or ctx.user_id), ONE_ACCOUNT)
    if not await check_password([gate], user["password_hash"], password):
        raise BadUserInput("is wrong", field=field)
    return user


async def with_current_hash(user: UserRecord, password: str) -> UserRecord:
    """An account whose password was right: its hash is made anew where it was made of a form that is hashed no more."""
    renewed = await renewed_hash(str(user["password_hash"]), password)
    if renewed is None:
        return user
    same = {"_id": user["_id"], "password_hash": user["password_hash"]}
    await collection(User).update_one(same, {"$set": {"password_hash": renewed}})
    return {**user, "password_hash": renewed}


@operation("passwordChange", caller=Caller.PERSON)
async def change_password(ctx: Context, values: PasswordChange) -> Committed[None]:
    """Change the password; every other session ends.

    A new password; every other session of the account ends, and what was sent to reset the old one.
    """
    user = await require_password(ctx, values.current_password, field="currentPassword")
    password_hash = await hash_password(values.new_password)

    async def body(change: Change) -> None:
        # The hash that was verified must still be there: of two changes at once, one wins.
        changed = await collection(User).update_one(
            {"_id": ctx.user_id, "password_hash": user["password_hash"]},
            {"$set": {"password_hash": password_hash, "must_change_password": False}},
            session=change.session,
        )
        if not changed.matched_count:
            raise Conflict("The password was changed in the meantime")
        others = {"user_id": ctx.user_id, "_id": {"$ne": ctx.subject.credential_id}}
        await collection(Session).delete_many(others, session=change.session)
        links = {"user_id": ctx.user_id, "purpose": LinkPurpose.PASSWORD_RESET.value}
        await collection(MailLink).delete_many(links, session=change.session)
        await withdraw_mails_to(change, user["email"], MailTemplate.PASSWORD_RESET)
        change.append(ctx.user_id, PasswordChanged())
        await insert_mail(change, user["email"], MailTemplate.PASSWORD_CHANGED, about_id=ctx.user_id)

    return await ctx.write(ctx.user_id, body, revokes=True, mails=True)


@operation("passwordResetRequest", caller=Caller.ANYONE, reveals=True)
async def request_password_reset(ctx: Context, values: PasswordResetRequest) -> None:
    """Send a link for a new password to an address, if it has an account: the answer does not tell.

    Nothing here looks at that: what is done, and how long it takes, is the same for every address. The sender of the
    mail looks later.
    """
    if ctx.source is not None:
        await count_attempt("reset-source", ctx.source, limit=MAX_RESETS_OF_SOURCE, window=timedelta(hours=1))
    await count_attempt("reset", mailbox(values.email), limit=MAX_RESETS_AN_HOUR, window=timedelta(hours=1))
    await collection(Mail).insert_one(to_record(Mail(to=values.email, template=MailTemplate.PASSWORD_RESET)))
    ctx.services.mail_due.set()


@operation("passwordReset", caller=Caller.ANYONE)
async def reset_password(ctx: Context, values: PasswordResetInput) -> None:
    """Choose a new password with the link of the mail; every session of the account ends.

    A new password by the token of the mail. Every session ends; the address counts as confirmed.

    A second factor stays: signing in takes it as before. But where nobody had confirmed the address, whoever set the
    account up may be somebody else, waiting for its owner: their tokens, their second factor and their identity at a
    provider go.
    """
    link = await find_link(values.token, LinkPurpose.PASSWORD_RESET)
    password_hash = await hash_password(values.new_password)
    user_id: ObjectId = link["user_id"]

    async def body(change: Change) -> None:
        user = await use_link(change, link)
        changes: Record = {"password_hash": password_hash, "must_change_password": False}
        changes["auth_provider"] = AuthProvider.LOCAL.value  # there is a password from now on
        if user.get("email_verified_at") is None:
            changes |= {"email_verified_at": change.at, "two_factor": None, "two_factor_setup": None}
            await _end_tokens(change, user_id)
            if (await collection(Identity).delete_many({"user_id": user_id}, session=change.session)).deleted_count:
                change.append(user_id, IdentityUnlinked())
            if user.get("two_factor") is not None:
                change.append(user_id, TwoFactorDisabled())
        await collection(User).update_one({"_id": user_id}, {"$set": changes}, session=change.session)
        await collection(Session).delete_many({"user_id": user_id}, session=change.session)
        change.append(user_id, PasswordReset())
        await insert_mail(change, user["email"], MailTemplate.PASSWORD_CHANGED, about_id=user_id)

    await ctx.write_as(user_id, user_id, body)
    ctx.services.revoked()
    ctx.services.mail_due.set()


async def _end_tokens(change: Change, user_id: ObjectId) -> None:
    mine = {"user_id": user_id}
    await take_all(change, user_id)
    tokens = await collection(ApiToken).find(mine, {"_id": 1}, session=change.session).to_list()
    await collection(ApiToken).delete_many(mine, session=change.session)
    for token in tokens:
        change.append(user_id, ApiTokenRevoked(token_id=token["_id"]))
