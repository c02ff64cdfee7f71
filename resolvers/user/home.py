"""Where somebody is at home: the workspace that is meant where a request names none."""

from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId

from auth.policies.permission import ADMINS
from models import OrganizationMember, User, Workspace, WorkspaceMember
from models.base import collection
from models.enums import Role, TokenScope
from models.errors import NotFound
from models.records import UserRecord, WorkspaceMemberRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.kit.access import projection, workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge


async def home(ctx: Context) -> WorkspaceMemberRecord:
    """The caller's membership of the workspace that they have chosen, as long as they are in it; else of the first that
    they came into, which is the personal one as long as that is there. Raises NotFound for somebody who is in none."""
    found = await collection(User).find_one({"_id": ctx.user_id}, {"home_workspace_id": 1})
    chosen = None if found is None else found.get("home_workspace_id")
    if chosen is not None and (membership := (await workspace_memberships(ctx, [chosen]))[chosen]) is not None:
        return membership
    mine = collection(WorkspaceMember).find({"user_id": ctx.user_id}, {"workspace_id": 1}).sort("_id", 1)
    joined = [member["workspace_id"] for member in await mine.to_list()]
    memberships = await workspace_memberships(ctx, joined)
    first = next((standing for joined_id in joined if (standing := memberships[joined_id]) is not None), None)
    if first is None:
        raise NotFound("Workspace")
    return first


async def standing(membership: WorkspaceMemberRecord) -> Role:
    """What a member of a workspace is to its organization: an ADMIN, its owner among them; a VIEWER; or a MEMBER."""
    inside = {"organization_id": membership["organization_id"], "user_id": membership["user_id"]}
    found = await collection(OrganizationMember).find_one(inside, {"role": 1})
    if found is not None and Role(found["role"]) in ADMINS:
        return Role.ADMIN
    return Role.VIEWER if membership["role"] == Role.VIEWER else Role.MEMBER


async def standing_at_home(ctx: Context, user_id: ObjectId) -> Role:
    """What somebody who has just signed in is to the organization that they are at home in."""
    try:
        return await standing(await home(Context(replace(ctx.subject, user_id=user_id), ctx.services)))
    except NotFound:
        return Role.VIEWER


@edge(scope=TokenScope.PROJECTS_READ, viewer=True)
async def home_workspaces_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[WorkspaceRecord | None]:
    """Where the caller is at home; None for anybody else, and for somebody who is in no workspace."""
    mine = None
    if any(user["_id"] == ctx.user_id for user in users):
        try:
            home_id = (await home(ctx))["workspace_id"]
        except NotFound:
            return [None] * len(users)
        mine = await collection(Workspace).find_one({"_id": home_id}, projection(fields))
    return [mine if user["_id"] == ctx.user_id else None for user in users]


async def set_home(change: Change, user_id: ObjectId, workspace_id: ObjectId) -> None:
    """Within a change, make a workspace that somebody has just come into their home, unless they have chosen one."""
    has_none = {"_id": user_id, "home_workspace_id": None}
    chosen = {"$set": {"home_workspace_id": workspace_id}}
    await collection(User).update_one(has_none, chosen, session=change.session)
