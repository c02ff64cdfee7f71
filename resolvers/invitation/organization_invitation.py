"""Invitations to an organization: whoever accepts becomes a member of it, and of its default workspace."""

from functools import partial

from bson import ObjectId

from auth.policies import organization as policy
from auth.secrets import hash_secret
from models import Invitation, Organization, OrganizationMember, User
from models.base import collection, to_record
from models.enums import Role, TokenScope
from models.errors import Conflict
from models.ids import Kind, new_id, parse_id
from models.records import InvitationRecord, OrganizationMemberRecord
from realtime.events.invitation import InvitationCreated
from realtime.log import Change, Committed
from resolvers.inputs.organization import OrganizationMemberInvite
from resolvers.invitation.send import (
    LIFETIME,
    PENDING,
    NewInvitation,
    count_invitation,
    invitations_by,
    revoke,
    send,
    shown,
    still_open,
)
from resolvers.kit.access import check_organization, door_of
from resolvers.kit.ceilings import MAX_INVITATIONS, require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import operation
from resolvers.mail.mail import invitation_token, withdraw_mails
from resolvers.member.organization_member import organization_memberships

_ADMINISTER = TokenScope.ACCOUNT_WRITE


@operation(
    "organizationMemberInvite",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=_ADMINISTER,
    reveals=True,
)
async def invite_organization_member(
    ctx: Context, membership: OrganizationMemberRecord, values: OrganizationMemberInvite
) -> Committed[NewInvitation]:
    """Invite an address to an organization, by mail.

    The link is good for a week. Raises Conflict while an earlier invitation of the same address is open, and for a
    member; RateLimited for too many, to one address too.
    """
    organization_id = membership["organization_id"]

    await count_invitation(ctx, organization_id, values.email)
    invitation_id = new_id(Kind.INVITATION)

    async def body(change: Change) -> InvitationRecord:
        user = await collection(User).find_one({"email": values.email}, {"_id": 1}, session=change.session)
        mine = {"organization_id": organization_id, "user_id": door_of(user)}
        if await collection(OrganizationMember).find_one(mine, {"_id": 1}, session=change.session) is not None:
            raise Conflict("is a member of the organization already", field="email")
        return await insert_invitation(
            ctx, change, invitation_id, organization_id=organization_id, email=values.email, role=values.role
        )

    committed = await ctx.write(organization_id, body, mails=True)
    return Committed(shown(ctx, committed.value), committed.cursor)


async def insert_invitation(
    ctx: Context,
    change: Change,
    invitation_id: ObjectId,
    *,
    organization_id: ObjectId,
    email: str,
    role: Role,
    team_id: ObjectId | None = None,
) -> InvitationRecord:
    """Write an invitation to an organization, or to a team of it, with its event and its mail, within a change.

    Raises Conflict while there is an open one to the same: one that has expired is replaced.
    """
    await require_parent(change, Organization, organization_id)
    pending = {"organization_id": organization_id, "accepted_at": None}
    await require_room(change, Invitation, pending, MAX_INVITATIONS, "invitations of the organization")
    same = {"organization_id": organization_id, "email": email, "team_id": team_id}
    for earlier in await collection(Invitation).find(same, session=change.session).to_list():
        if earlier["accepted_at"] is None and earlier["expires_at"] > change.at:
            raise Conflict("is invited already", field="email")
        await withdraw_mails(change, earlier["_id"])
        await collection(Invitation).delete_one({"_id": earlier["_id"]}, session=change.session)
    invitation = to_record(
        Invitation(
            id=invitation_id,
            workspace_id=None,
            organization_id=organization_id,
            team_id=team_id,
            email=email,
            role=role,
            invited_by=ctx.user_id,
            secret_hash=hash_secret(invitation_token(ctx.services, invitation_id)),
            created_at=change.at,
            expires_at=change.at + LIFETIME,
        )
    )
    await collection(Invitation).insert_one(invitation, session=change.session)
    await send(change, invitation)
    change.append(organization_id, InvitationCreated(invitation_id=invitation_id, email=email))
    return invitation


@operation(
    "organizationInvitations",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=_ADMINISTER,
    read_only=True,
)
async def list_organization_invitations(ctx: Context, membership: OrganizationMemberRecord) -> list[InvitationRecord]:
    """The invitations to an organization that were not accepted, oldest first; expired ones too."""
    query = {"organization_id": membership["organization_id"], **PENDING}
    return await collection(Invitation).find(query, {"secret_hash": 0}).sort("_id", 1).to_list()


invitations_of = invitations_by(
    "organization_id", organization_memberships, partial(check_organization, permission=policy.MANAGE_MEMBERS)
)
"""The same of each organization. Raises Forbidden for whoever may not invite."""


@operation(
    "organizationInvitationRevoke",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=_ADMINISTER,
)
async def revoke_organization_invitation(
    ctx: Context, membership: OrganizationMemberRecord, invitation_id: ObjectId | str
) -> Committed[ObjectId]:
    """End an invitation to an organization that was not accepted.

    Its link is worth nothing from now on.
    """
    organization_id = membership["organization_id"]
    wanted = parse_id(invitation_id, Kind.INVITATION, field="invitationId")

    async def body(change: Change) -> ObjectId:
        inside = {"_id": wanted, "organization_id": organization_id}
        found = await collection(Invitation).find_one(inside, session=change.session)
        return await revoke(change, organization_id, still_open(found))

    return await ctx.write(organization_id, body)
