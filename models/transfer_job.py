"""Projects that are made by themselves, part by part: out of a file, or out of a draft."""

from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import OnOddItem, TransferState
from models.facts import REST, Facts
from models.ids import Kind
from models.records import TransferJobRecord


@kind(0x48)
class TransferJob(Stored[TransferJobRecord]):
    """An import on its way. Its input is the stored file of the same id, which goes when the job has ended, or the
    roadmap of a draft, `draft_id`, whose project is hidden until then.

    `done` and `total` count objects: cards, relations, documents, attachments; `total` is None until the file was read.
    `next_part` is the number of the part that is written next, 0 for the project itself; a part is written in the
    transaction that counts it. `holder` works on it until `lease_until`; from then on whoever takes it may, the job
    with the earliest `turn` first. `error` has `code`, `message` and `field`, each
    of `notes` `place`, `code` and `message`. The job itself is removed at
    `expires_at`, which it gets with its end. The ids of what it writes follow from its own and `ids_secret`, which is
    told to nobody.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TRANSFER_JOB))
    workspace_id: Annotated[PydanticObjectId, Facts("Where the project comes to.", refers=Kind.WORKSPACE)]
    created_by: Annotated[PydanticObjectId, Facts("Who started it.", refers=Kind.USER)]
    created_at: Annotated[datetime, Facts("When its file had come.")] = Field(default_factory=utc_now)
    draft_id: PydanticObjectId | None = None
    file_name: Annotated[str, Facts("The name of its file, or of the draft that it makes the project of.")]
    file_size: Annotated[int, Facts("How many bytes the file has; 0 for a draft.")]
    state: Annotated[TransferState, Facts("Where it stands.")] = TransferState.QUEUED
    project_id: Annotated[
        PydanticObjectId | None,
        Facts("The new project: as far as it is written, until the job is DONE. Deleting it ends the job."),
    ] = None
    done: Annotated[int, Facts("How many cards, relations, documents and attachments are written.")] = 0
    total: Annotated[int | None, Facts("How many there are; null until the file was read.")] = None
    on_odd_item: OnOddItem = OnOddItem.REFUSE
    warnings: Annotated[
        list[str],
        Facts("What of the file was left out, such as a relation in a circle; the first 500, at the end."),
    ] = Field(default_factory=list)
    notes: list[dict[str, Any]] = Field(default_factory=list)
    notes_omitted: Annotated[int, Facts("How many notes there would be beyond those.", REST)] = 0
    error: dict[str, Any] | None = None
    next_part: int = 0
    parts: int | None = None
    holder: str | None = None
    lease_until: datetime = Field(default_factory=utc_now)
    turn: datetime = Field(default_factory=utc_now)
    attempts: int = 0
    ids_secret: str = Field(default_factory=token_hex)
    started_at: Annotated[datetime | None, Facts("When it began.")] = None
    finished_at: Annotated[datetime | None, Facts("When it ended.")] = None
    expires_at: Annotated[datetime | None, Facts("When it is removed; null until it has ended.")] = None

    class Settings:
        name = "transfer_jobs"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("created_by", ASCENDING), ("expires_at", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING), ("turn", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]
