"""Import and export of whole projects: all or nothing, and what is exported can be imported again."""

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Project
from models.base import Record, with_changes
from models.enums import OnOddItem, TokenScope
from models.ids import new_id
from models.records import ProjectRecord, WorkspaceMemberRecord
from realtime.log import Change, Committed
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.input import read_input
from resolvers.kit.nouns import PROJECT, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.tombstone import Gone, known_gone
from resolvers.project.project import delete_project
from resolvers.transfer.archive import NO_FILES, Source, Stored
from resolvers.transfer.export import SECTIONS, Piece, pieces
from resolvers.transfer.files import file_parts, plan_files
from resolvers.transfer.notes import Notes, told_notes
from resolvers.transfer.plan import IMPORTS, Plan, complete, draw
from resolvers.transfer.settle import read_mended
from resolvers.transfer.write import MAKES, Part, find_gone, parts, write_project


async def read_project(values: Mapping[str, Any], on_odd_item: OnOddItem) -> tuple[ProjectImport, Notes | None]:
    """A project's file as an import takes it, in a thread; with notes where what is odd in it is to be mended.

    Raises BadUserInput that names the first place at fault, and lists the first 20.
    """
    if on_odd_item is OnOddItem.REFUSE:
        return await IMPORTS.run(read_input, ProjectImport, values), None
    notes = Notes()
    return await IMPORTS.run(read_mended, ProjectImport, values, notes), notes


@operation(
    "projectImport",
    opens=WORKSPACE.by("workspace_id"),
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    includes=MAKES,
    also={"members": ("projectMemberAdd",)},
    no_tool="a project's file is more than a call holds",
)
async def import_project(
    ctx: Context, membership: WorkspaceMemberRecord, values: ProjectImport, notes: Notes | None = None
) -> Committed[ProjectRecord]:
    """Make a project out of its whole description, all or nothing.

    Its record, with `warnings` beside it.

    Where values were mended, `notes` are what is told of that, and are beside it too. Warnings are sentences about
    what could not be: an unknown person, a relation in a circle. Raises BadUserInput that names the first bad entry
    (`cards.7.columnIndex`, and `index` in the details), RateLimited where the caller imports two already.
    """
    workspace_id = membership["workspace_id"]
    with ctx.services.importing.one(ctx.user_id):
        return await _import(ctx, workspace_id, values, notes)


async def _import(
    ctx: Context, wanted: ObjectId, values: ProjectImport, notes: Notes | None
) -> Committed[ProjectRecord]:
    plan = await IMPORTS.run(draw, wanted, values, new_id, notes)
    await complete(ctx, plan)
    await plan_files(ctx, plan, NO_FILES)

    async def body(change: Change) -> ProjectRecord:
        project = await write_project(ctx, change, plan)
        for part in parts(plan):
            await part.write(change, project)
        return with_changes(project, {"warnings": plan.warnings, **told_notes(notes)})

    return await ctx.write(wanted, body)


async def import_in_parts(
    ctx: Context,
    workspace_id: ObjectId,
    values: ProjectImport,
    told: Callable[[int], None],
    source: Source = NO_FILES,
    notes: Notes | None = None,
) -> Committed[Record]:
    """As `import_project`, for a command: one transaction for each part, after each of which `told` is its size.

    The files of cards are those of `source`.
    A part that fails takes what was written with it: the project is deleted.
    """
    await check_workspace(ctx, workspace_id, board.WRITE)
    plan = await IMPORTS.run(draw, workspace_id, values, new_id, notes)
    await complete(ctx, plan)
    waiting = [*parts(plan), *file_parts(ctx, plan, source, await plan_files(ctx, plan, source))]
    done = await ctx.write(workspace_id, lambda change: write_project(ctx, change, plan))
    project = done.value
    try:
        for part in waiting:
            async with part.ready():
                written = await ctx.write(workspace_id, partial(_write_part, plan, part, project))
            done = Committed(project, written.cursor)
            told(part.size)
    except BaseException:
        await delete_project(ctx, project["_id"])
        raise
    return Committed({**project, "warnings": plan.warnings, **told_notes(notes)}, done.cursor)


async def _write_part(plan: Plan, part: Part, project: ProjectRecord, change: Change) -> None:
    await require_parent(change, Project, project["_id"])
    await find_gone(change, plan, part)
    await part.write(change, project)


@operation(
    "projectExport",
    opens=PROJECT.by("project_id").whole,
    permission=board.READ,
    scope=TokenScope.PROJECTS_READ,
    read_only=True,
)
async def open_export(ctx: Context, project: ProjectRecord, files: Stored | None = None) -> AsyncIterator[Piece]:
    """The project's file in pieces, each a list's name with an entry, or a name with its value; dates as datetimes.

    With `files` cards name their attachments, whose bytes are entered there.
    """
    return pieces(project, files, await known_gone(ctx) or Gone(()))


async def export_project(ctx: Context, project_id: ObjectId | str) -> dict[str, Any]:
    """The whole file at once: what `import_project` takes, as long as it keeps to the limits of an import."""
    whole: dict[str, Any] = {name: [] for name in SECTIONS}
    async for name, value in await open_export(ctx, project_id):
        if name in SECTIONS:
            whole[name].append(value)
        else:
            whole[name] = value
    return whole
