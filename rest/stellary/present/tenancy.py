"""Organizations, workspaces, their members, and invitations."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.enums import PilotageRole as PilotageRoleValue
from models.enums import Role as RoleValue
from models.records import (
    InvitationRecord,
    OrganizationMemberRecord,
    OrganizationRecord,
    WorkspaceMemberRecord,
    WorkspaceRecord,
)
from resolvers.tenancy.invitation import NewInvitation
from rest.present import Id, Timestamp, presents, shown, word
from rest.stellary.present.account import PilotageRole
from rest.stellary.present.base import timestamp

Role = Literal["owner", "admin", "member"]


@presents(models.Organization)
class Organization(TypedDict):
    """The top of the tenancy. `myRole` is the caller's."""

    myRole: Role


@presents(models.OrganizationMember, without=("id", "created_at"))
class OrganizationMember(TypedDict):
    """A person's (or an agent's) membership of an organization."""

    email: str
    name: str | None
    isAgent: bool
    joinedAt: Timestamp


@presents(models.Workspace)
class Workspace(TypedDict):
    """The tenant of projects, agents and missions. `myRole` and `myPilotageRole` are the caller's."""

    myRole: Role
    myPilotageRole: PilotageRole


@presents(models.WorkspaceMember, without=("id", "created_at"))
class WorkspaceMember(TypedDict):
    """A person's (or an agent's) membership of a workspace."""

    email: str
    name: str | None
    isAgent: bool
    joinedAt: Timestamp


@presents(models.Invitation)
class PendingInvitation(TypedDict):
    """An invitation that was not accepted yet."""


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


def organization(record: OrganizationRecord) -> Organization:
    """`record` carries `my_role`."""
    return {**shown(Organization, record), "myRole": word(RoleValue(record["my_role"]))}


def organization_member(record: OrganizationMemberRecord | WorkspaceMemberRecord) -> OrganizationMember:
    """`record` is a membership with its `user`."""
    return {**shown(OrganizationMember, record), **_person(record)}


def workspace(record: WorkspaceRecord) -> Workspace:
    """`record` carries `my_role` and `my_pilotage_role`."""
    return {
        **shown(Workspace, record),
        "myRole": word(RoleValue(record["my_role"])),
        "myPilotageRole": word(PilotageRoleValue(record["my_pilotage_role"])),
    }


def workspace_member(record: WorkspaceMemberRecord) -> WorkspaceMember:
    """`record` is a membership with its `user`."""
    return {**shown(WorkspaceMember, record), **_person(record)}


class _Person(TypedDict):
    email: str
    name: str | None
    isAgent: bool
    joinedAt: Timestamp


def _person(record: OrganizationMemberRecord | WorkspaceMemberRecord) -> _Person:
    user = record["user"]
    joined = timestamp(record["created_at"])
    return {"email": user["email"], "name": user["name"], "isAgent": user["is_agent"], "joinedAt": joined}


def pending_invitation(record: InvitationRecord) -> PendingInvitation:
    return shown(PendingInvitation, record)


def invitation(created: NewInvitation) -> Invitation:
    return {**pending_invitation(created.invitation), "token": created.token, "link": created.link}


def invitation_preview(record: AnyRecord) -> InvitationPreview:
    return shown(InvitationPreview, record)


def membership(
    member: WorkspaceMemberRecord, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> Membership:
    return {
        "workspaceId": str(workspace["_id"]),
        "workspaceSlug": workspace["slug"],
        "organizationId": str(organization["_id"]),
        "organizationSlug": organization["slug"],
        "userId": str(member["user_id"]),
        "role": word(RoleValue(member["role"])),
        "pilotageRole": word(PilotageRoleValue(member["pilotage_role"])),
        "joinedAt": timestamp(member["created_at"]),
    }
