"""Inputs of the operations on teams and their members."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models import Team
from models.enums import Role
from models.facts import CREATE, UPDATE
from resolvers.inputs.account import Email
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, OrganizationId, UserId

MAX_TEAMS = 200
"""Of one organization, so that whoever leaves it leaves no more than these in the same change."""
MAX_TEAM_MEMBERS = 500


def _team_role(value: Any) -> Role:
    if value not in (Role.OWNER, Role.ADMIN, Role.MEMBER):
        raise PydanticCustomError("role", "must be owner, admin or member")
    return Role(value)


TeamRole = Annotated[
    Role, BeforeValidator(_team_role), WithJsonSchema({"type": "string", "enum": ["owner", "admin", "member"]})
]
"""A role in a team, which may have several owners or none: the admins of its organization look after it too."""


@fields_of(Team, CREATE)
class TeamCreate(Input):
    """A new team.

    A new team of an organization; its creator is its first member, and owns it.
    """

    organization_id: OrganizationId = Field(description="The organization whose people it is of.")


@fields_of(Team, UPDATE)
class TeamUpdate(Input):
    """What changes of a team."""


class TeamMemberAdd(Input):
    """A new member of a team.

    A person of the organization.
    """

    user_id: UserId = Field(description="The id of the user, who is a member of the organization.")
    role: TeamRole = Field(Role.MEMBER, description="OWNER, ADMIN or MEMBER; MEMBER by default.")


class TeamMemberUpdate(Input):
    """What changes of a member of a team.

    The role that the member has from now on.
    """

    role: TeamRole = Field(description="OWNER, ADMIN or MEMBER.")


class TeamMemberInvite(Input):
    """An invitation to a team.

    Whoever signs in with the e-mail address may accept.
    """

    email: Email = Field(description="The e-mail address that the invitation is for.")
    role: TeamRole = Field(Role.MEMBER, description="OWNER, ADMIN or MEMBER; MEMBER by default.")
