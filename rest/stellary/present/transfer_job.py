"""Imports that run by themselves."""

from typing import Literal

from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from rest.present import presents, shown


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


@presents(models.TransferJob)
class TransferJob(TypedDict):
    """`notes` are the first 500 about what was mended, where that was wished.

    `done` and `total` count cards, relations, documents and attachments; `total` is null until the file was read.
    """

    notes: list[ImportNote]
    error: TransferError | None


def transfer_job(record: AnyRecord) -> TransferJob:
    notes = record.get("notes", [])  # jobs of before have none
    return {**shown(TransferJob, record), "notes": notes, "error": record["error"]}
