"""The project of a workspace whose cards were filed without one. It is made with the first of them."""

from bson import ObjectId

from models import Project
from models.base import collection
from models.records import ProjectRecord
from realtime.log import Change
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.context import Context
from resolvers.kit.plan_limits import require_plan_room
from resolvers.kit.slugs import INBOX
from resolvers.project.project import insert_project


async def inbox_of(ctx: Context, change: Change, workspace_id: ObjectId) -> ProjectRecord:
    """The inbox of a workspace, within a change that may go on."""
    query = {"workspace_id": workspace_id, "slug": INBOX}
    found = await collection(Project).find_one(query, session=change.session)
    if found is not None:
        return found
    await require_plan_room(ctx, change, "projects", {"workspace_id": workspace_id})
    values = ProjectCreate.of(workspace_id=workspace_id, name="Inbox", slug=INBOX)
    return await insert_project(change, values, ctx.user_id, reserved=True)
