"""The projects of whoever asks, in whichever organization they are."""

from typing import Annotated

from bson import ObjectId

from models import Preferences, Project, WorkspaceMember
from models.base import Record, collection
from models.enums import TokenScope
from models.ids import Kind, parse_id, portions
from models.records import ProjectRecord
from resolvers.kit.access import workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.operation import operation

MAX_PROJECTS = 1_000


@operation("viewerProjects", scope=TokenScope.PROJECTS_READ, read_only=True, no_tool="list_projects tells them")
async def list_my_projects(
    ctx: Context,
    organization_id: Annotated[
        ObjectId | str | None, "The organization whose projects they are; all without one."
    ] = None,
) -> list[ProjectRecord]:
    """The projects of the caller's workspaces, in the order that they have put them into, then oldest first; at most
    1,000."""
    mine: Record = {"user_id": ctx.user_id}
    if organization_id is not None:
        mine["organization_id"] = parse_id(organization_id, Kind.ORGANIZATION, field="organizationId")
    members = await collection(WorkspaceMember).find(mine, {"workspace_id": 1}).to_list()
    memberships = await workspace_memberships(ctx, (member["workspace_id"] for member in members))
    standing = [workspace_id for workspace_id, member in memberships.items() if member is not None]
    found: list[ProjectRecord] = []
    for ids in portions(standing):
        inside = collection(Project).find({"workspace_id": {"$in": ids}}).sort("_id", 1).limit(MAX_PROJECTS)
        found += await inside.to_list()
    set_ = await collection(Preferences).find_one({"user_id": ctx.user_id}, {"project_order": 1})
    places = {project_id: place for place, project_id in enumerate([] if set_ is None else set_["project_order"])}
    found.sort(key=lambda project: (places.get(project["_id"], len(places)), project["_id"]))
    return found[:MAX_PROJECTS]
