"""Teams: what can be done with them, and what can be reached from them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import team as policy
from models import Organization, Team, TeamMember
from models.base import AnyRecord, to_record
from models.enums import Role, TokenScope
from models.errors import NotFound
from models.facts import CREATE
from models.records import OrganizationMemberRecord, TeamRecord
from models.write import find_and_delete
from realtime.events.team import TeamCreated, TeamDeleted, TeamUpdated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.team import MAX_TEAMS, TeamCreate, TeamUpdate
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.filters import compile_filter
from resolvers.kit.load import counts
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION, TEAM, TEAM_MEMBER
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import Page, Window, pages, pages_by
from resolvers.member.team_member import LEADERS, insert_team_member, require_lead

READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE

Filter = Annotated[Mapping[str, Any] | None, Filters(Team)]
"""A TeamFilter of the graph with snake_case names: `{"name": {"contains": "core"}}`."""


get_team = reader("team", TEAM)


@operation("teams", opens=ORGANIZATION.by("organization_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_teams(
    ctx: Context, membership: OrganizationMemberRecord, window: Window, filter: Filter = None, fields: Fields = None
) -> Page[TeamRecord]:
    """A page of the teams of an organization, the oldest first; it has at most 200."""
    return (await _pages([{"_id": membership["organization_id"]}], window, filter, fields))[0]


@operation("teamCreate", inside=ORGANIZATION, permission=policy.WRITE, scope=ADMINISTER)
async def create_team(ctx: Context, membership: OrganizationMemberRecord, values: TeamCreate) -> Committed[TeamRecord]:
    """Create a team, whose creator is its first member, and owns it."""
    organization_id = membership["organization_id"]

    async def body(change: Change) -> TeamRecord:
        await require_parent(change, Organization, organization_id)
        inside = {"organization_id": organization_id}
        await require_room(change, Team, inside, MAX_TEAMS, "teams of the organization")
        team = to_record(
            Team(
                organization_id=organization_id,
                **values_of(values, Team, CREATE),
                created_by=ctx.user_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await insert(change, Team, team)
        change.append(organization_id, TeamCreated(team=team))
        await insert_team_member(change, team, ctx.user_id, Role.OWNER)
        return team

    return await ctx.write(organization_id, body)


@operation("teamUpdate", opens=TEAM, permission=policy.WRITE, scope=ADMINISTER)
async def update_team(ctx: Context, door: TeamRecord, values: TeamUpdate) -> Committed[TeamRecord]:
    """Change a team: for its owners and admins, and the admins of its organization."""
    await require_lead(ctx, door, LEADERS)

    async def body(change: Change) -> TeamRecord:
        team, differs = await set_fields(change, Team, door["_id"], values.given())
        if differs:
            change.append(team["organization_id"], TeamUpdated(team=team))
        return team

    return await ctx.write(door["organization_id"], body)


@operation("teamDelete", opens=TEAM, permission=policy.WRITE, scope=ADMINISTER)
async def delete_team(ctx: Context, door: TeamRecord) -> Committed[ObjectId]:
    """Delete a team; its members stay in the organization. For its owners and admins, and those of the organization."""
    await require_lead(ctx, door, LEADERS)

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Team, {"_id": door["_id"]}, change.session) is None:
            raise NotFound("Team")
        change.append(door["organization_id"], TeamDeleted(deleted_id=door["_id"]))
        await bury(change, door["_id"], door["organization_id"])
        return ObjectId(door["_id"])

    return await delete(ctx, door["organization_id"], body)


@edge(scope=READ)
async def teams_of(
    ctx: Context,
    organizations: Sequence[AnyRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    filter: Mapping[str, Any] | None = None,
) -> list[Page]:
    """The teams of each organization, the oldest first."""
    return await _pages(organizations, Window.read(first, after), filter, fields)


members_of = pages_by(TEAM_MEMBER, "team_id")
"""The members of each team in the order of joining."""


@edge(scope=READ)
async def member_count_of(ctx: Context, teams: Sequence[TeamRecord], fields: Fields) -> list[int]:
    """How many members each team has."""
    found = await counts(TeamMember, "team_id", (team["_id"] for team in teams))
    return [found.get(team["_id"], 0) for team in teams]


async def _pages(
    organizations: Sequence[AnyRecord], window: Window, filter: Mapping[str, Any] | None, fields: Fields
) -> list[Page]:
    ids = [organization["_id"] for organization in organizations]
    where = compile_filter(filter, Team)
    found = await pages(Team, "organization_id", ids, window, where=where, fields=fields)
    return [found[organization_id] for organization_id in ids]
