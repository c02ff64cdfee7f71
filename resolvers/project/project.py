"""Projects: what can be done with them, and what can be reached from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Project, Workspace
from models.base import collection, to_record
from models.enums import Role, TemplateKind, TokenScope
from models.errors import NotFound
from models.facts import CREATE
from models.ids import Kind, new_id
from models.records import ProjectRecord, ScopeRecord, WorkspaceMemberRecord, WorkspaceRecord
from models.write import find_and_delete
from realtime.events.project import ProjectCreated, ProjectDeleted, ProjectUpdated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.column.scope import insert_scope
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.project import ProjectCreate, ProjectUpdate
from resolvers.inputs.scope import ScopeCreate
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import sorted_by, values_of
from resolvers.kit.filters import compile_filter, compile_order
from resolvers.kit.load import one_by
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT, PROJECT_MEMBER, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import Page, Window, pages, pages_by
from resolvers.kit.plan_limits import require_plan_room
from resolvers.lane.store import open_totals
from resolvers.machine.reach import binds
from resolvers.member.project_member import add_member
from resolvers.project.slug import made_slug, require_free
from resolvers.state.card_run import require_no_run
from resolvers.template.apply import FILLS, fill_board, fill_project
from resolvers.template.template import find_template, kind_of_template
from resolvers.worktree.guard import Force, require_finished

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
LIST_LIMIT = 5000


get_project = reader("project", PROJECT)


@operation("projects", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_projects(ctx: Context, membership: WorkspaceMemberRecord) -> list[ProjectRecord]:
    """The projects of a workspace, oldest first; at most 5,000."""
    workspace_id = membership["workspace_id"]
    return await collection(Project).find({"workspace_id": workspace_id}).sort("_id", 1).limit(LIST_LIMIT).to_list()


@operation(
    "projectCreate",
    inside=WORKSPACE,
    permission=board.WRITE,
    scope=WRITE,
    also={"template": FILLS, "board": ("scopeCreate",)},
)
async def create_project(
    ctx: Context, _membership: WorkspaceMemberRecord, values: ProjectCreate
) -> Committed[ProjectRecord]:
    """Create a project, with all that its template holds; its creator is its first member.

    A new project in a workspace, with all that its template holds; its creator is its first member.
    """
    bound = await binds(ctx, values.workspace_id, values.given().get("path"))

    async def body(change: Change) -> ProjectRecord:
        workspace_id, key, name = values.workspace_id, values.template, values.board
        template = None if key is None else await find_template(change, workspace_id, key)
        await require_plan_room(ctx, change, "projects", {"workspace_id": values.workspace_id})
        project = await insert_project(change, values, ctx.user_id, bound=bound)
        scope: ScopeRecord | None = None
        if name is not None:
            scope = await insert_scope(change, project, ScopeCreate.of(project_id=project["_id"], name=name))
        if template is not None and scope is not None and kind_of_template(template) is TemplateKind.BOARD:
            await fill_board(change, scope, template["content"])
        elif template is not None:
            await fill_project(change, project, template["content"])
        return project

    return await ctx.write(values.workspace_id, body)


async def insert_project(
    change: Change, values: ProjectCreate, creator_id: ObjectId, *, bound: bool = False, reserved: bool = False
) -> ProjectRecord:
    """Write a project and its first member within a change that may go on (an import); whether it is `bound` to its
    folder, and takes a slug that is `reserved` for it."""
    await require_parent(change, Workspace, values.workspace_id)
    project_id, given = new_id(Kind.PROJECT), values_of(values, Project, CREATE)
    if given["slug"] is None:
        given["slug"] = await made_slug(values.workspace_id, project_id, given["name"], change.session)
    elif not reserved:
        await require_free(change, values.workspace_id, given["slug"])
    project = to_record(
        Project(
            id=project_id,
            workspace_id=values.workspace_id,
            **given,
            bound=bound,
            created_by=creator_id,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    await insert(change, Project, project)
    change.append(values.workspace_id, ProjectCreated(project=project, project_id=project["_id"]))
    await add_member(change, project, creator_id, Role.ADMIN)
    return project


@operation("projectUpdate", opens=PROJECT, permission=board.WRITE, scope=WRITE)
async def update_project(ctx: Context, door: ProjectRecord, values: ProjectUpdate) -> Committed[ProjectRecord]:
    """Change a project."""
    given: Mapping[str, Any] = values.given()
    has_path = "path" in given
    bound = has_path and await binds(ctx, door["workspace_id"], given["path"])

    async def body(change: Change) -> ProjectRecord:
        anew = has_path and (bound or not await _is_at(change, door["_id"], given["path"]))
        changes = {**given, "bound": bound} if anew else given
        if "slug" in given:
            await require_free(change, door["workspace_id"], given["slug"], door["_id"])
        project, differs = await set_fields(change, Project, door["_id"], changes)
        if differs:
            change.append(project["workspace_id"], ProjectUpdated(project=project, project_id=project["_id"]))
        return project

    return await ctx.write(door["workspace_id"], body)


async def _is_at(change: Change, project_id: ObjectId, path: str | None) -> bool:
    """Whether a project has this path within a change, so that it stays bound: who bound it is asked no more."""
    same = {"_id": project_id, "path": path}
    return await collection(Project).find_one(same, {"_id": 1}, session=change.session) is not None


@operation("projectDelete", opens=PROJECT.whole, permission=board.WRITE, scope=WRITE)
async def delete_project(ctx: Context, project: ProjectRecord, force: Force = False) -> Committed[ObjectId]:
    """Delete a project with all it holds. Raises WorktreeDirty where the work on a card is not merged."""
    await require_finished(ctx, {"project_id": project["_id"]}, force=force)

    async def body(change: Change) -> ObjectId:
        await require_no_run(change, project["_id"])
        if not await remove_project(change, project["_id"]):
            raise NotFound("Project")
        return ObjectId(project["_id"])

    return await delete(ctx, project["workspace_id"], body)


async def remove_project(change: Change, project_id: ObjectId) -> bool:
    """Delete a project within a change, and all it holds with it or after it; False where it is gone already."""
    deleted = await find_and_delete(Project, {"_id": project_id}, change.session)
    if deleted is None:
        return False
    change.append(deleted["workspace_id"], ProjectDeleted(deleted_id=project_id, project_id=project_id))
    await bury(change, project_id, deleted["workspace_id"])
    return True


workspace_of = one_by(WORKSPACE, "workspace_id")
"""The workspace of each project (or of anything else that carries `workspace_id`)."""


@edge(scope=READ)
async def projects_of(
    ctx: Context,
    workspaces: Sequence[WorkspaceRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    filter: Mapping[str, Any] | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
) -> list[Page]:
    """The projects of each workspace, oldest first unless an order is given."""
    ids = [workspace["_id"] for workspace in workspaces]
    sort = compile_order(order_by, sorted_by(Project), ())
    where = compile_filter(filter, Project)
    found = await pages(Project, "workspace_id", ids, Window.read(first, after), sort=sort, where=where, fields=fields)
    return [found[object_id] for object_id in ids]


members_of = pages_by(PROJECT_MEMBER, "project_id")
"""Those who are notified of a project and can be assigned its cards, in the order of joining."""


@edge(scope=READ)
async def card_count_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[int]:
    """How many cards a project has, archived ones left out."""
    found = await open_totals("project_id", (project["_id"] for project in projects))
    return [found.get(project["_id"], 0) for project in projects]
