"""Imports that run by themselves."""

from datetime import datetime

import strawberry

from models.base import Record
from resolvers.project.project import workspace_of
from resolvers.transfer import job as edges
from schema.enums import ImportNoteCode, TransferState
from schema.loading import derived, edge
from schema.node import Node
from schema.references import ProjectRef, UserRef, WorkspaceRef


def _progress(job: Record) -> float:
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


@strawberry.type(description="An import that runs by itself. It is kept for seven days after its end.")
class TransferJob(Node):
    state: TransferState = strawberry.field(description="Where it stands.")
    file_name: str = strawberry.field(description="The name of its file.")
    file_size: int = strawberry.field(description="How many bytes the file has.")
    done: int = strawberry.field(description="How many cards, relations, documents and attachments are written.")
    total: int | None = strawberry.field(description="How many there are; null until the file was read.")
    progress: float = derived(_progress, needs=("state", "done", "total"), description="How far it is, 0 to 1.")
    warnings: list[str] = strawberry.field(
        description="What of the file was left out, such as a relation in a circle; the first 500, at the end."
    )
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
    project: ProjectRef | None = edge(
        edges.project_of,
        needs=("project_id", "workspace_id"),
        description="The new project: as far as it is written, until the job is DONE. Deleting it ends the job.",
    )
    workspace: WorkspaceRef = edge(workspace_of, needs=("workspace_id",), description="Where the project comes to.")
    created_by: UserRef = edge(edges.starter_of, needs=("created_by",), description="Who started it.")
    created_at: datetime = strawberry.field(description="When its file had come.")
    started_at: datetime | None = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    expires_at: datetime | None = strawberry.field(description="When it is removed; null until it has ended.")
