"""Organizations, their members, and people."""

from collections.abc import Mapping
from typing import Any, Literal

from typing_extensions import TypedDict

import models
from models.base import Record
from models.enums import Role
from models.records import OrganizationMemberRecord, OrganizationRecord, UserRecord
from rest.present import Id, presents, shown

ServerRoleWord = Literal["user", "admin", "super_admin"]
MemberRole = Literal["admin", "member"]


@presents(models.Organization, only=("name",))
class OrganizationData(TypedDict):
    """An organization."""


class PersonData(TypedDict):
    """Somebody who shares an organization with the caller."""

    id: Id
    email: str
    displayName: str


class OrganizationMemberData(TypedDict):
    """A member of an organization; its owner is shown as an admin."""

    userId: Id
    email: str
    displayName: str
    role: MemberRole


def organization(record: OrganizationRecord | Record) -> OrganizationData:
    return shown(OrganizationData, record)


def person(user: UserRecord) -> PersonData:
    return {"id": str(user["_id"]), "email": user["email"], "displayName": display_name(user)}


def organization_member(record: OrganizationMemberRecord) -> OrganizationMemberData:
    """`record` is a membership with its `user`."""
    user = record["user"]
    return {
        "userId": str(user["_id"]),
        "email": user["email"],
        "displayName": display_name(user),
        "role": member_role(Role(record["role"])),
    }


def member_role(role: Role) -> MemberRole:
    """A role as it is shown. Who only reads is a member as well."""
    return "admin" if role in (Role.OWNER, Role.ADMIN) else "member"


def display_name(user: Mapping[str, Any]) -> str:
    """How a person is called: by the name, or else by the address."""
    return str(user["name"] or user["email"].partition("@")[0])
