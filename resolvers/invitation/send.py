"""What invitations to workspaces and to organizations have in common: who may send how many, the mail, and the link."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from auth.counting import count_attempt
from models import Invitation, User
from models.address import mailbox
from models.base import AnyRecord, collection, without
from models.enums import MailTemplate, TokenScope
from models.errors import Conflict, Forbidden, NotFound
from models.records import InvitationRecord
from realtime.events.invitation import InvitationRevoked
from realtime.log import Change
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.kit.page import ListEdge, Page, Window, pages
from resolvers.mail.mail import insert_mail, invitation_link, invitation_token, withdraw_mails

PENDING = {"accepted_at": None, "team_id": None}
"""Of an organization or a workspace: what invites to a team of it is that team's."""
LIFETIME = timedelta(days=7)
MAX_INVITATIONS_AN_HOUR = 200
"""Of one tenant, and by one person to all tenants."""
MAX_TO_ADDRESS_AN_HOUR = 10
"""Mails of one tenant to one address, whether it is invited again or an invitation is sent again."""
MAX_TO_ADDRESS_A_DAY = 50
"""Mails of all tenants to one address."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation's record, without the hash. `token` and `link` are None where the link goes out by mail alone."""

    invitation: InvitationRecord
    token: str | None
    link: str | None

    @property
    def expires_at(self) -> datetime:
        """When the link ends."""
        moment: datetime = self.invitation["expires_at"]
        return moment


async def count_invitation(ctx: Context, tenant_id: ObjectId, email: str) -> None:
    """Count an invitation before it is written. Raises Forbidden for whoever may send none, RateLimited for more."""
    await check_inviter(ctx)
    for who in (tenant_id, ctx.user_id):
        await count_attempt("invite", str(who), limit=MAX_INVITATIONS_AN_HOUR, window=timedelta(hours=1))
    await count_mail(tenant_id, email)


async def check_inviter(ctx: Context) -> None:
    """Raise Forbidden for whoever has not confirmed an address of their own, where mail to other people goes out."""
    if ctx.services.shows_links:
        return
    inviter = await collection(User).find_one({"_id": ctx.user_id}, {"email_verified_at": 1})
    if inviter is None or inviter.get("email_verified_at") is None:
        raise Forbidden("Confirm your e-mail address first: invitations go out in your name")


async def count_mail(tenant_id: ObjectId, email: str) -> None:
    """Count a mail to an address before it is written; raises RateLimited where it gets too many."""
    same = mailbox(email)
    here = f"{tenant_id} {same}"
    await count_attempt("invite-address", here, limit=MAX_TO_ADDRESS_AN_HOUR, window=timedelta(hours=1))
    await count_attempt("invite-address", same, limit=MAX_TO_ADDRESS_A_DAY, window=timedelta(days=1))


async def open_invitation(change: Change, invitation_id: ObjectId) -> InvitationRecord:
    """An invitation that was not accepted; raises NotFound, and Conflict for one that was."""
    return still_open(await collection(Invitation).find_one({"_id": invitation_id}, session=change.session))


def still_open(invitation: InvitationRecord | None) -> InvitationRecord:
    """The same of what was found."""
    if invitation is None:
        raise NotFound("Invitation")
    if invitation["accepted_at"] is not None:
        raise Conflict("The invitation was used already")
    return invitation


async def revoke(change: Change, stream_id: ObjectId, invitation: InvitationRecord) -> ObjectId:
    """End an invitation within a change, with its mails, and tell it in the stream of what it is to; its id."""
    invitation_id: ObjectId = invitation["_id"]
    await collection(Invitation).delete_one({"_id": invitation_id}, session=change.session)
    await withdraw_mails(change, invitation_id)
    change.append(stream_id, InvitationRevoked(invitation_id=invitation_id, email=invitation["email"]))
    return invitation_id


async def send(change: Change, invitation: InvitationRecord) -> None:
    """Write the mail of an invitation."""
    workspace_id = invitation["workspace_id"]
    template = MailTemplate.ORGANIZATION_INVITATION if workspace_id is None else MailTemplate.INVITATION
    await insert_mail(change, invitation["email"], template, about_id=invitation["_id"], workspace_id=workspace_id)


def shown(ctx: Context, invitation: InvitationRecord) -> NewInvitation:
    """What whoever invites is shown of it."""
    told = without(invitation, {"secret_hash"})
    if not ctx.services.shows_links or not ctx.subject.is_person:
        # Whoever holds the token can open an account for the address: it is for its mailbox alone. Where no mail goes
        # out it is for the person who invites, and not for a token of theirs, which may end before it.
        return NewInvitation(told, None, None)
    token = invitation_token(ctx.services, invitation["_id"])
    return NewInvitation(told, token, invitation_link(ctx.services, token))


def invitations_by(
    key: str,
    memberships: Callable[[Context, Iterable[ObjectId]], Awaitable[Any]],
    check: Callable[[Context, ObjectId], Awaitable[Any]],
) -> ListEdge:
    """The edge from tenants, named by `key`, to their invitations that were not accepted. `memberships` are looked up
    for all of them, then each is checked."""

    @edge(scope=TokenScope.ACCOUNT_WRITE, viewer=True)
    async def invitations_of(
        ctx: Context,
        tenants: Sequence[AnyRecord],
        fields: Fields,
        *,
        first: int | None = None,
        after: str | None = None,
    ) -> list[Page]:
        ids = [tenant["_id"] for tenant in tenants]
        await memberships(ctx, ids)
        for tenant_id in ids:
            await check(ctx, tenant_id)
        window, wanted = Window.read(first, after), None if fields is None else fields - {"secret_hash"}
        found = await pages(Invitation, key, ids, window, where=PENDING, fields=wanted)
        return [found[tenant_id] for tenant_id in ids]

    return invitations_of
