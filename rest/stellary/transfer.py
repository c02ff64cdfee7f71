"""Import and export of whole projects."""

from starlette.responses import StreamingResponse

from resolvers.inputs.transfer import ProjectImport
from resolvers.transfer import import_project, open_export
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECTS
from rest.stellary.present.transfer import ExportedProject, ImportedProject, imported_project, written

MAX_IMPORT = 8 * 1024 * 1024

routes = Routes("Import and export", PROJECTS)


@routes.post("/import", "Import a project", body=ProjectImport, max_body=MAX_IMPORT)
async def import_(call: Call) -> ImportedProject:
    """All or nothing; `details.index` tells the first card that is refused. The body may have up to 8 MB."""
    workspace = await guards.workspace(call)
    return imported_project((await import_project(call.ctx, workspace["_id"], call.body(ProjectImport))).value)


@routes.get("/{projectId}/export", "Export a project", response=ExportedProject)
async def export(call: Call) -> StreamingResponse:
    """In the format that the import takes, sent as it is read."""
    found = await guards.project(call)
    pieces = await open_export(call.ctx, found["_id"])
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return StreamingResponse(written(pieces), media_type="application/json", headers=headers)
