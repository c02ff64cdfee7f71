"""Teams of an organization, their members, and invitations to them."""

from collections.abc import Iterable
from typing import Annotated, Any

from bson import ObjectId

from models.enums import Role
from models.ids import Kind
from models.limits import Text
from models.records import TeamRecord
from resolvers.inputs.account import Email
from resolvers.inputs.team import TeamCreate, TeamMemberAdd, TeamMemberInvite, TeamRole, TeamUpdate
from resolvers.invitation.team_invitation import invite_team_member, list_team_invitations
from resolvers.kit.context import Context
from resolvers.kit.input import Description, Name, NotNull
from resolvers.kit.nouns import ORGANIZATION, TEAM, USER
from resolvers.kit.numbered import numbers_of
from resolvers.kit.page import Window
from resolvers.member.team_member import add_team_member, list_team_members
from resolvers.team.team import create_team, delete_team, get_team, list_teams, member_count_of, update_team
from resolvers.user.user import user_of_member
from rest.orkosi.bodies import Body, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import NumberOrId, found_id, path_id
from rest.orkosi.paging import PageQuery, listed, whole_of
from rest.orkosi.present.team import (
    OrkosiTeamData,
    OrkosiTeamDetailData,
    OrkosiTeamInviteData,
    OrkosiTeamMemberData,
    team,
    team_detail,
    team_invite,
    team_member,
)
from rest.orkosi.workspace import organization_of
from rest.routing import Call

routes = orkosi_routes(
    "teams",
    "/teams",
    about="Teams of an organization, their members, and invitations to them.",
    place=190,
    tag_place=330,
)
TEAM_PATH = "/{teamNumber}"


class TeamQuery(PageQuery):
    """Which teams: those with a part of the name, whatever its case."""

    name: Annotated[str, Text(0, 100)] | None = None


class TeamBody(Body):
    """A new team."""

    name: Name
    description: Description | None = None


class TeamChange(Body):
    """What changes of a team."""

    name: Annotated[Name | None, NotNull] = None
    description: Description | None = None


class TeamMemberBody(Body):
    """A new member of a team: the number of a user of the organization, or the id."""

    user_id: Annotated[int | ObjectId, NumberOrId(Kind.USER)]
    role: TeamRole = Role.MEMBER


class TeamInviteBody(Body):
    """An invitation to a team."""

    email: Email
    role: TeamRole = Role.MEMBER


@routes.get("", "List the teams of the organization", runs=list_teams, query=TeamQuery, names_object=True)
async def find(call: Call) -> list[OrkosiTeamData]:
    """The oldest first."""
    query = call.query(TeamQuery)
    organization_id = await organization_of(call)
    where = {"name": {"contains": query.name}} if query.name else None

    async def read(first: int, after: str | None) -> Any:
        return await list_teams(call.ctx, organization_id, Window.read(first, after), where)

    return await _teams(call.ctx, await listed(call, query, read))


@routes.post("", "Create a team", runs=create_team, body=TeamBody, names_object=True)
async def create(call: Call) -> OrkosiTeamData:
    """The caller owns it."""
    body = call.body(TeamBody)
    organization_id = await organization_of(call)
    values = TeamCreate.of(organization_id=organization_id, name=body.name, description=body.description)
    return await _team(call.ctx, (await create_team(call.ctx, values)).value)


@routes.get(TEAM_PATH, "Read a team with its members", runs=get_team)
async def get(call: Call) -> OrkosiTeamDetailData:
    found = await get_team(call.ctx, await _named(call))
    members = await list_team_members(call.ctx, found["_id"])
    people = [found["created_by"], *(member["user_id"] for member in members)]
    return team_detail(found, members, await _numbers(people, [found["organization_id"]]))


@routes.patch(TEAM_PATH, "Rename a team, or describe it otherwise", runs=update_team, body=TeamChange)
async def update(call: Call) -> OrkosiTeamData:
    """Its owners and admins may, and the admins of the organization."""
    changes = TeamUpdate.of(**call.body(TeamChange).given())
    return await _team(call.ctx, (await update_team(call.ctx, await _named(call), changes)).value)


@routes.delete(TEAM_PATH, "Delete a team", runs=delete_team, reads=(get_team,), body=None)
async def delete(call: Call) -> Deleted:
    """Its owners and admins may, and the admins of the organization; its members stay in that."""
    found = await get_team(call.ctx, await _named(call), frozenset({"number"}))
    await delete_team(call.ctx, found["_id"])
    return deleted(found["number"] or 0)


@routes.get(TEAM_PATH + "/members", "List the members of a team", runs=list_team_members)
async def find_members(call: Call) -> list[OrkosiTeamMemberData]:
    """In the order of joining."""
    members = whole_of(call, await list_team_members(call.ctx, await _named(call)))
    numbers = await _numbers(member["user_id"] for member in members)
    return [team_member(member, numbers) for member in members]


@routes.post(
    TEAM_PATH + "/members", "Add a member to a team", runs=add_team_member, body=TeamMemberBody, names_object=True
)
async def add_member(call: Call) -> OrkosiTeamMemberData:
    """Somebody of the organization; another owner takes an owner, or an admin of the organization."""
    body, team_id = call.body(TeamMemberBody), await _named(call)
    values = TeamMemberAdd(user_id=await found_id(body.user_id, USER), role=body.role)
    member = (await add_team_member(call.ctx, team_id, values)).value
    (user,) = await user_of_member(call.ctx, [member], None)
    return team_member({**member, "user": user}, await _numbers([member["user_id"]]))


@routes.get(TEAM_PATH + "/invites", "List the pending invitations to a team", runs=list_team_invitations)
async def find_invites(call: Call) -> list[OrkosiTeamInviteData]:
    """Oldest first; expired ones too."""
    found = await get_team(call.ctx, await _named(call), frozenset({"number"}))
    invitations = whole_of(call, await list_team_invitations(call.ctx, found["_id"]))
    numbers = await _numbers(invitation["invited_by"] for invitation in invitations)
    return [team_invite(invitation, found["number"], numbers) for invitation in invitations]


@routes.post(
    TEAM_PATH + "/invites",
    "Invite an address to a team",
    runs=invite_team_member,
    reads=(get_team,),
    body=TeamInviteBody,
)
async def invite(call: Call) -> OrkosiTeamInviteData:
    """By mail, for a week; whoever signs in with the address accepts at the invites of the organization."""
    body, found = call.body(TeamInviteBody), await get_team(call.ctx, await _named(call), frozenset({"number"}))
    values = TeamMemberInvite(email=body.email, role=body.role)
    made = (await invite_team_member(call.ctx, found["_id"], values)).value
    return team_invite(made.invitation, found["number"], await _numbers([call.ctx.user_id]), made)


async def _named(call: Call) -> ObjectId:
    """The team that the path names, by its number among those of the request's organization or by its id."""
    return await path_id(call, "teamNumber", TEAM, await organization_of(call))


async def _teams(ctx: Context, records: list[TeamRecord]) -> list[OrkosiTeamData]:
    counted = await member_count_of(ctx, records, None)
    numbers = await _numbers(
        (record["created_by"] for record in records), {record["organization_id"] for record in records}
    )
    return [team(record, count, numbers) for record, count in zip(records, counted, strict=True)]


async def _team(ctx: Context, record: TeamRecord) -> OrkosiTeamData:
    return (await _teams(ctx, [record]))[0]


async def _numbers(people: Iterable[ObjectId], organizations: Iterable[ObjectId] = ()) -> dict[ObjectId, int]:
    return {**await numbers_of(USER, people), **await numbers_of(ORGANIZATION, organizations)}
