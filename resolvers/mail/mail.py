"""The outbox: mails are written with the change that causes them, and composed when a sender takes them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bson import ObjectId

from auth.keys import link_token
from auth.secrets import hash_secret
from models import Invitation, Mail, MailLink, Organization, User, Workspace
from models.base import collection, to_record, utc_now
from models.enums import LinkPurpose, MailState, MailTemplate
from models.records import InvitationRecord, MailRecord, UserRecord
from realtime.log import Change
from resolvers.kit.context import Services
from resolvers.mail.letters import Letter, write_letter

VERIFICATION_LIFETIME = timedelta(days=3)
RESET_LIFETIME = timedelta(hours=1)
INVITATION = "invitation"


async def insert_mail(
    change: Change,
    to: str,
    template: MailTemplate,
    *,
    about_id: ObjectId | None = None,
    workspace_id: ObjectId | None = None,
) -> None:
    """Write a mail within a change. Whoever commits it says so with `ctx.write(…, mails=True)`."""
    mail = Mail(to=to, template=template, about_id=about_id, workspace_id=workspace_id, due_at=change.at)
    mail.created_at = change.at
    await collection(Mail).insert_one(to_record(mail), session=change.session)


async def withdraw_mails(change: Change, about_id: ObjectId) -> None:
    """Delete the mails about something that have not been sent."""
    pending = {"about_id": about_id, "state": MailState.PENDING.value}
    await collection(Mail).delete_many(pending, session=change.session)


async def withdraw_mails_to(change: Change, to: str, template: MailTemplate) -> None:
    """Delete the mails of a kind to an address that have not been marked as sent."""
    pending = {"to": to, "template": template.value, "state": MailState.PENDING.value}
    await collection(Mail).delete_many(pending, session=change.session)


def invitation_token(services: Services, invitation_id: ObjectId) -> str:
    """The token of an invitation's link."""
    return link_token(services.signer.key, INVITATION, invitation_id)


def invitation_link(services: Services, token: str) -> str:
    """Where the invited person accepts."""
    return f"{services.base_url.rstrip('/')}{_INVITATION_PAGE}#{token}"


async def compose(services: Services, mail: MailRecord) -> Letter | None:
    """What a mail says now; None where there is no reason for it any more."""
    return await _COMPOSERS[MailTemplate(mail["template"])](services, mail)


async def _invitation(services: Services, mail: MailRecord) -> Letter | None:
    found = await collection(Invitation).find_one({"_id": mail["about_id"]})
    if found is None or found["accepted_at"] is not None or found["expires_at"] <= utc_now():
        return None
    token = invitation_token(services, found["_id"])
    place = await place_of(found)
    if place is None or hash_secret(token) != found["secret_hash"]:
        return None
    inviter = await collection(User).find_one({"_id": found["invited_by"]}, {"name": 1, "email": 1})
    words = {
        "inviter": "Somebody" if inviter is None else inviter["name"] or inviter["email"],
        "address": "who has left" if inviter is None else inviter["email"],
        "workspace": place.workspace or "",
        "organization": place.organization or "",
        "to": mail["to"],
        "until": _day(found["expires_at"]),
    }
    return write_letter(MailTemplate(mail["template"]), words, invitation_link(services, token))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an invitation leads to, by the names; no workspace where that is an organization."""

    organization: str | None
    workspace: str | None


async def place_of(invitation: InvitationRecord) -> Place | None:
    """Where an invitation leads to; None where that is not there any more."""
    organization_id, workspace_id = invitation.get("organization_id"), invitation["workspace_id"]
    workspace = None
    if workspace_id is not None:
        workspace = await collection(Workspace).find_one({"_id": workspace_id}, {"name": 1, "organization_id": 1})
        if workspace is None:
            return None
        organization_id = workspace["organization_id"]
    there = {"_id": organization_id, "deleted_at": None}
    organization = await collection(Organization).find_one(there, {"name": 1})
    if organization is None:
        return None
    return Place(organization["name"], None if workspace is None else workspace["name"])


async def _verification(services: Services, mail: MailRecord) -> Letter | None:
    user = await collection(User).find_one({"_id": mail["about_id"]}, {"email": 1, "email_verified_at": 1})
    if user is None or user["email"] != mail["to"] or user.get("email_verified_at") is not None:
        return None
    return await _with_link(services, mail, user, LinkPurpose.EMAIL_VERIFICATION, VERIFICATION_LIFETIME)


async def _reset(services: Services, mail: MailRecord) -> Letter | None:
    # Whether there is such an account is looked at here alone, long after the answer to whoever asked.
    user = await collection(User).find_one({"email": mail["to"], "is_agent": False}, {"email": 1})
    if user is None:
        return None
    return await _with_link(services, mail, user, LinkPurpose.PASSWORD_RESET, RESET_LIFETIME)


async def _with_link(
    services: Services, mail: MailRecord, user: UserRecord, purpose: LinkPurpose, lifetime: timedelta
) -> Letter | None:
    expires_at = mail["created_at"] + lifetime
    if expires_at <= utc_now():
        return None
    token = link_token(services.signer.key, purpose.value, mail["_id"])
    link = to_record(
        MailLink(
            user_id=user["_id"],
            email=user["email"],
            purpose=purpose,
            secret_hash=hash_secret(token),
            expires_at=expires_at,
        )
    )
    # A mail that is sent again carries the same link.
    same = {"secret_hash": link["secret_hash"]}
    others = {name: value for name, value in link.items() if name not in same}
    await collection(MailLink).update_one(same, {"$setOnInsert": others}, upsert=True)
    if await collection(Mail).find_one({"_id": mail["_id"]}, {"_id": 1}) is None:  # its link was used meanwhile
        await collection(MailLink).delete_one(same)
        return None
    address = f"{services.base_url.rstrip('/')}{_PAGES[purpose]}#{token}"
    template = MailTemplate(mail["template"])
    return write_letter(template, {"to": mail["to"], "until": _minute(expires_at)}, address)


async def _notice(_services: Services, mail: MailRecord) -> Letter | None:
    words = {"to": mail["to"], "at": _minute(mail["created_at"])}
    return write_letter(MailTemplate(mail["template"]), words)


def _day(moment: datetime) -> str:
    return f"{moment:%d %B %Y}"


def _minute(moment: datetime) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC"


# The token follows a #: it reaches the page, and no server's log.
_INVITATION_PAGE = "/invitations/accept"
_PAGES = {
    LinkPurpose.EMAIL_VERIFICATION: "/account/verify-email",
    LinkPurpose.PASSWORD_RESET: "/account/reset-password",
}

_COMPOSERS: Mapping[MailTemplate, Callable[[Services, MailRecord], Awaitable[Letter | None]]] = MappingProxyType(
    {
        **dict.fromkeys(MailTemplate, _notice),
        MailTemplate.INVITATION: _invitation,
        MailTemplate.ORGANIZATION_INVITATION: _invitation,
        MailTemplate.EMAIL_VERIFICATION: _verification,
        MailTemplate.PASSWORD_RESET: _reset,
    }
)
