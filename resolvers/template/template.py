"""Templates: those that every workspace has, and those that were made of its projects."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import board
from models import Project, Template
from models.base import AnyRecord, collection, to_record
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.records import (
    ProjectRecord,
    TemplateContentRecord,
    TemplateRecord,
    WorkspaceMemberRecord,
)
from realtime.events.template import TemplateCreated, TemplateDeleted
from realtime.log import Change, Committed
from resolvers.inputs.template import TemplateCreateFromProject
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.load import by_name
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT, TEMPLATE, WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.tombstone import Gone, known_gone
from resolvers.template.builtin import BUILT_IN
from resolvers.template.read import content_of
from resolvers.user.user import users_by

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_TEMPLATES = 100


@operation("templates", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_templates(ctx: Context, membership: WorkspaceMemberRecord) -> list[TemplateRecord]:
    """The templates that projects of a workspace can begin with: the built-in ones, then its own by name."""
    workspace_id = membership["workspace_id"]
    return (await templates_of(ctx, [{"_id": workspace_id}], None))[0]


@operation(
    "templateCreateFromProject", inside=PROJECT.whole, permission=board.WRITE, scope=WRITE, tool="create_template"
)
async def create_template(
    ctx: Context, project: ProjectRecord, values: TemplateCreateFromProject
) -> Committed[TemplateRecord]:
    """Make a template of a project; dates become days from the earliest of them.

    A template with all that a project consists of; its cards where `include_cards` says so.

    Raises Conflict for a name that is taken, and for a project that is too large.
    """
    inside = {"workspace_id": project["workspace_id"]}
    gone = await known_gone(ctx) or Gone(())

    async def body(change: Change) -> TemplateRecord:
        await require_parent(change, Project, project["_id"])
        if await collection(Template).count_documents(inside, session=change.session) >= MAX_TEMPLATES:
            raise Conflict(f"A workspace has at most {MAX_TEMPLATES} templates of its own")
        template = to_record(
            Template(
                workspace_id=project["workspace_id"],
                name=values.name,
                description=values.description,
                created_by=ctx.user_id,
                created_at=change.at,
                content=await content_of(change, project["_id"], gone, cards=values.include_cards),
            )
        )
        try:
            await collection(Template).insert_one(template, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict("is taken by another template of the workspace", field="name") from error
        change.append(template["workspace_id"], TemplateCreated(template=template))
        return template

    return await ctx.write(project["workspace_id"], body)


@operation("templateDelete", opens=TEMPLATE, permission=board.WRITE, scope=WRITE)
async def delete_template(ctx: Context, template: TemplateRecord) -> Committed[ObjectId]:
    """Delete a template of a workspace; the projects that began with it stay.

    The projects that began with it stay. Built-in ones have no id.
    """

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Template).delete_one({"_id": template["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Template")
        change.append(template["workspace_id"], TemplateDeleted(deleted_id=template["_id"]))
        return ObjectId(template["_id"])

    return await ctx.write(template["workspace_id"], body)


async def find_content(change: Change, workspace_id: ObjectId, template: str) -> TemplateContentRecord:
    """What a template holds: a built-in one by its key, one of the workspace by its id.

    Raises BadUserInput for any other.
    """
    found: TemplateRecord | None = BUILT_IN.get(template)
    if found is None and ObjectId.is_valid(template) and len(template) == 24:
        query = {"_id": ObjectId(template), "workspace_id": workspace_id}
        found = await collection(Template).find_one(query, session=change.session)
    if found is None:
        raise BadUserInput("is no template of the workspace", field="template")
    return found["content"]


@edge(scope=READ)
async def templates_of(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[list[TemplateRecord]]:
    """The built-in templates, then those of each workspace by name."""
    ids = list({workspace["_id"] for workspace in workspaces})
    query = {"workspace_id": {"$in": ids}}
    own: dict[ObjectId, list[TemplateRecord]] = {object_id: [] for object_id in ids}
    for template in sorted(await collection(Template).find(query).to_list(), key=by_name):
        own[template["workspace_id"]].append(template)
    return [[*BUILT_IN.values(), *own[workspace["_id"]]] for workspace in workspaces]


creator_of = users_by("created_by")
"""Who made a template."""
