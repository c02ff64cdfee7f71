"""The files of a workspace: reading, listing, writing and deleting."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import board
from models import WorkspaceFile, WorkspaceFileText
from models.base import collection
from models.enums import StorageKind, TokenScope
from models.errors import NotFound
from models.records import WorkspaceFileRecord, WorkspaceMemberRecord
from models.write import find_and_delete
from realtime.events.workspace_file import WorkspaceFileDeleted
from realtime.log import Change, Committed
from resolvers.files.storage_account import release
from resolvers.inputs.workspace_file import WorkspaceFileWrite
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.filters import compile_filter
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE, WORKSPACE_FILE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import Page, Window, pages
from resolvers.kit.text_read import count_read
from resolvers.register.register import listed
from resolvers.workspace_file.write import put_file

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE

_BY_PATH = [("path", 1)]

Filter = Annotated[Mapping[str, Any] | None, Filters(WorkspaceFile)]

get_workspace_file = reader("workspaceFile", WORKSPACE_FILE, no_tool="get_workspace_file reads it with its text")

files_of_workspace = listed(WORKSPACE_FILE, sort=_BY_PATH)
"""The files of a workspace, by path."""


@operation(
    "workspaceFileText",
    opens=WORKSPACE_FILE.whole,
    permission=board.READ,
    scope=READ,
    read_only=True,
    tool="get_workspace_file",
)
async def read_workspace_file(ctx: Context, file: WorkspaceFileRecord) -> WorkspaceFileRecord:
    """A file of a workspace with its text."""
    [content] = await contents_of(ctx, [file], None)
    return {**file, "content": content or ""}


@operation("workspaceFiles", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_workspace_files(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, filter: Filter = None
) -> Page[WorkspaceFileRecord]:
    """A page of the files of a workspace by path, without their texts."""
    workspace_id, where = membership["workspace_id"], compile_filter(filter, WorkspaceFile)
    found = await pages(WorkspaceFile, "workspace_id", [workspace_id], window, sort=_BY_PATH, where=where)
    return found[workspace_id]


@operation("workspaceFileWrite", inside=WORKSPACE, permission=board.WRITE, scope=WRITE)
async def write_workspace_file(
    ctx: Context, membership: WorkspaceMemberRecord, values: WorkspaceFileWrite
) -> Committed[WorkspaceFileRecord]:
    """Write a file of a workspace: a new one, or over the one that stands at the path."""
    return await ctx.write(membership["workspace_id"], lambda change: put_file(ctx, change, values))


@operation("workspaceFileDelete", opens=WORKSPACE_FILE, permission=board.WRITE, scope=WRITE)
async def delete_workspace_file(ctx: Context, door: WorkspaceFileRecord) -> Committed[ObjectId]:
    """Delete a file of a workspace, for good."""

    async def body(change: Change) -> ObjectId:
        file = await find_and_delete(WorkspaceFile, {"_id": door["_id"]}, change.session)
        if file is None:
            raise NotFound("Workspace file")
        await collection(WorkspaceFileText).delete_one({"_id": file["_id"]}, session=change.session)
        await release(change, file["workspace_id"], StorageKind.FILES, file["size"])
        change.append(file["workspace_id"], WorkspaceFileDeleted(deleted_id=file["_id"]))
        return ObjectId(file["_id"])

    return await ctx.write(door["workspace_id"], body)


@edge(scope=READ)
async def contents_of(ctx: Context, files: Sequence[WorkspaceFileRecord], fields: Fields) -> list[str | None]:
    """The text of each file as it is today; None of one that was deleted."""
    count_read(ctx, sum(file["size"] for file in files))
    found = await by_ids(WorkspaceFileText, (file["_id"] for file in files), frozenset({"content"}))
    return [found[file["_id"]]["content"] if file["_id"] in found else None for file in files]
