"""Teams of organizations."""

from datetime import datetime

import strawberry

import models
from resolvers.team import team as edges
from schema.connection import Connection, window, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import TeamFilter
from schema.loading import derived, edge
from schema.references import OrganizationRef


@shows(models.TeamMember, "A member of a team.", without=("created_at",))
class TeamMember:
    joined_at: datetime = derived(lambda member: member["created_at"], needs=("created_at",), description="Since when.")


@shows(models.Team, "People of an organization.")
class Team:
    id: strawberry.ID = strawberry.field(description="The id.")
    member_count: int = edge(edges.member_count_of, description="How many members it has.")
    members: Connection[TeamMember] = edge(
        edges.members_of, arguments=window, description="Its members, in the order of joining."
    )


@extends(OrganizationRef, after="members")
class OfOrganization:
    teams: Connection[Team] = edge(
        edges.teams_of, arguments=window_of(TeamFilter), description="Its teams, oldest first."
    )
