"""Organizations, workspaces, their members, and invitations."""

from typing import Literal

from typing_extensions import TypedDict

from models.base import Record
from models.enums import PilotageRole as PilotageRoleValue
from models.enums import Role as RoleValue
from resolvers.tenancy.invitation import NewInvitation
from rest.stellary.present.account import PilotageRole
from rest.stellary.present.base import Id, Timestamp, timestamp

Role = Literal["owner", "admin", "member"]


class Organization(TypedDict):
    """The top of the tenancy. `myRole` is the caller's."""

    id: Id
    name: str
    slug: str
    ownerId: Id
    myRole: Role
    createdAt: Timestamp
    updatedAt: Timestamp


class OrganizationMember(TypedDict):
    """A person's (or an agent's) membership of an organization."""

    userId: Id
    email: str
    name: str | None
    isAgent: bool
    role: Role
    joinedAt: Timestamp


class Workspace(TypedDict):
    """The tenant of projects, agents and missions. `myRole` and `myPilotageRole` are the caller's."""

    id: Id
    name: str
    slug: str
    organizationId: Id
    ownerId: Id
    isPersonal: bool
    myRole: Role
    myPilotageRole: PilotageRole
    createdAt: Timestamp
    updatedAt: Timestamp


class WorkspaceMember(OrganizationMember):
    """A person's (or an agent's) membership of a workspace."""

    pilotageRole: PilotageRole


class PendingInvitation(TypedDict):
    """An invitation that was not accepted yet."""

    id: Id
    email: str
    role: Role
    workspaceId: Id
    invitedBy: Id
    expiresAt: Timestamp
    createdAt: Timestamp


class Invitation(PendingInvitation):
    """An invitation with its link. `token` and `link` are null where the link goes to the invited person's mailbox."""

    token: str | None
    link: str | None


class InvitationPreview(TypedDict):
    """What the link of an invitation leads to."""

    email: str
    role: Role
    workspaceName: str
    organizationName: str | None
    inviterName: str | None
    expiresAt: Timestamp


class Membership(TypedDict):
    """What the caller became a member of."""

    workspaceId: Id
    workspaceSlug: str
    organizationId: Id
    organizationSlug: str
    userId: Id
    role: Role
    pilotageRole: PilotageRole
    joinedAt: Timestamp


def organization(record: Record) -> Organization:
    """`record` carries `my_role`."""
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "slug": record["slug"],
        "ownerId": str(record["owner_id"]),
        "myRole": RoleValue(record["my_role"]).value,
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def organization_member(record: Record) -> OrganizationMember:
    """`record` is a membership with its `user`."""
    return {
        "userId": str(record["user_id"]),
        "email": record["user"]["email"],
        "name": record["user"]["name"],
        "isAgent": record["user"]["is_agent"],
        "role": RoleValue(record["role"]).value,
        "joinedAt": timestamp(record["created_at"]),
    }


def workspace(record: Record) -> Workspace:
    """`record` carries `my_role` and `my_pilotage_role`."""
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "slug": record["slug"],
        "organizationId": str(record["organization_id"]),
        "ownerId": str(record["owner_id"]),
        "isPersonal": record["is_personal"],
        "myRole": RoleValue(record["my_role"]).value,
        "myPilotageRole": PilotageRoleValue(record["my_pilotage_role"]).value,
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def workspace_member(record: Record) -> WorkspaceMember:
    """`record` is a membership with its `user`."""
    return {**organization_member(record), "pilotageRole": PilotageRoleValue(record["pilotage_role"]).value}


def pending_invitation(record: Record) -> PendingInvitation:
    return {
        "id": str(record["_id"]),
        "email": record["email"],
        "role": RoleValue(record["role"]).value,
        "workspaceId": str(record["workspace_id"]),
        "invitedBy": str(record["invited_by"]),
        "expiresAt": timestamp(record["expires_at"]),
        "createdAt": timestamp(record["created_at"]),
    }


def invitation(created: NewInvitation) -> Invitation:
    return {**pending_invitation(created.invitation), "token": created.token, "link": created.link}


def invitation_preview(record: Record) -> InvitationPreview:
    return {
        "email": record["email"],
        "role": RoleValue(record["role"]).value,
        "workspaceName": record["workspace_name"],
        "organizationName": record["organization_name"],
        "inviterName": record["inviter_name"],
        "expiresAt": timestamp(record["expires_at"]),
    }


def membership(member: Record, workspace: Record, organization: Record) -> Membership:
    return {
        "workspaceId": str(workspace["_id"]),
        "workspaceSlug": workspace["slug"],
        "organizationId": str(organization["_id"]),
        "organizationSlug": organization["slug"],
        "userId": str(member["user_id"]),
        "role": RoleValue(member["role"]).value,
        "pilotageRole": PilotageRoleValue(member["pilotage_role"]).value,
        "joinedAt": timestamp(member["created_at"]),
    }
