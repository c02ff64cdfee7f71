"""Inputs of the operations on organizations and their members."""

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import Role
from resolvers.inputs.account import Email
from resolvers.inputs.base import Input, Name, Slug


def _member_role(value: Any) -> Role:
    if value not in (Role.ADMIN, Role.MEMBER):
        raise PydanticCustomError("role", "must be admin or member")
    return Role(value)


MemberRole = Annotated[
    Role, BeforeValidator(_member_role), WithJsonSchema({"type": "string", "enum": ["admin", "member"]})
]
"""A role that can be given: an organization or workspace has the owner that it was created by."""


class OrganizationCreate(Input):
    """A new organization; its slug is unique in the whole installation."""

    name: Name
    slug: Slug


class OrganizationUpdate(Input):
    """Only what is given changes."""

    name: Name | None = None
    slug: Slug | None = None


class OrganizationMemberAdd(Input):
    """The person has an account already."""

    email: Email
    role: MemberRole


class OrganizationMemberUpdate(Input):
    """The role that the member has from now on."""

    role: MemberRole
