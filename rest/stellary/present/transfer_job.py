"""Imports that run by themselves."""

from typing import Literal

from typing_extensions import TypedDict

from models.base import Record
from rest.stellary.present.base import Id, Timestamp, id_or_none, timestamp, timestamp_or_none

State = Literal["queued", "running", "done", "failed"]


class TransferError(TypedDict):
    """Why it failed; `field` is the place in the file."""

    code: str
    message: str
    field: str | None


class ImportNote(TypedDict):
    """What was done to an odd place of the file."""

    place: str
    code: Literal["cut", "left_out", "replaced"]
    message: str


class TransferJob(TypedDict):
    """`notes` are the first 500 about what was mended, where that was wished.

    `done` and `total` count cards, relations, documents and attachments; `total` is null until the file was read.
    """

    id: Id
    workspaceId: Id
    projectId: Id | None
    state: State
    fileName: str
    fileSize: int
    done: int
    total: int | None
    warnings: list[str]
    notes: list[ImportNote]
    notesOmitted: int
    error: TransferError | None
    createdBy: Id
    createdAt: Timestamp
    startedAt: Timestamp | None
    finishedAt: Timestamp | None
    expiresAt: Timestamp | None


def transfer_job(record: Record) -> TransferJob:
    return {
        "id": str(record["_id"]),
        "workspaceId": str(record["workspace_id"]),
        "projectId": id_or_none(record["project_id"]),
        "state": record["state"],
        "fileName": record["file_name"],
        "fileSize": record["file_size"],
        "done": record["done"],
        "total": record["total"],
        "warnings": record["warnings"],
        "notes": record.get("notes", []),  # jobs of before have none
        "notesOmitted": record.get("notes_omitted", 0),
        "error": record["error"],
        "createdBy": str(record["created_by"]),
        "createdAt": timestamp(record["created_at"]),
        "startedAt": timestamp_or_none(record["started_at"]),
        "finishedAt": timestamp_or_none(record["finished_at"]),
        "expiresAt": timestamp_or_none(record["expires_at"]),
    }
