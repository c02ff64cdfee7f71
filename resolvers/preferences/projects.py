"""The projects of whoever asks, in whichever workspaces they are, and the order that they have put them into."""

from bson import ObjectId

from models import Preferences, Project, WorkspaceMember
from models.base import Record, collection
from models.ids import Kind, kind_of, portions
from models.records import ProjectRecord
from resolvers.inputs.preferences import MAX_PROJECTS
from resolvers.kit.access import projection, workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields


async def find_my_projects(
    ctx: Context, organization_id: ObjectId | None, fields: Fields = None
) -> list[ProjectRecord]:
    """The projects that the caller may see, of one organization where that is named, in no order.

    Of each portion of workspaces one more than 1,000 at most.
    """
    mine: Record = {"user_id": ctx.user_id, **({} if organization_id is None else {"organization_id": organization_id})}
    members = await collection(WorkspaceMember).find(mine, {"workspace_id": 1}).to_list()
    memberships = await workspace_memberships(ctx, (member["workspace_id"] for member in members))
    found: list[ProjectRecord] = []
    for ids in portions(workspace_id for workspace_id, member in memberships.items() if member is not None):
        where: Record = {"workspace_id": {"$in": ids}}
        gone = [
            gone_id for workspace_id in ids for gone_id in ctx.gone[workspace_id] if kind_of(gone_id) is Kind.PROJECT
        ]
        if gone:
            where["_id"] = {"$nin": gone}
        inside = collection(Project).find(where, projection(fields)).sort("_id", 1).limit(MAX_PROJECTS + 1)
        found += await inside.to_list()
    return found


async def in_order(ctx: Context, found: list[ProjectRecord]) -> list[ProjectRecord]:
    """The same in the order that the caller has put them into, then oldest first; at most 1,000."""
    set_ = await collection(Preferences).find_one({"user_id": ctx.user_id}, {"project_order": 1})
    places = {project_id: place for place, project_id in enumerate([] if set_ is None else set_["project_order"])}
    found.sort(key=lambda project: (places.get(project["_id"], len(places)), project["_id"]))
    return found[:MAX_PROJECTS]
