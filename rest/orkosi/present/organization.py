"""Organizations, their members, and the invitations to them."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import Record, timestamp
from models.enums import Role
from models.records import InvitationRecord, OrganizationMemberRecord, OrganizationRecord
from resolvers.invitation.send import NewInvitation
from rest.orkosi.present.show import Timestamp, presents, shown, word

MemberRoleWord = Literal["owner", "admin", "member", "viewer"]


@presents(models.Organization, only=("name", "slug", "created_at", "updated_at"))
class OrkosiOrganizationData(TypedDict):
    """An organization. `role` is what the caller may do in it; members join the workspace `default_workspace_id`."""

    id: int
    avatar_url: str | None
    role: MemberRoleWord
    member_count: int
    default_workspace_id: str | None


class OrkosiOrganizationMemberData(TypedDict):
    """A member of an organization."""

    user_id: int
    email: str
    name: str | None
    role: MemberRoleWord
    joined_at: Timestamp


@presents(models.Invitation, only=("email", "expires_at", "created_at"))
class OrkosiInviteData(TypedDict):
    """An invitation to an organization. `token` and `link` are null where the link goes to the invited person's
    mailbox, and where invitations are listed."""

    id: str
    role: MemberRoleWord
    status: Literal["pending"]
    token: str | None
    link: str | None


def organization(record: OrganizationRecord | Record, member_count: int) -> OrkosiOrganizationData:
    """`record` is an organization with the caller's `my_role`."""
    default = record.get("default_workspace_id")
    return {
        **shown(OrkosiOrganizationData, record),
        "id": record["number"] or 0,
        "avatar_url": record.get("avatar_url"),
        "role": role(record["my_role"]),
        "member_count": member_count,
        "default_workspace_id": None if default is None else str(default),
    }


def organization_member(record: OrganizationMemberRecord | Record) -> OrkosiOrganizationMemberData:
    """`record` is a membership with its `user`."""
    user = record["user"]
    return {
        "user_id": user["number"] or 0,
        "email": user["email"],
        "name": user["name"],
        "role": role(record["role"]),
        "joined_at": timestamp(record["created_at"]),
    }


def invite(record: InvitationRecord, made: NewInvitation | None = None) -> OrkosiInviteData:
    return {
        **shown(OrkosiInviteData, record),
        "id": str(record["_id"]),
        "role": role(record["role"]),
        "status": "pending",
        "token": None if made is None else made.token,
        "link": None if made is None else made.link,
    }


def role(value: str) -> MemberRoleWord:
    found: MemberRoleWord = word(Role(value))
    return found
