"""Import and export of whole projects."""

from resolvers.inputs.transfer import ProjectImport
from resolvers.transfer import export_project, import_project
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECTS
from rest.stellary.present.project import Project, project
from rest.stellary.present.transfer import ExportedProject, exported_project

MAX_IMPORT = 8 * 1024 * 1024

routes = Routes("Import and export", PROJECTS)


@routes.post("/import", "Import a project", body=ProjectImport, max_body=MAX_IMPORT)
async def import_(call: Call) -> Project:
    """All or nothing; `details.index` tells the first card that is refused. The body may have up to 8 MB."""
    workspace = await guards.workspace(call)
    return project((await import_project(call.ctx, workspace["_id"], call.body(ProjectImport))).value)


@routes.get("/{projectId}/export", "Export a project")
async def export(call: Call) -> ExportedProject:
    """In the format that the import takes."""
    found = await guards.project(call)
    return exported_project(await export_project(call.ctx, found["_id"]))
