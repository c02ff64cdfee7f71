"""Invitations to a workspace: a link for one e-mail address, for a week, for one use."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from bson import ObjectId

from auth.policies import workspace as policy
from auth.secrets import hash_secret, new_secret
from models import Invitation, OrganizationMember, User, Workspace, WorkspaceMember
from models.base import Record, collection, to_record
from models.enums import PilotageRole, Role, TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, parse_id
from realtime.events import InvitationCreated
from realtime.log import Change, Committed
from resolvers.access import check_workspace
from resolvers.context import Context
from resolvers.edit import require_parent
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.operation import operation
from resolvers.organization_member import insert_organization_member
from resolvers.workspace_member import insert_workspace_member

log = logging.getLogger("orrery.invitation")

LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation's record, without the hash, and the link, which cannot be shown again."""

    invitation: Record
    token: str
    link: str


@operation("workspaceMemberInvite", scope=TokenScope.ACCOUNT_WRITE, permission=policy.MANAGE_MEMBERS)
async def invite_workspace_member(
    ctx: Context, workspace_id: ObjectId | str, values: WorkspaceMemberInvite
) -> Committed[NewInvitation]:
    """Invite an address to a workspace; an earlier invitation of the same address ends."""
    wanted = parse_id(workspace_id, Kind.WORKSPACE)
    await check_workspace(ctx, wanted, policy.MANAGE_MEMBERS)
    token = new_secret()

    async def body(change: Change) -> Record:
        await require_parent(change, Workspace, wanted)
        user = await collection(User).find_one({"email": values.email}, {"_id": 1}, session=change.session)
        if user is not None and await _membership(change, wanted, user["_id"]) is not None:
            raise Conflict("is a member of the workspace already", field="email")
        same = {"workspace_id": wanted, "email": values.email}
        await collection(Invitation).delete_many(same, session=change.session)
        invitation = to_record(
            Invitation(
                workspace_id=wanted,
                email=values.email,
                role=values.role,
                invited_by=ctx.user_id,
                secret_hash=hash_secret(token),
                created_at=change.at,
                expires_at=change.at + LIFETIME,
            )
        )
        await collection(Invitation).insert_one(invitation, session=change.session)
        change.append(wanted, InvitationCreated(invitation_id=invitation["_id"], email=values.email))
        return {name: value for name, value in invitation.items() if name != "secret_hash"}

    committed = await ctx.write(wanted, body)
    link = f"{ctx.services.base_url.rstrip('/')}/invitations/{token}/accept"
    # Until mail is sent, the log of the gateway and the answer to the inviter are the only ways to the link.
    log.info("invitation of %s: %s", values.email, link)
    return Committed(NewInvitation(committed.value, token, link), committed.cursor)


@operation("invitationAccept", scope=TokenScope.ACCOUNT_WRITE)
async def accept_invitation(ctx: Context, token: str) -> Committed[Record]:
    """Join the workspace of an invitation, and its organization; returns the membership of the workspace.

    Raises NotFound for anybody but the invited address, Conflict for an invitation that was used or has expired.
    """
    invitations = collection(Invitation)
    found = await invitations.find_one({"secret_hash": hash_secret(token)}, {"workspace_id": 1})
    if found is None:
        raise NotFound("Invitation")

    async def body(change: Change) -> Record:
        invitation = await invitations.find_one({"_id": found["_id"]}, session=change.session)
        user = await collection(User).find_one({"_id": ctx.user_id}, {"email": 1}, session=change.session)
        if invitation is None or user is None or invitation["email"] != user["email"]:
            raise NotFound("Invitation")
        if invitation["accepted_at"] is not None:
            raise Conflict("The invitation was used already")
        if invitation["expires_at"] <= change.at:
            raise Conflict("The invitation has expired: ask for a new one")
        workspace = await collection(Workspace).find_one({"_id": invitation["workspace_id"]}, session=change.session)
        if workspace is None:
            raise NotFound("Invitation")
        accepted = {"$set": {"accepted_at": change.at}}
        await invitations.update_one({"_id": invitation["_id"]}, accepted, session=change.session)
        return await _join(change, workspace, ctx.user_id, Role(invitation["role"]))

    committed = await ctx.write(found["workspace_id"], body)
    ctx.memberships.clear()
    return committed


async def _join(change: Change, workspace: Record, user_id: ObjectId, role: Role) -> Record:
    organization_id = workspace["organization_id"]
    belongs = {"organization_id": organization_id, "user_id": user_id}
    if await collection(OrganizationMember).find_one(belongs, {"_id": 1}, session=change.session) is None:
        await insert_organization_member(change, organization_id, user_id, Role.MEMBER)
    # Whoever became a member in another way keeps the role that they have.
    member = await _membership(change, workspace["_id"], user_id)
    return member or await insert_workspace_member(change, workspace, user_id, role, PilotageRole.VIEWER)


async def _membership(change: Change, workspace_id: ObjectId, user_id: ObjectId) -> Record | None:
    query = {"workspace_id": workspace_id, "user_id": user_id}
    return await collection(WorkspaceMember).find_one(query, session=change.session)
