"""Imports that run by themselves."""

import strawberry

import models
from models.enums import ImportNoteCode
from models.records import TransferJobRecord
from resolvers.transfer import job as edges
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import ProjectRef, WorkspaceRef


def _progress(job: TransferJobRecord) -> float:
    if job["state"] == "done":
        return 1.0
    return min(1.0, job["done"] / job["total"]) if job["total"] else 0.0


@strawberry.type(description="Why an import failed.")
class TransferError:
    code: str = strawberry.field(description="The stable code, as of a refused request: BAD_USER_INPUT, NOT_FOUND, …")
    message: str = strawberry.field(description="What is wrong.")
    field: str | None = strawberry.field(description="The place in the file: `cards.7.columnIndex`.")


@strawberry.type(description="What was done to an odd place of an imported file.")
class ImportNote:
    place: str = strawberry.field(description="The place in the file: `cards.7.labels.2`.")
    code: ImportNoteCode = strawberry.field(description="What was done.")
    message: str = strawberry.field(description="What was done and why, as a sentence about the place.")


@shows(models.TransferJob, "An import that runs by itself. It is kept for seven days after its end.")
class TransferJob(Node):
    progress: float = derived(_progress, needs=("state", "done", "total"), description="How far it is, 0 to 1.")
    notes: list[ImportNote] = derived(
        lambda job: job.get("notes", []),
        needs=("notes",),
        description="What was mended, where that was wished; the first 500, at the end.",
    )
    notes_omitted: int = derived(
        lambda job: job.get("notes_omitted", 0),
        needs=("notes_omitted",),
        description="How many notes there would be beyond those.",
    )
    error: TransferError | None = strawberry.field(description="Why it failed; then nothing of it is left.")
    project: ProjectRef | None = edge(edges.project_of, needs=("project_id", "workspace_id"))


@extends(WorkspaceRef, after="templates")
class OfWorkspace:
    transfer_jobs: Connection[TransferJob] = edge(
        edges.transfer_jobs_of,
        arguments=window,
        description="Imports that run by themselves, and those of the last seven days, newest first.",
    )
