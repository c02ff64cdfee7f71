"""Mutations on organizations, workspaces, their members and invitations."""

from datetime import datetime
from typing import Annotated

import strawberry

from realtime.log import Committed
from resolvers import invitation, organization, organization_member, workspace, workspace_member
from resolvers.inputs.organization import (
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberUpdate,
    OrganizationUpdate,
)
from resolvers.inputs.workspace import (
    WorkspaceCreate,
    WorkspaceMemberInvite,
    WorkspaceMemberUpdate,
    WorkspaceUpdate,
)
from resolvers.invitation import NewInvitation
from schema.arguments import CHANGES, VALUES, InvitationId, LinkToken, OrganizationId, UserId, WorkspaceId
from schema.context import Info
from schema.inputs.base import read
from schema.inputs.tenancy import (
    OrganizationCreateInput,
    OrganizationMemberAddInput,
    OrganizationMemberUpdateInput,
    OrganizationUpdateInput,
    WorkspaceCreateInput,
    WorkspaceMemberInviteInput,
    WorkspaceMemberUpdateInput,
    WorkspaceUpdateInput,
)
from schema.invitation import Invitation
from schema.loading import mutation
from schema.organization import Organization, OrganizationMember
from schema.payload import DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor
from schema.workspace import Workspace, WorkspaceMember


@strawberry.type(description="What a change of an organization returns.")
class OrganizationPayload:
    organization: Organization = strawberry.field(description="The organization as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of an organization's member returns.")
class OrganizationMemberPayload:
    member: OrganizationMember = strawberry.field(description="The member as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a workspace returns.")
class WorkspacePayload:
    workspace: Workspace = strawberry.field(description="The workspace as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a workspace's member returns.")
class WorkspaceMemberPayload:
    member: WorkspaceMember = strawberry.field(description="The member as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What an invitation returns.")
class InvitationPayload:
    invitation: Invitation = strawberry.field(description="The invitation.")
    link: str | None = strawberry.field(
        description="The address that accepts it; null where it goes out by mail, to the invited person alone."
    )
    token: str | None = strawberry.field(description="What `invitationAccept` takes; null where `link` is.")
    expires_at: datetime = strawberry.field(description="When it ends.")
    cursor: Cursor = cursor_field()


@strawberry.type
class TenancyMutation:
    @mutation("Create an organization.")
    async def organization_create(
        self, info: Info, input: Annotated[OrganizationCreateInput, VALUES]
    ) -> OrganizationPayload:
        done = await organization.create_organization(info.context.ctx, read(OrganizationCreate, input))
        return committed(OrganizationPayload, "organization", done)

    @mutation("Change an organization.")
    async def organization_update(
        self, info: Info, id: OrganizationId, input: Annotated[OrganizationUpdateInput, CHANGES]
    ) -> OrganizationPayload:
        done = await organization.update_organization(info.context.ctx, id, read(OrganizationUpdate, input))
        return committed(OrganizationPayload, "organization", done)

    @mutation("Delete an organization with all it holds; never one's last.")
    async def organization_delete(self, info: Info, id: OrganizationId) -> DeletePayload:
        return deleted(await organization.delete_organization(info.context.ctx, id))

    @mutation(
        "Make somebody whose address is confirmed a member of an organization. Anybody else is invited to a workspace "
        "of it: the error `INVITATION_REQUIRED` tells by `nextStep` to which the caller may."
    )
    async def organization_member_add(
        self, info: Info, organization_id: OrganizationId, input: Annotated[OrganizationMemberAddInput, VALUES]
    ) -> OrganizationMemberPayload:
        values = read(OrganizationMemberAdd, input)
        done = await organization_member.add_organization_member(info.context.ctx, organization_id, values)
        return committed(OrganizationMemberPayload, "member", done)

    @mutation("Give a member of an organization another role.")
    async def organization_member_update(
        self,
        info: Info,
        organization_id: OrganizationId,
        user_id: UserId,
        input: Annotated[OrganizationMemberUpdateInput, CHANGES],
    ) -> OrganizationMemberPayload:
        values = read(OrganizationMemberUpdate, input)
        done = await organization_member.update_organization_member(info.context.ctx, organization_id, user_id, values)
        return committed(OrganizationMemberPayload, "member", done)

    @mutation("Take a member, or oneself, off an organization and its workspaces; `deletedId` is the user's.")
    async def organization_member_remove(
        self, info: Info, organization_id: OrganizationId, user_id: UserId
    ) -> DeletePayload:
        done = await organization_member.remove_organization_member(info.context.ctx, organization_id, user_id)
        return deleted(done)

    @mutation("Create a workspace in an organization.")
    async def workspace_create(self, info: Info, input: Annotated[WorkspaceCreateInput, VALUES]) -> WorkspacePayload:
        done = await workspace.create_workspace(info.context.ctx, read(WorkspaceCreate, input))
        return committed(WorkspacePayload, "workspace", done)

    @mutation("Change a workspace.")
    async def workspace_update(
        self, info: Info, id: WorkspaceId, input: Annotated[WorkspaceUpdateInput, CHANGES]
    ) -> WorkspacePayload:
        done = await workspace.update_workspace(info.context.ctx, id, read(WorkspaceUpdate, input))
        return committed(WorkspacePayload, "workspace", done)

    @mutation("Delete a workspace with all it holds.")
    async def workspace_delete(self, info: Info, id: WorkspaceId) -> DeletePayload:
        return deleted(await workspace.delete_workspace(info.context.ctx, id))

    @mutation("Invite an e-mail address to a workspace; an earlier invitation of it ends.")
    async def workspace_member_invite(
        self, info: Info, workspace_id: WorkspaceId, input: Annotated[WorkspaceMemberInviteInput, VALUES]
    ) -> InvitationPayload:
        values = read(WorkspaceMemberInvite, input)
        done = await invitation.invite_workspace_member(info.context.ctx, workspace_id, values)
        return _invited(done)

    @mutation("Send an invitation once more; it is good for a week from now.")
    async def invitation_resend(self, info: Info, id: InvitationId) -> InvitationPayload:
        return _invited(await invitation.resend_invitation(info.context.ctx, id))

    @mutation("End an invitation that was not accepted.")
    async def invitation_revoke(self, info: Info, id: InvitationId) -> DeletePayload:
        return deleted(await invitation.revoke_invitation(info.context.ctx, id))

    @mutation("Join the workspace of an invitation.")
    async def invitation_accept(self, info: Info, token: LinkToken) -> WorkspaceMemberPayload:
        done = await invitation.accept_invitation(info.context.ctx, token)
        return committed(WorkspaceMemberPayload, "member", done)

    @mutation("Change what a member of a workspace may do.")
    async def workspace_member_update(
        self,
        info: Info,
        workspace_id: WorkspaceId,
        user_id: UserId,
        input: Annotated[WorkspaceMemberUpdateInput, CHANGES],
    ) -> WorkspaceMemberPayload:
        values = read(WorkspaceMemberUpdate, input)
        done = await workspace_member.update_workspace_member(info.context.ctx, workspace_id, user_id, values)
        return committed(WorkspaceMemberPayload, "member", done)

    @mutation("Take a member, or oneself, off a workspace and its projects; `deletedId` is the user's.")
    async def workspace_member_remove(self, info: Info, workspace_id: WorkspaceId, user_id: UserId) -> DeletePayload:
        return deleted(await workspace_member.remove_workspace_member(info.context.ctx, workspace_id, user_id))


def _invited(done: Committed[NewInvitation]) -> InvitationPayload:
    made = done.value
    return payload(
        InvitationPayload,
        invitation=made.invitation,
        link=made.link,
        token=made.token,
        expires_at=made.invitation["expires_at"],
        cursor=str(done.cursor),
    )
