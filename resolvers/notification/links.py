"""Using the link of a mail: once, for the address that it was sent to."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from auth.secrets import hash_secret
from models import MailLink, User
from models.base import collection, utc_now
from models.enums import LinkPurpose, MailTemplate
from models.errors import BadUserInput
from models.records import MailLinkRecord, UserRecord
from realtime.log import Change
from resolvers.mail.mail import withdraw_mails_to

_TEMPLATES: Mapping[LinkPurpose, MailTemplate] = MappingProxyType(
    {
        LinkPurpose.EMAIL_VERIFICATION: MailTemplate.EMAIL_VERIFICATION,
        LinkPurpose.PASSWORD_RESET: MailTemplate.PASSWORD_RESET,
    }
)


def _refused() -> BadUserInput:
    return BadUserInput("is not valid: the link was used, or has expired", field="token")


async def find_link(token: str, purpose: LinkPurpose) -> MailLinkRecord:
    """The link of a token; raises BadUserInput."""
    found = await collection(MailLink).find_one({"secret_hash": hash_secret(token)})
    return _checked(found, purpose, utc_now())


async def use_link(change: Change, link: MailLinkRecord) -> UserRecord:
    """Use a link up, and all others of its purpose, within a change; the record of its user. Raises BadUserInput."""
    still = await collection(MailLink).find_one({"_id": link["_id"]}, session=change.session)
    _checked(still, LinkPurpose(link["purpose"]), change.at)
    user = await collection(User).find_one({"_id": link["user_id"], "is_agent": False}, session=change.session)
    if user is None or user["email"] != link["email"]:
        raise _refused()
    same = {"user_id": link["user_id"], "purpose": link["purpose"]}
    await collection(MailLink).delete_many(same, session=change.session)
    # One that was delivered and not marked as sent would be sent again, and make its link anew.
    await withdraw_mails_to(change, link["email"], _TEMPLATES[LinkPurpose(link["purpose"])])
    return user


def _checked(found: MailLinkRecord | None, purpose: LinkPurpose, now: datetime) -> MailLinkRecord:
    if found is None or found["purpose"] != purpose.value or found["expires_at"] <= now:
        raise _refused()
    return found
