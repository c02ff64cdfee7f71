"""Inputs of the operations on workspaces, their members and the invitations to them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import PilotageRole, Role
from resolvers.inputs.account import Email
from resolvers.inputs.base import Input, Name, OrganizationId, Slug
from resolvers.inputs.organization import MemberRole


def _pilotage_role(value: Any) -> PilotageRole:
    if not isinstance(value, str) or value not in list(PilotageRole):
        raise PydanticCustomError("role", "must be owner, reviewer or viewer")
    return PilotageRole(value)


PilotageRoleName = Annotated[
    PilotageRole, BeforeValidator(_pilotage_role), WithJsonSchema({"type": "string", "enum": list(PilotageRole)})
]


class WorkspaceCreate(Input):
    """A new workspace; its slug is unique in its organization."""

    organization_id: OrganizationId
    name: Name
    slug: Slug


class WorkspaceUpdate(Input):
    """Only what is given changes."""

    name: Name | None = None
    slug: Slug | None = None


class WorkspaceMemberInvite(Input):
    """Whoever signs in with the e-mail address may accept."""

    email: Email
    role: MemberRole = Role.MEMBER


class WorkspaceMemberUpdate(Input):
    """Only what is given changes."""

    role: MemberRole | None = None
    pilotage_role: PilotageRoleName | None = None
