"""Members of workspaces: people, and service users."""

from bson import ObjectId

from auth.policies import workspace as policy
from models import User, WorkspaceMember
from models.base import collection, to_record
from models.enums import PilotageRole, Role, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, parse_id
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from models.write import find_and_delete
from realtime.events.workspace import WorkspaceMemberAdded, WorkspaceMemberRemoved, WorkspaceMemberUpdated
from realtime.log import Change, Committed
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.workspace import WorkspaceMemberUpdate
from resolvers.kit.access import check_workspace
from resolvers.kit.ceilings import meet
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.notification.store import drop_notifications
from resolvers.user.user import user_of_member

READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE


@operation("workspaceMembers", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_workspace_members(ctx: Context, membership: WorkspaceMemberRecord) -> list[WorkspaceMemberRecord]:
    """All members of a workspace in the order of joining, each with its `user`."""
    workspace_id = membership["workspace_id"]
    members = await collection(WorkspaceMember).find({"workspace_id": workspace_id}).sort("_id", 1).to_list()
    users = await user_of_member(ctx, members, None)
    return [{**member, "user": user} for member, user in zip(members, users, strict=True) if user is not None]


async def tell_name(change: Change, user_id: ObjectId) -> None:
    """Say in the history of all their workspaces that a user is called otherwise: boards show the name."""
    found = collection(WorkspaceMember).find({"user_id": user_id}, session=change.session)
    for member in await found.to_list():
        change.append(member["workspace_id"], WorkspaceMemberUpdated(member=member))


@operation(
    "workspaceMemberUpdate", opens=WORKSPACE.by("workspace_id"), permission=policy.MANAGE_MEMBERS, scope=ADMINISTER
)
async def update_workspace_member(
    ctx: Context, membership: WorkspaceMemberRecord, user_id: ObjectId | str, values: WorkspaceMemberUpdate
) -> Committed[WorkspaceMemberRecord]:
    """Change what a member of a workspace may do.

    Change the role, the pilotage role, or both, of a member; the owner keeps the role.
    """
    wanted = membership["workspace_id"]
    changing = parse_id(user_id, Kind.USER, field="userId")
    given = values.given()
    for name, field in (("role", "role"), ("pilotage_role", "pilotageRole")):
        if name in given and given[name] is None:
            raise BadUserInput("must not be null", field=field)

    async def body(change: Change) -> WorkspaceMemberRecord:
        member = await _find_member(change, wanted, changing)
        if "role" in given and member["role"] == Role.OWNER:
            raise Conflict("The role of the workspace's owner cannot be changed")
        roles = {name: value.value for name, value in given.items()}
        changed, differs = await set_fields(change, WorkspaceMember, member["_id"], roles)
        if differs:
            change.append(wanted, WorkspaceMemberUpdated(member=changed))
        return changed

    return await ctx.write(wanted, body, revokes=True)


@operation("workspaceMemberRemove", scope=ADMINISTER, permission=policy.MANAGE_MEMBERS)
async def remove_workspace_member(
    ctx: Context, workspace_id: ObjectId | str, user_id: ObjectId | str
) -> Committed[ObjectId]:
    """Take a member, or oneself, off a workspace and its projects; `deletedId` is the user's.

    Take a member (or oneself) off a workspace and all its projects; the membership of the organization stays.
    """
    wanted = parse_id(workspace_id, Kind.WORKSPACE)
    leaving = parse_id(user_id, Kind.USER, field="userId")
    await check_workspace(ctx, wanted, policy.READ if leaving == ctx.user_id else policy.MANAGE_MEMBERS)

    async def body(change: Change) -> ObjectId:
        member = await _find_member(change, wanted, leaving)
        if member["role"] == Role.OWNER:
            raise Conflict("The owner of a workspace cannot leave it, nor be removed")
        await require_person(change, member["user_id"])
        await take_off_workspace(change, wanted, member["user_id"])
        return leaving

    return await delete(ctx, wanted, body, revokes=True)


async def insert_workspace_member(
    change: Change, workspace: WorkspaceRecord, user_id: ObjectId, role: Role, pilotage_role: PilotageRole
) -> WorkspaceMemberRecord:
    """Write a membership and its event, within a change. Raises NotFound for an account that is deleted meanwhile."""
    if not await meet(change, user_id):
        raise NotFound("User")
    member = to_record(
        WorkspaceMember(
            workspace_id=workspace["_id"],
            organization_id=workspace["organization_id"],
            user_id=user_id,
            role=role,
            pilotage_role=pilotage_role,
            created_at=change.at,
        )
    )
    await collection(WorkspaceMember).insert_one(member, session=change.session)
    change.append(workspace["_id"], WorkspaceMemberAdded(member=member))
    return member


async def take_off_workspace(change: Change, workspace_id: ObjectId, user_id: ObjectId) -> None:
    """Delete a membership of a workspace within a change; those of its projects, and what it brought, go with it or
    after it."""
    query = {"workspace_id": workspace_id, "user_id": user_id}
    deleted = await find_and_delete(WorkspaceMember, query, change.session)
    if deleted is not None:
        change.append(workspace_id, WorkspaceMemberRemoved(user_id=user_id))
        await drop_notifications(change, user_id, [])
        await bury(change, deleted["_id"], workspace_id, user_id=user_id)


async def require_person(change: Change, user_id: ObjectId) -> None:
    """Raise Conflict for a service user, which comes and goes with its agent or its key."""
    query = {"_id": user_id, "is_agent": True}
    if await collection(User).find_one(query, {"_id": 1}, session=change.session) is not None:
        raise Conflict("This member is an agent, or a key: delete that instead")


async def _find_member(change: Change, workspace_id: ObjectId, user_id: ObjectId) -> WorkspaceMemberRecord:
    query = {"workspace_id": workspace_id, "user_id": user_id}
    member = await collection(WorkspaceMember).find_one(query, session=change.session)
    if member is None:
        raise NotFound("Member")
    return member
