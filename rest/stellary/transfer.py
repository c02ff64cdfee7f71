"""Import and export of whole projects."""

from starlette.responses import StreamingResponse

from resolvers.inputs.transfer import ProjectImportQuery, ProjectImportStart
from resolvers.kit.page import Page, Window
from resolvers.transfer.archive import Stored, archived
from resolvers.transfer.job import get_transfer_job, list_transfer_jobs, max_input, start_import
from resolvers.transfer.transfer import import_project, open_export, read_project
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import whole
from rest.stellary.paths import PROJECTS
from rest.stellary.present.transfer import ExportedProject, ProjectWithWarnings, imported_project, written
from rest.stellary.present.transfer_job import TransferJob, transfer_job

FIELD = "file"
MAX_IMPORT = 8 * 1024 * 1024

routes = Routes("Import and export", PROJECTS, about="Whole projects, all or nothing.", place=170)


@routes.post(
    "/import",
    "Import a project",
    runs=import_project,
    query=ProjectImportQuery,
    max_body=MAX_IMPORT,
    admission=lambda ctx: ctx.services.receiving,
)
async def import_(call: Call) -> ProjectWithWarnings:
    """All or nothing; `details.index` tells the first card that is refused. The body may have up to 8 MB.

    With `onOddItem=mend` what is odd is changed or left out, which `notes` tell, and the rest comes.
    """
    workspace = await guards.workspace(call)
    values, notes = await read_project(call.raw_body, call.query(ProjectImportQuery).on_odd_item)
    done = await import_project(call.ctx, workspace["_id"], values, notes)
    return imported_project(done.value, mends=notes is not None)


@routes.post(
    "/import/jobs",
    "Import a large project by a job",
    runs=start_import,
    file=FIELD,
    query=ProjectImportQuery,
    guard=guards.workspace,
    max_file=max_input,
    uploads=lambda ctx: ctx.services.imports,
    status=202,
    body=None,
)
async def start(call: Call) -> TransferJob:
    """An export as the one part of the form: JSON of at most 64 MB, or an archive. It is written afterwards."""
    workspace = await guards.workspace(call)
    on_odd_item = call.query(ProjectImportQuery).on_odd_item
    values = ProjectImportStart(workspace_id=workspace["_id"], file=await call.file(), on_odd_item=on_odd_item)
    return transfer_job((await start_import(call.ctx, values)).value)


@routes.get(
    "/import/jobs", "List the imports of a workspace that run by themselves, the newest first", runs=list_transfer_jobs
)
async def jobs(call: Call) -> list[TransferJob]:
    """Those that have ended are kept for seven days."""
    workspace = await guards.workspace(call)

    async def read(size: int, after: str | None) -> Page:
        return await list_transfer_jobs(call.ctx, workspace["_id"], Window.read(size, after))

    return [transfer_job(record) for record in await whole(read)]


@routes.get("/import/jobs/{jobId}", "Read how far an import is", runs=get_transfer_job)
async def job(call: Call) -> TransferJob:
    found = await guards.transfer_job(call)
    return transfer_job(await get_transfer_job(call.ctx, found["_id"]))


@routes.get("/{projectId}/export", "Export a project", runs=open_export, response=ExportedProject)
async def export(call: Call) -> StreamingResponse:
    """In the format that the import takes, sent as it is read."""
    found = await guards.project(call)
    pieces = await open_export(call.ctx, found["_id"])
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return StreamingResponse(written(pieces), media_type="application/json", headers=headers)


@routes.get(
    "/{projectId}/export/archive",
    "Export a project with its files",
    runs=open_export,
    gives=("application/zip",),
    tagged=False,
)
async def export_archive(call: Call) -> StreamingResponse:
    """A ZIP with `project.json`, the export, and the files on its cards; an import by a job takes it."""
    found = await guards.project(call)
    files: Stored = {}
    pieces = await open_export(call.ctx, found["_id"], files)
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-disposition": 'attachment; filename="project.zip"',
    }
    return StreamingResponse(archived(written(pieces), files), media_type="application/zip", headers=headers)
