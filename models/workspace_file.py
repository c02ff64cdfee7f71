"""Files of a workspace: texts that its people and agents keep by a path. They are in the database, never on a disk."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded, Stored, UpdatedAt, id_factory, kind, utc_now
from models.facts import FILTER, SHOWN, Facts
from models.ids import Kind
from models.number import Number, number_index
from models.records import WorkspaceFileRecord, WorkspaceFileTextRecord


@kind(0xEC)
class WorkspaceFile(Stored[WorkspaceFileRecord]):
    """A file. `path` is unique in its workspace, with / between its segments and none at its ends.

    Its text is a document of its own, so that lists and events carry none; `size` is what that takes in UTF-8.
    """

    added = {"content": str}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKSPACE_FILE))
    number: Number = None
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it belongs to.")]
    path: Annotated[str, Facts("Where it stands among the files of its workspace: the only one there.")]
    name: Annotated[str, Facts("What it is called.")]
    file_type: Annotated[str | None, Facts("What it holds, in a word: by itself, how its path ends.")] = None
    category: Annotated[str | None, Facts("What it is about, in a word.", SHOWN | FILTER)] = None
    size: Annotated[int, Facts("The bytes of its text.")]
    created_by: Annotated[PydanticObjectId | None, Facts("Who first wrote it.", refers=Kind.USER)] = None
    updated_by: Annotated[PydanticObjectId | None, Facts("Who last wrote it.", refers=Kind.USER)] = None
    created_at: Annotated[datetime, Facts("When it was first written.")] = Field(default_factory=utc_now)
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "workspace_files"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("path", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("category", ASCENDING), ("path", ASCENDING)]),
            number_index("workspace_id"),
        ]


class WorkspaceFileText(Recorded[WorkspaceFileTextRecord]):
    """The text of a file, whose id it has."""

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    content: str

    class Settings:
        name = "workspace_file_texts"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)])]
