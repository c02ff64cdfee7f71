"""Project members: those who are notified of a project and can be assigned its cards."""

from bson import ObjectId

from auth.policies import board
from models import Project, ProjectMember, User, WorkspaceMember
from models.base import Record, collection, to_record
from models.enums import ActivityType, Role, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, parse_id
from models.records import ProjectMemberRecord, ProjectRecord
from models.write import find_and_delete
from realtime.events.project import ProjectMemberAdded, ProjectMemberRemoved, ProjectMemberUpdated
from realtime.log import Change, Committed
from resolvers.activity.activity import record_activity
from resolvers.inputs.project import ProjectMemberAdd, ProjectMemberUpdate
from resolvers.kit.access import check_workspace, door_of
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.nouns import PROJECT
from resolvers.kit.operation import operation


@operation(
    "projectMemberAdd",
    opens=PROJECT.by("project_id").whole,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    in_project=False,
)
async def add_project_member(
    ctx: Context, project: ProjectRecord, values: ProjectMemberAdd
) -> Committed[ProjectMemberRecord]:
    """Make a member of the workspace a member of a project."""
    wanted = values.one()
    field = "email" if "email" in wanted else "userId"
    if values.role is not Role.MEMBER:
        await check_admin(ctx, project)

    async def body(change: Change) -> ProjectMemberRecord:
        await require_parent(change, Project, project["_id"])
        user = await collection(User).find_one(wanted, {"name": 1}, session=change.session)
        belongs = await collection(WorkspaceMember).find_one(
            {"workspace_id": project["workspace_id"], "user_id": door_of(user)}, {"_id": 1}, session=change.session
        )
        if user is None or not belongs:
            raise BadUserInput("is not a member of the workspace", field=field)
        if await is_member(project["_id"], user["_id"], change):
            raise Conflict("is a member of the project already", field=field)
        member = await add_member(change, project, user["_id"], values.role)
        meta = {"userId": str(user["_id"]), "name": user["name"]}
        await record_activity(change, project, ActivityType.MEMBER_ADDED, meta)
        return member

    return await ctx.write(project["workspace_id"], body)


@operation(
    "projectMemberUpdate",
    opens=PROJECT.by("project_id").whole,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    in_project=False,
)
async def update_project_member(
    ctx: Context, project: ProjectRecord, user_id: ObjectId | str, values: ProjectMemberUpdate
) -> Committed[ProjectMemberRecord]:
    """Change what a member of a project may do: for its admins, and those of its workspace."""
    changing = parse_id(user_id, Kind.USER, field="userId")
    await check_admin(ctx, project)

    async def body(change: Change) -> ProjectMemberRecord:
        membership = {"project_id": project["_id"], "user_id": changing}
        found = await collection(ProjectMember).find_one(membership, {"_id": 1}, session=change.session)
        if found is None:
            raise NotFound("Project member")
        member, differs = await set_fields(change, ProjectMember, found["_id"], {"role": values.role.value})
        if differs:
            change.append(project["workspace_id"], ProjectMemberUpdated(member=member, project_id=project["_id"]))
        return member

    return await ctx.write(project["workspace_id"], body)


async def check_admin(ctx: Context, project: ProjectRecord) -> None:
    """Raise Forbidden for whoever is neither an admin of a project nor of its workspace."""
    membership = await check_workspace(ctx, project["workspace_id"], board.WRITE, noun="Project")
    if board.MODERATE.allows(membership["role"]):
        return
    mine = {"project_id": project["_id"], "user_id": ctx.user_id}
    member = await collection(ProjectMember).find_one(mine, {"role": 1})
    if member is None or member.get("role") != Role.ADMIN:
        raise Forbidden("This takes an admin of the project, or of its workspace")


@operation(
    "projectMemberRemove",
    opens=PROJECT.by("project_id").whole,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    in_project=False,
)
async def remove_project_member(ctx: Context, project: ProjectRecord, user_id: ObjectId | str) -> Committed[ObjectId]:
    """Take a member off a project; `deletedId` is the user's.

    Its cards keep their assignee. An admin leaves, or is taken off by another, or by the workspace's.
    """
    leaving = parse_id(user_id, Kind.USER, field="userId")

    async def body(change: Change) -> ObjectId:
        membership = {"project_id": project["_id"], "user_id": leaving}
        removed = await find_and_delete(ProjectMember, membership, change.session)
        if removed is None:
            raise NotFound("Project member")
        if removed.get("role") == Role.ADMIN and leaving != ctx.user_id:
            await check_admin(ctx, project)
        change.append(project["workspace_id"], ProjectMemberRemoved(user_id=leaving, project_id=project["_id"]))
        user = await collection(User).find_one({"_id": leaving}, {"name": 1}, session=change.session)
        meta = {"userId": str(leaving), "name": user["name"] if user else None}
        await record_activity(change, project, ActivityType.MEMBER_REMOVED, meta)
        return leaving

    return await ctx.write(project["workspace_id"], body)


@operation(
    "projectMembers",
    opens=PROJECT.by("project_id"),
    permission=board.READ,
    scope=TokenScope.PROJECTS_READ,
    read_only=True,
)
async def list_project_members(ctx: Context, project: ProjectRecord) -> list[Record]:
    """A project's members in the order of joining, each with its `user` (id, name, email)."""
    members = await collection(ProjectMember).find({"project_id": project["_id"]}).sort("_id", 1).to_list()
    users = collection(User).find({"_id": {"$in": [member["user_id"] for member in members]}}, {"password_hash": 0})
    by_id = {user["_id"]: user for user in await users.to_list()}
    return [{**member, "user": by_id[member["user_id"]]} for member in members if member["user_id"] in by_id]


async def add_member(
    change: Change, project: ProjectRecord, user_id: ObjectId, role: Role = Role.MEMBER
) -> ProjectMemberRecord:
    """Write a membership and its event, within a change."""
    member = to_record(
        ProjectMember(
            workspace_id=project["workspace_id"],
            project_id=project["_id"],
            user_id=user_id,
            role=role,
            created_at=change.at,
        )
    )
    await collection(ProjectMember).insert_one(member, session=change.session)
    change.append(project["workspace_id"], ProjectMemberAdded(member=member, project_id=project["_id"]))
    return member


async def is_member(project_id: ObjectId, user_id: ObjectId, change: Change) -> bool:
    """Whether a user is a member of a project."""
    query = {"project_id": project_id, "user_id": user_id}
    return await collection(ProjectMember).find_one(query, {"_id": 1}, session=change.session) is not None


async def require_assignable(change: Change, project_id: ObjectId, user_id: ObjectId | None) -> None:
    """Raise BadUserInput unless the user can be assigned cards of the project."""
    if user_id is not None and not await is_member(project_id, user_id, change):
        raise BadUserInput("is not a member of the project", field="assigneeId")
