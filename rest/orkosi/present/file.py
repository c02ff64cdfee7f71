"""Files."""

from typing_extensions import TypedDict

import models
from models.records import WorkspaceFileRecord
from rest.orkosi.present.show import presents, shown


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
