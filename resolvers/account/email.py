"""Confirming that an e-mail address is the person's own."""

from datetime import timedelta

from auth.counting import count_attempt
from models import Session, User
from models.address import mailbox
from models.base import collection
from models.enums import LinkPurpose, MailTemplate
from models.errors import Conflict, Unauthenticated
from realtime.events.account import EmailVerified
from realtime.log import Change, Committed
from resolvers.inputs.account import EmailVerify
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.mail.mail import insert_mail
from resolvers.notification.links import find_link, use_link

MAX_MAILS_AN_HOUR = 5
MAX_MAILS_TO_MAILBOX = 10
"""An hour, of all accounts whose addresses are one mailbox."""


@operation("emailVerificationSend", caller=Caller.PERSON, reveals=True)
async def send_email_verification(ctx: Context) -> Committed[None]:
    """Send the viewer a mail that confirms their address.

    Send a mail with a link that confirms the caller's address; Conflict where it is confirmed already.
    """
    await count_attempt("verify", str(ctx.user_id), limit=MAX_MAILS_AN_HOUR, window=timedelta(hours=1))

    found = await collection(User).find_one({"_id": ctx.user_id}, {"email": 1})
    if found is not None:
        same = mailbox(found["email"])
        await count_attempt("verify-mailbox", same, limit=MAX_MAILS_TO_MAILBOX, window=timedelta(hours=1))

    async def body(change: Change) -> None:
        user = await collection(User).find_one({"_id": ctx.user_id}, session=change.session)
        if user is None:
            raise Unauthenticated
        if user.get("email_verified_at") is not None:
            raise Conflict("The address is confirmed already")
        await insert_mail(change, user["email"], MailTemplate.EMAIL_VERIFICATION, about_id=ctx.user_id)

    return await ctx.write(ctx.user_id, body, mails=True)


@operation("emailVerify", caller=Caller.ANYONE)
async def verify_email(ctx: Context, values: EmailVerify) -> None:
    """Confirm an e-mail address with the link of the mail.

    Confirm an address with the token of the mail; a session that waited for it may do everything from now on.
    """
    link = await find_link(values.token, LinkPurpose.EMAIL_VERIFICATION)
    user_id = link["user_id"]

    async def body(change: Change) -> None:
        user = await use_link(change, link)
        verified = {"$set": {"email_verified_at": change.at}}
        await collection(User).update_one({"_id": user_id}, verified, session=change.session)
        free = {"$set": {"restricted": False}}
        await collection(Session).update_many({"user_id": user_id}, free, session=change.session)
        change.append(user_id, EmailVerified(email=user["email"]))

    await ctx.write_as(user_id, user_id, body)
