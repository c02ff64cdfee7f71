"""Members of organizations and workspaces."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.enums import PilotageRole as PilotageRoleValue
from models.enums import Role as RoleValue
from models.records import (
    OrganizationMemberRecord,
    OrganizationRecord,
    WorkspaceMemberRecord,
    WorkspaceRecord,
)
from rest.present import Id, Timestamp, presents, shown, word
from rest.stellary.present.account import PilotageRole
from rest.stellary.present.base import timestamp

Role = Literal["owner", "admin", "member"]


def role_word(role: str) -> Role:
    """A role as it is shown. Who only reads is a member as well."""
    shown_as: Role = word(RoleValue.MEMBER if role == RoleValue.VIEWER else RoleValue(role))
    return shown_as


@presents(models.OrganizationMember, without=("id", "created_at"))
class OrganizationMember(TypedDict):
    """A person's (or an agent's) membership of an organization."""

    email: str
    name: str | None
    role: Role
    isAgent: bool
    joinedAt: Timestamp


@presents(models.WorkspaceMember, without=("id", "created_at"))
class WorkspaceMember(TypedDict):
    """A person's (or an agent's) membership of a workspace."""

    email: str
    name: str | None
    role: Role
    isAgent: bool
    joinedAt: Timestamp


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


def organization_member(record: OrganizationMemberRecord | WorkspaceMemberRecord) -> OrganizationMember:
    """`record` is a membership with its `user`."""
    return {**shown(OrganizationMember, record), **_person(record)}


def workspace_member(record: WorkspaceMemberRecord) -> WorkspaceMember:
    """`record` is a membership with its `user`."""
    return {**shown(WorkspaceMember, record), **_person(record)}


class _Person(TypedDict):
    email: str
    name: str | None
    role: Role
    isAgent: bool
    joinedAt: Timestamp


def _person(record: OrganizationMemberRecord | WorkspaceMemberRecord) -> _Person:
    user = record["user"]
    joined = timestamp(record["created_at"])
    return {
        "email": user["email"],
        "name": user["name"],
        "role": role_word(record["role"]),
        "isAgent": user["is_agent"],
        "joinedAt": joined,
    }


def membership(
    member: WorkspaceMemberRecord, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> Membership:
    return {
        "workspaceId": str(workspace["_id"]),
        "workspaceSlug": workspace["slug"],
        "organizationId": str(organization["_id"]),
        "organizationSlug": organization["slug"],
        "userId": str(member["user_id"]),
        "role": role_word(member["role"]),
        "pilotageRole": word(PilotageRoleValue(member["pilotage_role"])),
        "joinedAt": timestamp(member["created_at"]),
    }
