"""The projects of whoever asks, in whichever organization they are."""

from typing import Annotated

from bson import ObjectId

from models.enums import TokenScope
from models.ids import Kind, parse_id
from models.records import ProjectRecord
from resolvers.kit.context import Context
from resolvers.kit.operation import operation
from resolvers.preferences.projects import find_my_projects, in_order


@operation("viewerProjects", scope=TokenScope.PROJECTS_READ, read_only=True, no_tool="list_projects tells them")
async def list_my_projects(
    ctx: Context,
    organization_id: Annotated[
        ObjectId | str | None, "The organization whose projects they are; all without one."
    ] = None,
) -> list[ProjectRecord]:
    """The projects of the caller's workspaces, in the order that they have put them into, then oldest first; at most
    1,000."""
    named = None
    if organization_id is not None:
        named = parse_id(organization_id, Kind.ORGANIZATION, field="organizationId")
    return await in_order(ctx, await find_my_projects(ctx, named))


async def list_my_project_ids(ctx: Context) -> list[ObjectId]:
    """The ids of what `list_my_projects` tells."""
    return [project["_id"] for project in await in_order(ctx, await find_my_projects(ctx, None, frozenset()))]
