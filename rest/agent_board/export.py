"""All that an organization has, in one file."""

from collections.abc import AsyncIterator

import orjson
from starlette.responses import StreamingResponse

from models.errors import NotFound
from resolvers.kit.input import Input, OrganizationId
from resolvers.organization.organization import list_organizations
from resolvers.transfer.archive import ArchivedProject, Stored, archived_all
from resolvers.transfer.organization import ExportedOrganization, folder_of, open_organization_export
from rest.agent_board.dialect import board_routes
from rest.agent_board.organization_context import named
from rest.routing import Call
from rest.stellary.present.transfer import written

routes = board_routes("organizations", "/export", place=330)


class ExportBody(Input):
    """Which organization; by default that of the header `X-Organization-Id`, or else the caller's own."""

    organization_id: OrganizationId | None = None


@routes.post(
    "",
    "Export an organization",
    runs=open_organization_export,
    body=ExportBody,
    status=200,
    gives=("application/zip",),
    tagged=False,
    names_object=True,
    reads=[list_organizations],
)
async def export(call: Call) -> StreamingResponse:
    """A ZIP for its admins, sent as it is read: `organization.json`, and a folder for each project of the workspaces
    that the caller is in, which holds what the archive of a project does."""
    wanted = named(call, call.body(ExportBody).organization_id)
    if wanted is None:
        mine = (await list_organizations(call.ctx)).nodes
        if not mine:
            raise NotFound("Organization")
        wanted = mine[0]["_id"]
    exported = await open_organization_export(call.ctx, wanted)
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-disposition": f'attachment; filename="organization-{wanted}.zip"',
    }
    about = orjson.dumps(exported.about, option=orjson.OPT_INDENT_2)
    return StreamingResponse(archived_all(about, _projects(exported)), media_type="application/zip", headers=headers)


async def _projects(exported: ExportedOrganization) -> AsyncIterator[ArchivedProject]:
    for project in exported.projects:
        files: Stored = {}
        yield ArchivedProject(folder_of(project), written(exported.pieces(project, files)), files)
