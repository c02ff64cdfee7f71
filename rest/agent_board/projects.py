"""Projects of the caller's organizations."""

from collections.abc import Sequence
from typing import Annotated

from bson import ObjectId
from pydantic import Field
from starlette.responses import StreamingResponse

from models.ids import Kind
from models.limits import PATH
from resolvers.card.seen import mark_all_read
from resolvers.inputs.preferences import MAX_PROJECTS, ProjectReorder
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.access import workspace_memberships
from resolvers.kit.input import Input, Name, OrganizationId, ProjectId
from resolvers.machine.files import list_files
from resolvers.organization.organization import list_organizations
from resolvers.preferences.preferences import open_project, reorder_projects
from resolvers.project.mine import list_my_projects
from resolvers.project.project import create_project, delete_project, get_project
from resolvers.template.builtin import KANBAN_BOARD
from resolvers.transfer.transfer import open_export
from resolvers.workspace.workspace import list_workspaces
from rest.agent_board import guards
from rest.agent_board.bodies import DeletionQuery
from rest.agent_board.cursor import tell_cursor
from rest.agent_board.dialect import board_routes
from rest.agent_board.organization_context import OrganizationQuery, named, workspace_of_call
from rest.agent_board.present.board import FIRST_BOARD
from rest.agent_board.present.project import ProjectData, project, projects
from rest.dialect import NO_CONTENT
from rest.routing import Call
from rest.stellary.present.transfer import written

routes = board_routes("projects", "/projects", about="Projects of the caller's organizations.", place=60)


class ProjectBody(Input):
    """A new project. `path` is the folder of its files; `organizationId` where it goes, the caller's own by default."""

    name: Name
    path: Annotated[str, PATH]
    organization_id: OrganizationId | None = None


class ProjectOrder(Input):
    """All of the caller's projects, or those of an organization, in another order."""

    ids: Annotated[list[ProjectId], Field(max_length=MAX_PROJECTS)]
    organization_id: OrganizationId | None = None


@routes.post(
    "",
    "Create a project",
    runs=create_project,
    body=ProjectBody,
    names_object=True,
    reads=[list_workspaces, list_organizations],
)
async def create(call: Call) -> ProjectData:
    """With a board of the columns Backlog, In Progress and Done, in the organization's workspace."""
    values = call.body(ProjectBody)
    workspace_id = await workspace_of_call(call, values.organization_id)
    made = ProjectCreate.of(
        workspace_id=workspace_id, name=values.name, path=values.path, board=FIRST_BOARD, template=KANBAN_BOARD
    )
    return await project(call.ctx, (await create_project(call.ctx, made)).value)


@routes.get("", "List the caller's projects", runs=list_my_projects, query=OrganizationQuery)
async def find(call: Call) -> list[ProjectData]:
    """Of all organizations, or of one; at most 1,000."""
    return await projects(
        call.ctx, await list_my_projects(call.ctx, named(call, call.query(OrganizationQuery).organization_id))
    )


@routes.get("/{projectId}", "Read a project", runs=get_project, tells_cursor=True)
async def get(call: Call) -> ProjectData:
    found = await guards.project(call, frozenset({"workspace_id"}))
    await tell_cursor(call, found["workspace_id"])
    return await project(call.ctx, await get_project(call.ctx, found["_id"]))


@routes.delete(
    "/{projectId}", "Delete a project with all it holds", runs=delete_project, body=None, query=DeletionQuery
)
async def delete(call: Call) -> None:
    await delete_project(call.ctx, call.id("projectId", Kind.PROJECT), force=call.query(DeletionQuery).force)


@routes.post(
    "/{projectId}/mark-all-read", "Note that the caller has seen all cards", runs=mark_all_read, status=NO_CONTENT
)
async def read_all(call: Call) -> None:
    await mark_all_read(call.ctx, call.id("projectId", Kind.PROJECT))


@routes.get("/{projectId}/export", "Export a project", runs=open_export, gives=("application/json",), tagged=False)
async def export(call: Call) -> StreamingResponse:
    """As a file, in the format that an import takes."""
    found = await guards.project(call)
    pieces = await open_export(call.ctx, found["_id"])
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-disposition": f'attachment; filename="project-{found["_id"]}.json"',
    }
    return StreamingResponse(written(pieces), media_type="application/json", headers=headers)


@routes.get(
    "/{projectId}/files",
    "List the files that git tracks in a project's folder",
    runs=list_files,
    refused_with=(409, 429),
)
async def files(call: Call) -> list[str]:
    """At most 50,000. A project that has no folder here answers 409 `NOT_BOUND`."""
    return await list_files(call.ctx, call.id("projectId", Kind.PROJECT))


@routes.patch(
    "/reorder",
    "Put the caller's projects into an order",
    runs=reorder_projects,
    body=ProjectOrder,
    reads=[list_my_projects],
)
async def reorder(call: Call) -> list[ProjectData]:
    """All of them, or all of an organization, each once: else 409. For the caller alone."""
    values = call.body(ProjectOrder)
    wanted = named(call, values.organization_id)
    if wanted is None:
        wanted = await _organization_of(call, values.ids)
    await reorder_projects(call.ctx, ProjectReorder(organization_id=wanted, ids=values.ids))
    return await projects(call.ctx, await list_my_projects(call.ctx, wanted))


@routes.patch(
    "/{projectId}/last-opened", "Note that the caller has opened a project", runs=open_project, status=NO_CONTENT
)
async def open_(call: Call) -> None:
    await open_project(call.ctx, call.id("projectId", Kind.PROJECT))


async def _organization_of(call: Call, ids: Sequence[ObjectId]) -> ObjectId | None:
    """The organization that projects of the caller are of; None for several, or none."""
    found = [project for project in await list_my_projects(call.ctx) if project["_id"] in ids]
    members = await workspace_memberships(call.ctx, (project["workspace_id"] for project in found))
    organizations = {member["organization_id"] for member in members.values() if member is not None}
    return organizations.pop() if len(organizations) == 1 else None
