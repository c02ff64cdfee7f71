"""Inputs of the operations on workspaces, their members and the invitations to them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import PilotageRole, Role
from resolvers.inputs.account import Email
from resolvers.inputs.organization import MemberRole, ProjectRole
from resolvers.kit.input import AgentId, Flag, Input, Name, NotNull, OrganizationId, Policy, ProjectId, Slug


def _pilotage_role(value: Any) -> PilotageRole:
    if not isinstance(value, str) or value not in list(PilotageRole):
        raise PydanticCustomError("role", "must be owner, reviewer or viewer")
    return PilotageRole(value)


PilotageRoleName = Annotated[
    PilotageRole, BeforeValidator(_pilotage_role), WithJsonSchema({"type": "string", "enum": list(PilotageRole)})
]


class WorkspaceCreate(Input):
    """A new workspace.

    A new workspace; its slug is unique in its organization.
    """

    organization_id: OrganizationId = Field(description="The organization that it is part of.")
    name: Name = Field(description="The name, 1 to 100 characters.")
    slug: Slug = Field(description="The name in addresses: 2 to 60 of a-z, 0-9 and -; unique in the organization.")


class WorkspaceUpdate(Input):
    """What changes of a workspace."""

    name: Annotated[Name | None, NotNull] = Field(None, description="The name, 1 to 100 characters.")
    slug: Annotated[Slug | None, NotNull] = Field(None, description="The name in addresses.")
    agent_ceiling: Annotated[Policy | None, NotNull] = Field(
        None,
        description="The most that any agent may do by itself, by tools, groups or `*`; in place of what was.",
    )
    proposals_expire_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = Field(
        None, description="After how many days a proposal that nobody decides on ends, 1 to 365; null for never."
    )
    approvals_need_sign_in: Annotated[Flag | None, NotNull] = Field(
        None, description="Whether signed-in people alone decide on proposals, and not their tokens."
    )
    default_agent_id: AgentId | None = Field(
        None, description="Who works on a card that no agent is assigned; null clears it."
    )


class WorkspaceMemberInvite(Input):
    """An invitation to a workspace.

    Whoever signs in with the e-mail address may accept.
    """

    email: Email = Field(description="The e-mail address that the invitation is for.")
    role: MemberRole = Field(Role.MEMBER, description="ADMIN, MEMBER or VIEWER; MEMBER by default.")
    project_id: ProjectId | None = Field(None, description="A project of the workspace that they join as well.")
    project_role: ProjectRole | None = Field(None, description="ADMIN or MEMBER there; MEMBER by default.")


class WorkspaceMemberUpdate(Input):
    """What changes of a member."""

    role: MemberRole | None = Field(None, description="ADMIN, MEMBER or VIEWER.")
    pilotage_role: PilotageRoleName | None = Field(None, description="What the member may do in the cockpit.")
