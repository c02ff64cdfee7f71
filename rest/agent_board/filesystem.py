"""Folders of the machine that the gateway runs on, to find that of a project."""

from typing import Annotated

from typing_extensions import TypedDict

from models.limits import PATH
from resolvers.kit.input import Input
from resolvers.machine.filesystem import browse_folder, read_text_file
from rest.agent_board.dialect import board_routes
from rest.routing import Call

routes = board_routes(
    "filesystem", "/filesystem", about="Folders of the machine, for the folders of projects.", place=220
)


class FolderQuery(Input):
    """Which folder; without one the roots."""

    path: Annotated[str, PATH] | None = None


class FileQuery(Input):
    """Which file."""

    path: Annotated[str, PATH]


class FolderEntryData(TypedDict):
    """A folder in another one."""

    name: str
    path: str
    isGitRepo: bool


class FolderData(TypedDict):
    """A folder. `path` is null for the roots, `parent` for a root; `isWhole` says that `entries` are all."""

    path: str | None
    parent: str | None
    entries: list[FolderEntryData]
    isWhole: bool


class FileData(TypedDict):
    """A file of text; `size` in bytes."""

    path: str
    content: str
    size: int


@routes.get(
    "/browse",
    "Browse folders of the gateway's machine",
    runs=browse_folder,
    query=FolderQuery,
    names_object=True,
    refused_with=(429,),
)
async def browse(call: Call) -> FolderData:
    """The folders in a folder, by name, at most 1,000. Links are not followed, and nothing outside
    of the roots is found."""
    found = await browse_folder(call.ctx, call.query(FolderQuery).path)
    entries: list[FolderEntryData] = [
        {"name": entry.name, "path": entry.path, "isGitRepo": entry.is_git_repo} for entry in found.entries
    ]
    return {"path": found.path, "parent": found.parent, "entries": entries, "isWhole": found.is_whole}


@routes.get(
    "/read",
    "Read a file of text of the gateway's machine",
    runs=read_text_file,
    query=FileQuery,
    names_object=True,
    refused_with=(413, 429),
)
async def read(call: Call) -> FileData:
    """At most 1 MB of UTF-8."""
    found = await read_text_file(call.ctx, call.query(FileQuery).path)
    return {"path": found.path, "content": found.content, "size": found.size}
