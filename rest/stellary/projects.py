"""Projects and their members."""

from models.enums import TemplateKind
from models.errors import NotFound
from models.ids import Kind
from resolvers.figures.portfolio import get_portfolio
from resolvers.inputs.project import ProjectCreate, ProjectMemberAdd, ProjectUpdate
from resolvers.inputs.template import TemplateCreateFromProject
from resolvers.member.project_member import add_project_member, list_project_members, remove_project_member
from resolvers.project.project import create_project, delete_project, get_project, list_projects, update_project
from resolvers.template.template import create_template, delete_template, kind_of_template, list_templates
from resolvers.user.user import user_of_member
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECT, PROJECTS
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.project import Portfolio, Project, ProjectMember, portfolio, project, project_member
from rest.stellary.present.template import Template, template

templates = Routes(
    "Templates", PROJECTS + "/templates", about="What projects can begin with.", place=150, tag_place=151
)
routes = Routes("Projects", PROJECTS, about="Projects of a workspace.")
members = Routes(
    "Project members",
    PROJECT + "/members",
    about="Who is notified of a project and can be assigned its cards.",
    place=180,
)


@routes.get("", "List the projects of a workspace", runs=list_projects)
async def find(call: Call) -> list[Project]:
    workspace = await guards.workspace(call)
    return [project(record) for record in await list_projects(call.ctx, workspace["_id"])]


@routes.post("", "Create a project", runs=create_project, given=["workspaceId"])
async def create(call: Call) -> Project:
    """Its creator is its first member."""
    workspace = await guards.workspace(call)
    values = call.body(ProjectCreate, workspaceId=workspace["_id"])
    return project((await create_project(call.ctx, values)).value)


@routes.get("/portfolio", "Read what the projects of a workspace add up to", runs=get_portfolio)
async def read_portfolio(call: Call) -> Portfolio:
    """Each project with its metrics, at most 5,000, and the totals of all."""
    workspace = await guards.workspace(call)
    return portfolio(await get_portfolio(call.ctx, workspace["_id"]))


@templates.get("", "List the templates that a project can begin with", runs=list_templates)
async def find_templates(call: Call) -> list[Template]:
    """The built-in ones, then those of the workspace by name."""
    workspace = await guards.workspace(call)
    found = await list_templates(call.ctx, workspace["_id"])
    return [template(record) for record in found if kind_of_template(record) is TemplateKind.PROJECT]


@templates.post("", "Make a template of a project", runs=create_template)
async def create_from_project(call: Call) -> Template:
    """Its scopes, columns, labels and custom fields, and its open cards if `includeCards` says so."""
    made = await create_template(call.ctx, await _inside(call))
    return template(made.value)


@templates.delete("/{templateId}", "Delete a template of the workspace", runs=delete_template)
async def remove_template(call: Call) -> Ok:
    """The projects that began with it stay."""
    found = await guards.template(call)
    await delete_template(call.ctx, found["_id"])
    return ok()


async def _inside(call: Call) -> TemplateCreateFromProject:
    """The body; its project has to be one of the path's workspace."""
    workspace, values = await guards.workspace(call), call.body(TemplateCreateFromProject)
    await guards.project_of(call, values.project_id, workspace)
    return values


@routes.get("/{projectId}", "Read a project", runs=get_project)
async def get(call: Call) -> Project:
    found = await guards.project(call)
    return project(await get_project(call.ctx, found["_id"]))


@routes.patch("/{projectId}", "Change a project", runs=update_project)
async def update(call: Call) -> Project:
    found = await guards.project(call)
    return project((await update_project(call.ctx, found["_id"], call.body(ProjectUpdate))).value)


@routes.delete("/{projectId}", "Delete a project with all it holds", runs=delete_project)
async def delete(call: Call) -> Ok:
    found = await guards.project(call)
    await delete_project(call.ctx, found["_id"])
    return ok()


@members.get("", "List the members of a project", runs=list_project_members)
async def find_members(call: Call) -> list[ProjectMember]:
    found = await guards.project(call)
    return [project_member(record) for record in await list_project_members(call.ctx, found["_id"])]


@members.post("", "Add a member of the workspace to a project", runs=add_project_member)
async def add_member(call: Call) -> ProjectMember:
    """By `email` or by `userId`."""
    found = await guards.project(call)
    added = (await add_project_member(call.ctx, found["_id"], call.body(ProjectMemberAdd))).value
    user = (await user_of_member(call.ctx, [added], None))[0]
    if user is None:
        raise NotFound("Project member")
    return project_member({**added, "user": user})


@members.delete("/{userId}", "Take a member off a project", runs=remove_project_member)
async def remove_member(call: Call) -> Ok:
    found = await guards.project(call)
    await remove_project_member(call.ctx, found["_id"], call.id("userId", Kind.USER))
    return ok()
