"""Files on cards: what is told of them, their bytes in the layout of GridFS, and what is still to be removed."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded, Stored, id_factory, kind, utc_now
from models.facts import GRAPH, TOOL, Facts
from models.ids import Kind
from models.records import AttachmentRecord, FileChunkRecord, FileLeftoverRecord, StoredFileRecord


@kind(0x55)
class Attachment(Stored[AttachmentRecord]):
    """A file on a card. Its bytes are the stored file of the same id.

    `mime_type` is what it is served as: `detected_mime_type` (out of its bytes) where there is one, and otherwise what
    its uploader declared, as far as that is harmless.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ATTACHMENT))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    card_id: Annotated[PydanticObjectId, Facts("The card that it is attached to.")]
    uploaded_by: Annotated[PydanticObjectId, Facts("Who attached it.")]
    name: Annotated[str, Facts("The name of the file, without folders.", GRAPH | TOOL)]
    mime_type: Annotated[
        str,
        Facts("The media type that it is served as: by its bytes; what was declared counts as far as harmless."),
    ]
    declared_mime_type: Annotated[str | None, Facts("The media type that its uploader declared.", GRAPH)]
    detected_mime_type: Annotated[str | None, Facts("What its bytes say; null where they say nothing.", GRAPH)]
    size: Annotated[int, Facts("How many bytes it has.")]
    sha256: Annotated[str, Facts("The SHA-256 of its bytes, in hexadecimal digits.", GRAPH)]
    created_at: Annotated[datetime, Facts("When it was attached.")] = Field(default_factory=utc_now)

    class Settings:
        name = "attachments"
        indexes = [
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("uploaded_by", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]


class StoredFile(Recorded[StoredFileRecord]):
    """What GridFS keeps of a file, beside its chunks; the names are its own."""

    id: PydanticObjectId
    filename: str
    length: int
    chunk_size: int = Field(alias="chunkSize")
    upload_date: datetime = Field(alias="uploadDate")
    metadata: dict[str, Any]

    class Settings:
        name = "attachments.files"
        indexes = [IndexModel([("filename", ASCENDING), ("uploadDate", ASCENDING)])]


class FileChunk(Recorded[FileChunkRecord]):
    """A piece of a stored file: the `n`th of equal size, the last one aside."""

    files_id: PydanticObjectId
    n: int
    data: bytes

    class Settings:
        name = "attachments.chunks"
        indexes = [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)]


class FileLeftover(Recorded[FileLeftoverRecord]):
    """A stored file that is to be removed from `due_at` on, with all of its chunks that are there.

    An upload begins with one, and its attachment is written by the transaction that takes it away.
    """

    id: PydanticObjectId
    due_at: datetime

    class Settings:
        name = "attachment_leftovers"
        indexes = [IndexModel([("due_at", ASCENDING)])]
