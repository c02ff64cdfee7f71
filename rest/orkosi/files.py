"""Files of a workspace: texts, by their paths."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

import models
from models.limits import Text
from models.records import WorkspaceFileRecord
from resolvers.inputs.workspace_file import (
    FileText,
    Path,
    Word,
    WorkspaceFileSearch,
    WorkspaceFileWrite,
)
from resolvers.kit.nouns import WORKSPACE_FILE
from resolvers.kit.page import Window
from resolvers.words.query import MAX_QUERY
from resolvers.workspace_file.search import search_files
from resolvers.workspace_file.workspace_file import list_workspace_files, read_workspace_file, write_workspace_file
from rest.orkosi.bodies import Body, Query
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import path_id
from rest.orkosi.paging import PageQuery, listed, whole_of
from rest.orkosi.present.show import presents, shown
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes("files", "/files", about="Texts that a workspace keeps by their paths.", place=50, tag_place=160)
MAX_BODY = 8 * 1024 * 1024
"""A text of 1 MiB, however it is escaped."""
MAX_PAGE = 50


class FileQuery(Query):
    """Which files; pages are counted from 1."""

    category: Word | None = None
    page: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 1
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class FileSearchQuery(Query):
    """Which files are searched for. `workspace` is the first segment of their paths, `ext` what follows their last
    dot."""

    q: Annotated[str, Text(1, MAX_QUERY)] | None = None
    workspace: Word | None = None
    category: Word | None = None
    ext: Word | None = None


class FileBody(Body):
    """A file: one that stands at the path already keeps what is not given."""

    name: Word
    path: Path
    file_type: Word | None = None
    category: Word | None = None
    content: FileText | None = None


@presents(models.WorkspaceFile, without=("workspace_id", "created_by", "updated_by"))
class File(TypedDict):
    """A file without its text. `workspace` is the first segment of its path, null where that is its name."""

    id: int | None
    workspace: str | None


class FileWithContent(File):
    """A file with its text."""

    content: str


def file(record: WorkspaceFileRecord) -> File:
    first, below, _ = record["path"].partition("/")
    return {**shown(File, record), "id": record["number"], "workspace": first if below else None}


def file_with_content(record: WorkspaceFileRecord) -> FileWithContent:
    return {**file(record), "content": record["content"]}


@routes.get("", "List files with pagination", runs=list_workspace_files, query=FileQuery, names_object=True)
async def find(call: Call) -> list[File]:
    """By path, without their texts."""
    workspace_id, wanted = await workspace_of(call), call.query(FileQuery)
    where = None if wanted.category is None else {"category": {"eq": wanted.category}}
    part = PageQuery(limit=wanted.limit, offset=(wanted.page - 1) * wanted.limit)
    found = await listed(
        call,
        part,
        lambda first, after: list_workspace_files(call.ctx, workspace_id, Window.read(first, after), where),
    )
    return [file(record) for record in found]


@routes.post(
    "",
    "Create or upsert a file record",
    runs=write_workspace_file,
    reads=(read_workspace_file,),
    body=FileBody,
    max_body=MAX_BODY,
    names_object=True,
)
async def write(call: Call) -> FileWithContent:
    """Over the file that stands at the path, if one does."""
    workspace_id, body = await workspace_of(call), call.body(FileBody)
    given = {name: value for name, value in body.given().items() if value is not None}
    written = (await write_workspace_file(call.ctx, WorkspaceFileWrite.of(workspace_id=workspace_id, **given))).value
    return file_with_content(await read_workspace_file(call.ctx, written["_id"]))


@routes.get("/search", "Search files by name or content", runs=search_files, query=FileSearchQuery, names_object=True)
async def search(call: Call) -> list[File]:
    """At most 200, the best first or, without `q`, by path."""
    workspace_id, wanted = await workspace_of(call), call.query(FileSearchQuery)
    values = WorkspaceFileSearch(query=wanted.q, folder=wanted.workspace, category=wanted.category, ending=wanted.ext)
    found = await search_files(call.ctx, workspace_id, values)
    return [file(record) for record in whole_of(call, found)]


@routes.get("/{fileNumber}", "Get a single file with content", runs=read_workspace_file)
async def get(call: Call) -> FileWithContent:
    file_id = await path_id(call, "fileNumber", WORKSPACE_FILE, await workspace_of(call))
    return file_with_content(await read_workspace_file(call.ctx, file_id))
