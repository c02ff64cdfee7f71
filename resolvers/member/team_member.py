"""Members of teams: who belongs, and with which role. Whoever leaves the organization leaves its teams."""

from collections.abc import Collection

from bson import ObjectId

from auth.policies import team as policy
from models import OrganizationMember, Team, TeamMember, User
from models.base import collection, to_record
from models.enums import Role, TokenScope
from models.errors import Conflict, Forbidden, NotFound
from models.ids import Kind, parse_id
from models.records import TeamMemberRecord, TeamRecord
from models.write import find_and_delete
from realtime.events.team import TeamMemberAdded, TeamMemberRemoved, TeamMemberUpdated
from realtime.log import Change, Committed
from resolvers.inputs.team import MAX_TEAM_MEMBERS, TeamMemberAdd, TeamMemberUpdate
from resolvers.kit.access import check_organization
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.nouns import TEAM
from resolvers.kit.operation import operation
from resolvers.user.user import user_of_member

READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE
OWNERS, LEADERS = frozenset({Role.OWNER}), frozenset({Role.OWNER, Role.ADMIN})


@operation("teamMembers", opens=TEAM.by("team_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_team_members(ctx: Context, team: TeamRecord) -> list[TeamMemberRecord]:
    """All members of a team in the order of joining, each with its `user`; at most 500."""
    members = await collection(TeamMember).find({"team_id": team["_id"]}).sort("_id", 1).to_list()
    users = await user_of_member(ctx, members, None)
    return [{**member, "user": user} for member, user in zip(members, users, strict=True) if user is not None]


@operation("teamMemberAdd", opens=TEAM.by("team_id"), permission=policy.WRITE, scope=ADMINISTER)
async def add_team_member(ctx: Context, team: TeamRecord, values: TeamMemberAdd) -> Committed[TeamMemberRecord]:
    """Make a person of the organization a member of a team.

    For the team's owners and admins, and the admins of the organization; another owner takes one of those or of these.
    """
    await require_lead(ctx, team, OWNERS if values.role is Role.OWNER else LEADERS)

    async def body(change: Change) -> TeamMemberRecord:
        await require_parent(change, Team, team["_id"])
        return await insert_team_member(change, team, values.user_id, values.role)

    return await ctx.write(team["organization_id"], body)


@operation("teamMemberUpdate", opens=TEAM.by("team_id"), permission=policy.WRITE, scope=ADMINISTER)
async def update_team_member(
    ctx: Context, team: TeamRecord, user_id: ObjectId | str, values: TeamMemberUpdate
) -> Committed[TeamMemberRecord]:
    """Give a member of a team another role.

    Who owns a team is changed by its owners, and by the admins of its organization.
    """
    changing = parse_id(user_id, Kind.USER, field="userId")
    await require_lead(ctx, team, LEADERS)

    async def body(change: Change) -> TeamMemberRecord:
        membership = {"team_id": team["_id"], "user_id": changing}
        before = await collection(TeamMember).find_one(membership, session=change.session)
        if before is None:
            raise NotFound("Member")
        if before["role"] != values.role and Role.OWNER in (before["role"], values.role):
            await require_lead(ctx, team, OWNERS)
        member, differs = await set_fields(change, TeamMember, before["_id"], {"role": values.role.value})
        if differs:
            change.append(team["organization_id"], TeamMemberUpdated(member=member))
        return member

    return await ctx.write(team["organization_id"], body)


@operation("teamMemberRemove", opens=TEAM.by("team_id"), permission=policy.READ, scope=ADMINISTER)
async def remove_team_member(ctx: Context, team: TeamRecord, user_id: ObjectId | str) -> Committed[ObjectId]:
    """Take a member, or oneself, off a team; `deletedId` is the user's."""
    leaving = parse_id(user_id, Kind.USER, field="userId")
    if leaving != ctx.user_id:
        await require_lead(ctx, team, LEADERS)

    async def body(change: Change) -> ObjectId:
        membership = {"team_id": team["_id"], "user_id": leaving}
        removed = await find_and_delete(TeamMember, membership, change.session)
        if removed is None:
            raise NotFound("Member")
        if removed["role"] == Role.OWNER and leaving != ctx.user_id:
            await require_lead(ctx, team, OWNERS)
        change.append(team["organization_id"], TeamMemberRemoved(team_id=team["_id"], user_id=leaving))
        return leaving

    return await ctx.write(team["organization_id"], body)


async def require_lead(ctx: Context, team: TeamRecord, roles: Collection[Role]) -> None:
    """Raise Forbidden for whoever has none of some roles in a team, and is no admin of its organization."""
    membership = await check_organization(ctx, team["organization_id"], policy.WRITE)
    if policy.ADMINISTER.allows(membership["role"]):
        return
    mine = {"team_id": team["_id"], "user_id": ctx.user_id}
    member = await collection(TeamMember).find_one(mine, {"role": 1})
    if member is None or member["role"] not in roles:
        needed = " or ".join(role.value for role in Role if role in roles)
        raise Forbidden(f"This takes the role {needed} in the team, or an admin of its organization")


async def insert_team_member(change: Change, team: TeamRecord, user_id: ObjectId, role: Role) -> TeamMemberRecord:
    """Write a membership of a team and its event, within a change.

    Raises NotFound for whoever is no person of the organization, Conflict for a member and where there is no room.
    """
    inside = {"organization_id": team["organization_id"], "user_id": user_id}
    belongs = await collection(OrganizationMember).find_one(inside, {"_id": 1}, session=change.session)
    person = {"_id": user_id, "is_agent": False}
    if belongs is None or await collection(User).find_one(person, {"_id": 1}, session=change.session) is None:
        raise NotFound("User")
    membership = {"team_id": team["_id"], "user_id": user_id}
    if await collection(TeamMember).find_one(membership, {"_id": 1}, session=change.session) is not None:
        raise Conflict("is a member of the team already", field="userId")
    await require_room(change, TeamMember, {"team_id": team["_id"]}, MAX_TEAM_MEMBERS, "members of the team")
    member = to_record(TeamMember(**inside, team_id=team["_id"], role=role, created_at=change.at))
    await collection(TeamMember).insert_one(member, session=change.session)
    change.append(team["organization_id"], TeamMemberAdded(member=member))
    return member


async def leave_teams(change: Change, organization_id: ObjectId, user_id: ObjectId) -> None:
    """Take who leaves an organization off its teams, which are few, within a change."""
    mine = {"organization_id": organization_id, "user_id": user_id}
    found = await collection(TeamMember).find(mine, {"team_id": 1}, session=change.session).to_list()
    if not found:
        return
    await collection(TeamMember).delete_many(mine, session=change.session)
    events = [TeamMemberRemoved(team_id=member["team_id"], user_id=user_id) for member in found]
    change.append(organization_id, *events)
