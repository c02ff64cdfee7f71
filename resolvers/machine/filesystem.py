"""Looking for the folder that a project is to have, and reading a file there."""

from dataclasses import dataclass
from typing import Annotated

from models.enums import TokenScope
from models.errors import BadUserInput, NotFound, PayloadTooLarge
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.machine.beneath import (
    AbsentError,
    Listing,
    TooLargeError,
    is_folder,
    is_repository,
    list_folders,
    read_file,
)
from resolvers.machine.reach import find_place, places_of
from resolvers.machine.work import FOLDERS

MAX_ENTRIES = 1_000
MAX_LOOKED_AT = 20_000
"""Entries of a folder, files among them, among which folders are looked for."""
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder in another one."""

    name: str
    path: str
    is_git_repo: bool


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, or the roots (without a `path`); `parent` leads no further up than a root."""

    path: str | None
    parent: str | None
    entries: list[FolderEntry]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of text; `size` in bytes."""

    path: str
    content: str
    size: int


@operation("folder", caller=Caller.NO_AGENT, scope=TokenScope.PROJECTS_READ, read_only=True)
async def browse_folder(
    ctx: Context, path: Annotated[str | None, "An absolute path; without one the roots are answered."] = None
) -> Folder:
    """The folders in a folder of the gateway's machine, by name, at most 1,000; without a path the roots.

    Raises NotFound for what is none, is reached by a link alone, or is in no root that the caller may see.
    """
    if path is None:
        places = await places_of(ctx)
        found = await FOLDERS.run(lambda: [(place, is_repository(place)) for place in places if is_folder(place)])
        entries = [FolderEntry(place.path, place.path, is_git) for place, is_git in found]
        return Folder(None, None, entries, is_whole=True)
    place, is_root = await find_place(ctx, path, "Folder")
    try:
        listing: Listing = await FOLDERS.run(lambda: list_folders(place, most=MAX_ENTRIES, looked_at=MAX_LOOKED_AT))
    except AbsentError as error:
        raise NotFound("Folder") from error
    entries = [FolderEntry(name, place.inside(name).path, is_git) for name, is_git in listing.folders]
    parent = None if is_root else place.path.rpartition("/")[0]
    return Folder(place.path, parent, entries, listing.whole)


@operation("textFile", caller=Caller.NO_AGENT, scope=TokenScope.PROJECTS_READ, read_only=True)
async def read_text_file(ctx: Context, path: Annotated[str, "An absolute path."]) -> TextFile:
    """A file of text of the gateway's machine, of at most 1 MB.

    Raises NotFound as `folder` does and for what is no regular file, PayloadTooLarge for a larger one, and BadUserInput
    for what is not UTF-8.
    """
    place, _ = await find_place(ctx, path, "File")
    try:
        content = await FOLDERS.run(read_file, place, MAX_BYTES)
    except AbsentError as error:
        raise NotFound("File") from error
    except TooLargeError as error:
        raise PayloadTooLarge(f"A file is read up to {MAX_BYTES} bytes") from error
    try:
        return TextFile(place.path, content.decode(), len(content))
    except UnicodeDecodeError as error:
        raise BadUserInput("is no text in UTF-8", field="path") from error
