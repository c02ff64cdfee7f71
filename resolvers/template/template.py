"""Templates: those that every workspace has, and those that were made of its projects."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import board
from models import Project, Template, Workspace
from models.base import AnyRecord, collection, to_record
from models.enums import TemplateKind, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.records import (
    ProjectRecord,
    TemplateRecord,
    WorkspaceMemberRecord,
)
from models.template import TemplateColumn, TemplateContent
from realtime.events.template import TemplateCreated, TemplateDeleted, TemplateUpdated
from realtime.log import Change, Committed
from resolvers.inputs.template import (
    TemplateColumnInput,
    TemplateCreate,
    TemplateCreateFromProject,
    TemplateUpdate,
)
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
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
    """What projects and boards of a workspace can begin with: the built-in templates, then its own by name."""
    workspace_id = membership["workspace_id"]
    return (await templates_of(ctx, [{"_id": workspace_id}], None))[0]


@operation(
    "templateCreateFromProject",
    inside=PROJECT.whole,
    permission=board.WRITE,
    scope=WRITE,
    tool="create_template",
    in_project=False,
)
async def create_template(
    ctx: Context, project: ProjectRecord, values: TemplateCreateFromProject
) -> Committed[TemplateRecord]:
    """Make a template of a project; dates become days from the earliest of them.

    A template with all that a project consists of; its cards where `include_cards` says so.

    Raises Conflict for a name that is taken, and for a project that is too large.
    """
    gone = await known_gone(ctx) or Gone(())

    async def body(change: Change) -> TemplateRecord:
        await require_parent(change, Project, project["_id"])
        content = await content_of(change, project["_id"], gone, cards=values.include_cards)
        return await _insert(change, project["workspace_id"], values, TemplateKind.PROJECT, content)

    return await ctx.write(project["workspace_id"], body)


@operation("templateCreate", inside=WORKSPACE, permission=board.WRITE, scope=WRITE, tool="create_board_template")
async def create_board_template(
    ctx: Context, _membership: WorkspaceMemberRecord, values: TemplateCreate
) -> Committed[TemplateRecord]:
    """Make a template that boards can begin with.

    Raises Conflict for a name that is taken.
    """

    async def body(change: Change) -> TemplateRecord:
        await require_parent(change, Workspace, values.workspace_id)
        return await _insert(change, values.workspace_id, values, TemplateKind.BOARD, _board_of(values.columns))

    return await ctx.write(values.workspace_id, body)


def _board_of(columns: Sequence[TemplateColumnInput]) -> TemplateContent:
    return TemplateContent(columns=[TemplateColumn.of(**dict(column)) for column in columns])


async def _insert(
    change: Change,
    workspace_id: ObjectId,
    values: TemplateCreate | TemplateCreateFromProject,
    kind: TemplateKind,
    content: TemplateContent,
) -> TemplateRecord:
    inside = {"workspace_id": workspace_id}
    if await collection(Template).count_documents(inside, session=change.session) >= MAX_TEMPLATES:
        raise Conflict(f"A workspace has at most {MAX_TEMPLATES} templates of its own")
    template = to_record(
        Template(
            workspace_id=workspace_id,
            name=values.name,
            description=values.description,
            kind=kind,
            created_by=change.actor_id,
            created_at=change.at,
            content=content,
        )
    )
    with _own_name():
        await collection(Template).insert_one(template, session=change.session)
    change.append(workspace_id, TemplateCreated(template=template))
    return template


@contextmanager
def _own_name() -> Iterator[None]:
    try:
        yield
    except DuplicateKeyError as error:
        raise Conflict("is taken by another template of the workspace", field="name") from error


@operation("templateUpdate", opens=TEMPLATE, permission=board.WRITE, scope=WRITE)
async def update_template(ctx: Context, door: TemplateRecord, values: TemplateUpdate) -> Committed[TemplateRecord]:
    """Change a template of a workspace; what began with it stays as it is.

    Raises BadUserInput for the columns of one that projects begin with: those come from a project.
    """
    given = {name: value for name, value in values.given().items() if name != "columns"}
    if values.columns is not None:
        given["content"] = _board_of(values.columns).model_dump()

    async def body(change: Change) -> TemplateRecord:
        with _own_name():
            template, differs = await set_fields(change, Template, door["_id"], given)
        if values.columns is not None and kind_of_template(template) is not TemplateKind.BOARD:
            raise BadUserInput("are for templates of boards alone", field="columns")
        if differs:
            change.append(template["workspace_id"], TemplateUpdated(template=template))
        return template

    return await ctx.write(door["workspace_id"], body)


@operation("templateDelete", opens=TEMPLATE, permission=board.WRITE, scope=WRITE)
async def delete_template(ctx: Context, template: TemplateRecord) -> Committed[ObjectId]:
    """Delete a template of a workspace; what began with it stays.

    Built-in ones have no id.
    """

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Template).delete_one({"_id": template["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Template")
        change.append(template["workspace_id"], TemplateDeleted(deleted_id=template["_id"]))
        return ObjectId(template["_id"])

    return await ctx.write(template["workspace_id"], body)


async def find_template(
    change: Change, workspace_id: ObjectId, template: str, kind: TemplateKind | None = None
) -> TemplateRecord:
    """A template, perhaps of a kind: a built-in one by its key, one of the workspace by its id.

    Raises BadUserInput for any other.
    """
    found: TemplateRecord | None = BUILT_IN.get(template)
    if found is None and ObjectId.is_valid(template) and len(template) == 24:
        query = {"_id": ObjectId(template), "workspace_id": workspace_id}
        found = await collection(Template).find_one(query, session=change.session)
    if found is None:
        raise BadUserInput("is no template of the workspace", field="template")
    if kind is not None and kind_of_template(found) is not kind:
        raise BadUserInput(f"is no template of a {kind}", field="template")
    return found


def kind_of_template(template: AnyRecord) -> TemplateKind:
    """What begins with a template; those of before kinds are of projects."""
    return TemplateKind(template.get("kind", TemplateKind.PROJECT))


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
