"""Teams of an organization, and their members."""

from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import Role
from models.facts import FILTER, SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME
from models.number import Number, number_index
from models.records import TeamMemberRecord, TeamRecord


@kind(0xE8)
class Team(Stored[TeamRecord]):
    """A team: people of an organization, by a name that other teams may have too."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TEAM))
    organization_id: Annotated[
        PydanticObjectId, Facts("The organization whose people it is of.", refers=Kind.ORGANIZATION)
    ]
    number: Number = None
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN | FILTER, text=NAME)]
    description: Annotated[str | None, Facts("What it is for, as Markdown.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    created_by: Annotated[PydanticObjectId, Facts("Who created it.", refers=Kind.USER)]
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "teams"
        indexes = [IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]), number_index("organization_id")]


@kind(0xE9)
class TeamMember(Stored[TeamMemberRecord]):
    """A person's membership of a team, which ends with that of the organization."""

    added = {"user": Any}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TEAM_MEMBER))
    organization_id: PydanticObjectId
    team_id: PydanticObjectId
    user_id: Annotated[PydanticObjectId, Facts("Who it is.", refers=Kind.USER)]
    role: Annotated[Role, Facts("What the member may do with the team.")]

    class Settings:
        name = "team_members"
        indexes = [
            IndexModel([("team_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("team_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("organization_id", ASCENDING), ("user_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
        ]
