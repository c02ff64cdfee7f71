"""Accepting an invitation: to a workspace, to an organization, or to a team of one."""

from dataclasses import dataclass
from typing import Annotated

from bson import ObjectId

from auth.secrets import hash_secret
from models import (
    Invitation,
    Organization,
    OrganizationMember,
    Project,
    Team,
    TeamMember,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import collection
from models.enums import PilotageRole, Role, TokenScope
from models.errors import Conflict, NotFound
from models.records import (
    InvitationRecord,
    OrganizationMemberRecord,
    OrganizationRecord,
    UserRecord,
    WorkspaceMemberRecord,
)
from realtime.events.invitation import InvitationAccepted
from realtime.log import Change, Committed
from resolvers.kit.context import Context
from resolvers.kit.operation import operation
from resolvers.kit.plan_limits import require_plan_room
from resolvers.mail.mail import withdraw_mails
from resolvers.member.organization_member import insert_organization_member, join_organization
from resolvers.member.project_member import add_member, is_member
from resolvers.member.team_member import insert_team_member
from resolvers.member.workspace_member import insert_workspace_member
from resolvers.user.home import set_home

_ADMINISTER = TokenScope.ACCOUNT_WRITE
_BY_MAIL = "who was invited joins by the link of a mail"

LinkToken = Annotated[str, "The token of the link that came by mail."]


@dataclass(frozen=True, slots=True)
class Joined:
    """The memberships of whoever has accepted; that of a workspace where the invitation leads to one."""

    organization: OrganizationMemberRecord
    workspace: WorkspaceMemberRecord | None


@operation("invitationAccept", scope=_ADMINISTER, no_tool=_BY_MAIL)
async def accept_invitation(ctx: Context, token: LinkToken) -> Committed[WorkspaceMemberRecord]:
    """Join the workspace of an invitation.

    Returns the membership of the workspace.

    Raises NotFound for anybody but the invited address, Conflict for an invitation that was used or has expired, or
    that leads to an organization.
    """
    found = await find_by_token(token)

    async def body(change: Change) -> WorkspaceMemberRecord:
        joined = await _join_as_caller(ctx, change, found["_id"])
        if joined.workspace is None:
            raise Conflict("The invitation is to an organization: `organizationInvitationAccept` accepts it")
        return joined.workspace

    committed = await ctx.write(stream_of(found), body)
    ctx.memberships.clear()
    return committed


@operation("organizationInvitationAccept", scope=_ADMINISTER, no_tool=_BY_MAIL)
async def accept_organization_invitation(ctx: Context, token: LinkToken) -> Committed[OrganizationMemberRecord]:
    """Join the organization of an invitation, with whatever else the invitation leads to: its default workspace, a team
    or, by an invitation to a workspace, that.

    Raises NotFound for anybody but the invited address, Conflict for an invitation that was used or has expired.
    """
    found = await find_by_token(token)

    async def body(change: Change) -> OrganizationMemberRecord:
        return (await _join_as_caller(ctx, change, found["_id"])).organization

    committed = await ctx.write(stream_of(found), body)
    ctx.memberships.clear()
    return committed


async def find_by_token(token: str) -> InvitationRecord:
    """The invitation of a link; raises NotFound."""
    found = await collection(Invitation).find_one({"secret_hash": hash_secret(token)})
    if found is None:
        raise NotFound("Invitation")
    return found


def stream_of(invitation: InvitationRecord) -> ObjectId:
    """In whose history an invitation is told: the workspace's or, without one, the organization's."""
    return ObjectId(invitation["workspace_id"] or invitation["organization_id"])


async def _join_as_caller(ctx: Context, change: Change, invitation_id: ObjectId) -> Joined:
    user = await collection(User).find_one({"_id": ctx.user_id}, {"email": 1}, session=change.session)
    if user is None:
        raise NotFound("Invitation")
    return await join(ctx, change, invitation_id, user)


async def join(ctx: Context, change: Change, invitation_id: ObjectId, user: UserRecord) -> Joined:
    """Use up an invitation and make the user (`_id` and `email`) a member, within a change.

    Whoever became a member in another way keeps the role that they have.
    """
    invitation = await collection(Invitation).find_one({"_id": invitation_id}, session=change.session)
    if invitation is None or invitation["email"] != user["email"]:
        raise NotFound("Invitation")
    if invitation["accepted_at"] is not None:
        raise Conflict("The invitation was used already")
    if invitation["expires_at"] <= change.at:
        raise Conflict("The invitation has expired: ask for a new one")
    used = {"$set": {"accepted_at": change.at}}
    await collection(Invitation).update_one({"_id": invitation_id}, used, session=change.session)
    await withdraw_mails(change, invitation_id)
    change.append(stream_of(invitation), InvitationAccepted(invitation_id=invitation_id, user_id=user["_id"]))
    into = _join_organization if invitation["workspace_id"] is None else _join_workspace
    return await into(ctx, change, invitation, user["_id"])


async def _join_organization(ctx: Context, change: Change, invitation: InvitationRecord, user_id: ObjectId) -> Joined:
    organization = await _organization(change, invitation["organization_id"])
    team_id = invitation.get("team_id")
    member = await _belongs(change, organization["_id"], user_id)
    if member is None:
        role = Role(invitation["role"]) if team_id is None else Role.MEMBER
        member = await join_organization(ctx, change, organization, user_id, role)
        if (workspace_id := organization.get("default_workspace_id")) is not None:
            await set_home(change, user_id, workspace_id)
    if team_id is not None:
        await _join_team(change, team_id, user_id, Role(invitation["role"]))
    return Joined(member, None)


async def _join_workspace(ctx: Context, change: Change, invitation: InvitationRecord, user_id: ObjectId) -> Joined:
    workspace = await collection(Workspace).find_one({"_id": invitation["workspace_id"]}, session=change.session)
    if workspace is None:
        raise NotFound("Invitation")
    organization_id = (await _organization(change, workspace["organization_id"]))["_id"]
    belongs = await _belongs(change, organization_id, user_id)
    if belongs is None:
        await require_plan_room(ctx, change, "members", {"organization_id": organization_id})
        belongs = await insert_organization_member(change, organization_id, user_id, Role.MEMBER)
    mine = {"workspace_id": workspace["_id"], "user_id": user_id}
    member = await collection(WorkspaceMember).find_one(mine, session=change.session)
    role = Role(invitation["role"])
    member = member or await insert_workspace_member(change, workspace, user_id, role, PilotageRole.VIEWER)
    await _join_project(change, invitation, user_id)
    await set_home(change, user_id, workspace["_id"])
    return Joined(belongs, member)


async def _join_team(change: Change, team_id: ObjectId, user_id: ObjectId, role: Role) -> None:
    """Make who was invited a member of a team, whose role is in that alone."""
    team = await collection(Team).find_one({"_id": team_id}, session=change.session)
    if team is None:
        raise NotFound("Invitation")
    mine = {"team_id": team_id, "user_id": user_id}
    if await collection(TeamMember).find_one(mine, {"_id": 1}, session=change.session) is None:
        await insert_team_member(change, team, user_id, role)


async def _organization(change: Change, organization_id: ObjectId | None) -> OrganizationRecord:
    there = {"_id": organization_id, "deleted_at": None}
    organization = await collection(Organization).find_one(there, session=change.session)
    if organization is None:
        raise NotFound("Invitation")
    return organization


async def _belongs(change: Change, organization_id: ObjectId, user_id: ObjectId) -> OrganizationMemberRecord | None:
    mine = {"organization_id": organization_id, "user_id": user_id}
    return await collection(OrganizationMember).find_one(mine, session=change.session)


async def _join_project(change: Change, invitation: InvitationRecord, user_id: ObjectId) -> None:
    """Make who was invited a member of the project that the invitation names, as long as that is there."""
    if (project_id := invitation.get("project_id")) is None or await is_member(project_id, user_id, change):
        return
    inside = {"_id": project_id, "workspace_id": invitation["workspace_id"]}
    project = await collection(Project).find_one(inside, session=change.session)
    if project is not None:
        await add_member(change, project, user_id, Role(invitation["project_role"] or Role.MEMBER))
