"""Inputs of the operations on organizations and their members."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from models.enums import Role
from models.errors import BadUserInput
from models.limits import Text
from models.organization import Persona, RelayMode
from resolvers.inputs.account import Email
from resolvers.kit.input import Flag, Input, Name, Slug, UserId, WorkspaceId


def _member_role(value: Any) -> Role:
    if value not in (Role.ADMIN, Role.MEMBER, Role.VIEWER):
        raise PydanticCustomError("role", "must be admin, member or viewer")
    return Role(value)


def _project_role(value: Any) -> Role:
    if value not in (Role.ADMIN, Role.MEMBER):
        raise PydanticCustomError("role", "must be admin or member")
    return Role(value)


MemberRole = Annotated[
    Role, BeforeValidator(_member_role), WithJsonSchema({"type": "string", "enum": ["admin", "member", "viewer"]})
]
"""A role that can be given: an organization or workspace has the owner that it was created by."""

ProjectRole = Annotated[
    Role, BeforeValidator(_project_role), WithJsonSchema({"type": "string", "enum": ["admin", "member"]})
]
"""A role in a project. Who only reads, reads all that is in the workspace."""


WebAddress = Annotated[str, Text(8, 2_000, pattern=r"^https?://[^\s/?#]+[^\s]*$")]
"""What a browser is sent to, or loads a picture from; the gateway itself never calls it."""

RelayModeWord = Annotated[RelayMode, WithJsonSchema({"type": "string", "enum": list(RelayMode)})]
PersonaWord = Annotated[Persona, WithJsonSchema({"type": "string", "enum": list(Persona)})]
Threshold = Annotated[float, Field(ge=0.1, le=0.95, allow_inf_nan=False)]


class OrganizationCreate(Input):
    """A new organization.

    A new organization; its slug is unique in the whole installation.
    """

    name: Name = Field(description="The name, 1 to 100 characters.")
    slug: Slug | None = Field(
        None,
        description="The name in addresses: 2 to 60 of a-z, 0-9 and -; unique in this installation. Without one it is "
        "made of the name.",
    )
    workspace: Name | None = Field(None, description="The name of a workspace that it begins with.")
    members_join: Flag = Field(False, description="Whether whoever is made a member of it joins that workspace.")


class OrganizationUpdate(Input):
    """What changes of an organization."""

    name: Name | None = Field(None, description="The name, 1 to 100 characters.")
    slug: Slug | None = Field(None, description="The name in addresses.")
    relay_mode: RelayModeWord | None = Field(
        None, description="Whether missions whose context grows long are handed over to new ones."
    )
    relay_threshold: Threshold | None = Field(
        None, description="How full of its model's context a mission is then, 0.1 to 0.95."
    )
    avatar_url: WebAddress | None = Field(
        None, description="The address of its picture, http:// or https://; null clears it."
    )
    default_workspace_id: WorkspaceId | None = Field(
        None,
        description="The workspace that whoever is made a member of it joins, one that the caller may invite to; null "
        "clears it.",
    )


class OrganizationMemberAdd(Input):
    """A new member of an organization, named by one of the two.

    The person has an account already.
    """

    email: Email | None = Field(None, description="The e-mail address of an account.")
    user_id: UserId | None = Field(
        None, description="The id of somebody who shares another organization with the caller."
    )
    role: MemberRole = Field(description="ADMIN, MEMBER or VIEWER.")

    @property
    def named_by(self) -> str:
        """The field that says who it is; raises BadUserInput unless exactly one of the two is given."""
        if (self.email is None) == (self.user_id is None):
            raise BadUserInput("give either email or userId", field="email")
        return "userId" if self.email is None else "email"


class OrganizationMemberUpdate(Input):
    """What changes of a member.

    The role that the member has from now on.
    """

    role: MemberRole = Field(description="ADMIN, MEMBER or VIEWER.")
    persona: PersonaWord | None = Field(
        None, description="EDITOR or BUILDER of a member, DEMO of a viewer: what they are called; null for no more."
    )

    @field_validator("persona")
    @classmethod
    def _fits(cls, persona: Persona | None, info: ValidationInfo) -> Persona | None:
        if persona is not None and persona.role is not info.data.get("role", persona.role):
            raise PydanticCustomError("persona", "goes with another role")
        return persona


class OrganizationMemberInvite(Input):
    """An invitation to an organization.

    Whoever signs in with the e-mail address may accept.
    """

    email: Email = Field(description="The e-mail address that the invitation is for.")
    role: MemberRole = Field(Role.MEMBER, description="ADMIN, MEMBER or VIEWER; MEMBER by default.")
