"""Members of organizations: who belongs, and with which role."""

from collections.abc import Iterable
from datetime import timedelta

from bson import ObjectId

from auth.counting import count_attempt
from auth.policies import organization as policy
from auth.policies.workspace import MANAGE_MEMBERS as INVITE
from models import Organization, OrganizationMember, User, Workspace, WorkspaceMember
from models.base import collection, to_record, with_changes
from models.enums import PilotageRole, Role, TokenScope
from models.errors import Conflict, InvitationRequired, NotFound
from models.ids import Kind, parse_id, portions
from models.records import (
    OrganizationMemberRecord,
    OrganizationRecord,
    UserRecord,
    WorkspaceMemberRecord,
    WorkspaceRecord,
)
from models.write import update_and_read
from realtime.events.organization import OrganizationMemberAdded, OrganizationMemberRemoved, OrganizationMemberUpdated
from realtime.events.workspace import WorkspaceMemberUpdated, WorkspaceUpdated
from realtime.log import Change, Committed
from resolvers.deletion.deletion import delete
from resolvers.inputs.organization import OrganizationMemberAdd, OrganizationMemberUpdate
from resolvers.kit.access import check_organization
from resolvers.kit.ceilings import meet
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import operation
from resolvers.kit.plan_limits import require_plan_room
from resolvers.member.team_member import leave_teams
from resolvers.member.workspace_member import insert_workspace_member, require_person, take_off_workspace
from resolvers.user.user import share_an_organization, user_of_member

READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE
MAX_ADDED_AN_HOUR = 200
"""Addresses that one person asks for, whether they have an account or not."""
MAX_NAMED = 50
"""Workspaces that a refusal names to invite to."""
NOT_CONFIRMED = (
    "no account has confirmed this address: invite it to a workspace. Its owner gets a mail, and becomes a member of "
    "the organization too by accepting"
)


@operation(
    "organizationMembers", opens=ORGANIZATION.by("organization_id"), permission=policy.READ, scope=READ, read_only=True
)
async def list_organization_members(
    ctx: Context, membership: OrganizationMemberRecord
) -> list[OrganizationMemberRecord]:
    """All members of an organization in the order of joining, each with its `user`."""
    organization_id = membership["organization_id"]
    members = await collection(OrganizationMember).find({"organization_id": organization_id}).sort("_id", 1).to_list()
    users = await user_of_member(ctx, members, None)
    return [{**member, "user": user} for member, user in zip(members, users, strict=True) if user is not None]


@operation(
    "organizationMember", opens=ORGANIZATION.by("organization_id"), permission=policy.READ, scope=READ, read_only=True
)
async def get_organization_member(
    ctx: Context, membership: OrganizationMemberRecord, user_id: ObjectId | str
) -> OrganizationMemberRecord:
    """One member of an organization, with the `user`."""
    wanted = parse_id(user_id, Kind.USER, field="userId")
    query = {"organization_id": membership["organization_id"], "user_id": wanted}
    member = await collection(OrganizationMember).find_one(query)
    [user] = [None] if member is None else await user_of_member(ctx, [member], None)
    if member is None or user is None:
        raise NotFound("Member")
    return {**member, "user": user}


@operation(
    "organizationMemberAdd",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=ADMINISTER,
)
async def add_organization_member(
    ctx: Context, membership: OrganizationMemberRecord, values: OrganizationMemberAdd
) -> Committed[OrganizationMemberRecord]:
    """Make somebody whose address is confirmed a member of an organization. Anybody else is invited to a workspace of
    it: the error `INVITATION_REQUIRED` tells by `nextStep` to which the caller may.

    They join its default workspace, where there is one. By their id the caller names people of other organizations of
    theirs, and nobody else: raises NotFound.

    Raises InvitationRequired for any other address, whether it has an account or not: whoever registered it first
    need not be its owner. As anybody may found an organization to ask, RateLimited follows after a while.
    """
    organization_id, named_by = membership["organization_id"], values.named_by
    await count_attempt("add-member", str(ctx.user_id), limit=MAX_ADDED_AN_HOUR, window=timedelta(hours=1))
    if values.user_id is not None and not await share_an_organization(ctx.user_id, values.user_id):
        raise NotFound("User")

    async def body(change: Change) -> OrganizationMemberRecord:
        organization = await _find_organization(change, organization_id)
        user = await _find_person(change, values, organization_id)
        query = {"organization_id": organization_id, "user_id": user["_id"]}
        if await collection(OrganizationMember).find_one(query, {"_id": 1}, session=change.session):
            raise Conflict("is a member of the organization already", field=named_by)
        return await join_organization(ctx, change, organization, user["_id"], values.role)

    return await ctx.write(organization_id, body)


async def _find_person(change: Change, values: OrganizationMemberAdd, organization_id: ObjectId) -> UserRecord:
    """Who is to be made a member."""
    named = {"email": values.email} if values.user_id is None else {"_id": values.user_id}
    user = await collection(User).find_one(
        {**named, "is_agent": False}, {"email_verified_at": 1}, session=change.session
    )
    if values.user_id is not None:
        if user is None:
            raise NotFound("User")
        return user
    if user is None or user.get("email_verified_at") is None:
        inviting = {"operation": "workspaceMemberInvite", "workspaceIds": await _may_invite(change, organization_id)}
        raise InvitationRequired(NOT_CONFIRMED, field="email", nextStep=inviting)
    return user


@operation(
    "organizationMemberUpdate",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=ADMINISTER,
    includes=("workspaceMemberUpdate",),
)
async def update_organization_member(
    ctx: Context, membership: OrganizationMemberRecord, user_id: ObjectId | str, values: OrganizationMemberUpdate
) -> Committed[OrganizationMemberRecord]:
    """Give a member of an organization another role, the same in its default workspace, and what goes with it to call
    them.

    The owner keeps theirs, of either.
    """
    wanted = membership["organization_id"]
    changing = parse_id(user_id, Kind.USER, field="userId")

    async def body(change: Change) -> OrganizationMemberRecord:
        member = await _find_member(change, wanted, changing)
        if member["role"] == Role.OWNER:
            raise Conflict("The role of the organization's owner cannot be changed")
        given = {"role": values.role.value, "persona": values.persona and values.persona.value}
        changed, differs = await set_fields(change, OrganizationMember, member["_id"], given)
        if differs:
            change.append(wanted, OrganizationMemberUpdated(member=changed))
            await _follow_role(change, await _find_organization(change, wanted), changing, values.role)
        return changed

    return await ctx.write(wanted, body, revokes=True)


@operation("organizationMemberRemove", scope=ADMINISTER, permission=policy.MANAGE_MEMBERS)
async def remove_organization_member(
    ctx: Context, organization_id: ObjectId | str, user_id: ObjectId | str
) -> Committed[ObjectId]:
    """Take a member, or oneself, off an organization and its workspaces; `deletedId` is the user's.

    Workspaces that the member owned pass to the owner of the organization.
    """
    wanted = parse_id(organization_id, Kind.ORGANIZATION)
    leaving = parse_id(user_id, Kind.USER, field="userId")
    await check_organization(ctx, wanted, policy.READ if leaving == ctx.user_id else policy.MANAGE_MEMBERS)

    async def body(change: Change) -> ObjectId:
        member = await _find_member(change, wanted, leaving)
        if member["role"] == Role.OWNER:
            raise Conflict("The owner of an organization cannot leave it, nor be removed")
        await require_person(change, member["user_id"])
        await take_off_organization(change, wanted, member["user_id"])
        return leaving

    return await delete(ctx, wanted, body, revokes=True)


async def take_off_organization(change: Change, organization_id: ObjectId, user_id: ObjectId) -> None:
    """Take a member, who is not the owner, off an organization and all its workspaces, within a change."""
    await hand_over_workspaces(change, organization_id, user_id)
    below = {"organization_id": organization_id, "user_id": user_id}
    memberships = collection(WorkspaceMember).find(below, {"workspace_id": 1}, session=change.session)
    for membership in await memberships.to_list():
        await take_off_workspace(change, membership["workspace_id"], user_id)
    await delete_organization_member(change, organization_id, user_id)


async def join_organization(
    ctx: Context, change: Change, organization: OrganizationRecord, user_id: ObjectId, role: Role
) -> OrganizationMemberRecord:
    """Make a person a member of an organization and, with the same role, of its default workspace while that is there.

    Raises PlanLimit where its plan holds no more members.
    """
    await require_plan_room(ctx, change, "members", {"organization_id": organization["_id"]})
    member = await insert_organization_member(change, organization["_id"], user_id, role)
    workspace_id = organization.get("default_workspace_id")
    if workspace_id is not None:
        workspace = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
        inside = {"workspace_id": workspace_id, "user_id": user_id}
        members = collection(WorkspaceMember)
        if workspace is not None and await members.find_one(inside, {"_id": 1}, session=change.session) is None:
            await insert_workspace_member(change, workspace, user_id, role, PilotageRole.VIEWER)
    return member


async def _follow_role(change: Change, organization: OrganizationRecord, user_id: ObjectId, role: Role) -> None:
    """Give a member of an organization their role in its default workspace too, unless they own that."""
    workspace_id = organization.get("default_workspace_id")
    if workspace_id is None:
        return
    mine = {"workspace_id": workspace_id, "user_id": user_id, "role": {"$ne": Role.OWNER.value}}
    changed = await update_and_read(WorkspaceMember, mine, {"$set": {"role": role.value}}, change.session)
    if changed is not None:
        change.append(workspace_id, WorkspaceMemberUpdated(member=changed))


async def insert_organization_member(
    change: Change, organization_id: ObjectId, user_id: ObjectId, role: Role
) -> OrganizationMemberRecord:
    """Write a membership and its event, within a change. Raises NotFound for an account that is deleted meanwhile."""
    if not await meet(change, user_id):
        raise NotFound("User")
    member = to_record(
        OrganizationMember(organization_id=organization_id, user_id=user_id, role=role, created_at=change.at)
    )
    await collection(OrganizationMember).insert_one(member, session=change.session)
    change.append(organization_id, OrganizationMemberAdded(member=member))
    return member


async def delete_organization_member(change: Change, organization_id: ObjectId, user_id: ObjectId) -> None:
    """Delete a membership, and those of the organization's teams, with their events, within a change."""
    await leave_teams(change, organization_id, user_id)
    query = {"organization_id": organization_id, "user_id": user_id}
    deleted = await collection(OrganizationMember).delete_one(query, session=change.session)
    if deleted.deleted_count:
        change.append(organization_id, OrganizationMemberRemoved(user_id=user_id))


async def organization_memberships(
    ctx: Context, organization_ids: Iterable[ObjectId]
) -> dict[ObjectId, WorkspaceMemberRecord | None]:
    """The caller's memberships of several organizations, in one query at most."""
    wanted = set(organization_ids)
    unknown = [object_id for object_id in wanted if ctx.memberships.get(object_id) is None]
    if unknown:
        query = {"organization_id": {"$in": unknown}, "user_id": ctx.user_id}
        found = await collection(OrganizationMember).find(query).to_list()
        by_organization = {member["organization_id"]: member for member in found}
        # All at once and only now: fields of one request are resolved side by side.
        ctx.memberships.update({document: by_organization.get(document) for document in unknown})
    return {object_id: ctx.memberships[object_id] for object_id in wanted}


async def _may_invite(change: Change, organization_id: ObjectId) -> list[str]:
    """The ids of workspaces of an organization, beside a personal one, that whoever makes a change may invite to."""
    mine = {"user_id": change.actor_id, "organization_id": organization_id}
    members = await collection(WorkspaceMember).find(mine, session=change.session).to_list()
    ids = [member["workspace_id"] for member in members if INVITE.refusal(member, "workspace") is None]
    shared: list[ObjectId] = []
    for some in portions(ids):
        found = collection(Workspace).find(
            {"_id": {"$in": some}, "is_personal": False}, {"_id": 1}, session=change.session
        )
        shared += [workspace["_id"] for workspace in await found.to_list()]
    return [str(workspace_id) for workspace_id in sorted(shared)[:MAX_NAMED]]


async def _find_member(change: Change, organization_id: ObjectId, user_id: ObjectId) -> OrganizationMemberRecord:
    query = {"organization_id": organization_id, "user_id": user_id}
    member = await collection(OrganizationMember).find_one(query, session=change.session)
    if member is None:
        raise NotFound("Member")
    return member


async def _find_organization(change: Change, organization_id: ObjectId) -> OrganizationRecord:
    organization = await collection(Organization).find_one({"_id": organization_id}, session=change.session)
    if organization is None:
        raise NotFound("Organization")
    return organization


async def hand_over_workspaces(change: Change, organization_id: ObjectId, leaving: ObjectId) -> None:
    """Give the workspaces that a member owns to the owner of the organization, within a change."""
    owned = {"organization_id": organization_id, "owner_id": leaving}
    workspaces = await collection(Workspace).find(owned, session=change.session).to_list()
    if not workspaces:
        return
    organization = await _find_organization(change, organization_id)
    for workspace in workspaces:
        changes = {"owner_id": organization["owner_id"], "updated_at": change.at}
        await collection(Workspace).update_one({"_id": workspace["_id"]}, {"$set": changes}, session=change.session)
        change.append(workspace["_id"], WorkspaceUpdated(workspace=with_changes(workspace, changes)))
        await _make_owner(change, workspace, organization["owner_id"])


async def _make_owner(change: Change, workspace: WorkspaceRecord, user_id: ObjectId) -> None:
    promoted = await update_and_read(
        WorkspaceMember,
        {"workspace_id": workspace["_id"], "user_id": user_id},
        {"$set": {"role": Role.OWNER.value, "pilotage_role": PilotageRole.OWNER.value}},
        change.session,
    )
    if promoted is None:
        await insert_workspace_member(change, workspace, user_id, Role.OWNER, PilotageRole.OWNER)
    else:
        change.append(workspace["_id"], WorkspaceMemberUpdated(member=promoted))
