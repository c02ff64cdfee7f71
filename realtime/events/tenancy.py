"""Events of organizations, workspaces, their members and invitations."""

from models.base import Record
from realtime.events.base import Event, Id


class WorkspaceCreated(Event):
    workspace: Record


class WorkspaceUpdated(Event):
    workspace: Record


class WorkspaceDeleted(Event):
    deleted_id: Id


class WorkspaceMemberAdded(Event):
    member: Record


class WorkspaceMemberUpdated(Event):
    member: Record


class WorkspaceMemberRemoved(Event):
    user_id: Id


class InvitationCreated(Event):
    invitation_id: Id
    email: str


class InvitationResent(Event):
    invitation_id: Id
    email: str


class InvitationRevoked(Event):
    invitation_id: Id
    email: str


class InvitationAccepted(Event):
    invitation_id: Id
    user_id: Id


class OrganizationCreated(Event):
    organization: Record


class OrganizationUpdated(Event):
    organization: Record


class OrganizationDeleted(Event):
    deleted_id: Id


class OrganizationMemberAdded(Event):
    member: Record


class OrganizationMemberUpdated(Event):
    member: Record


class OrganizationMemberRemoved(Event):
    user_id: Id
