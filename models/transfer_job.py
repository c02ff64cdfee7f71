"""Imports that run by themselves, part by part."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.enums import OnOddItem, TransferState
from models.ids import Kind


class TransferJob(Stored):
    """An import on its way. Its input is the stored file of the same id, which goes when the job has ended.

    `done` and `total` count objects: cards, relations, documents, attachments; `total` is None until the file was read.
    `next_part` is the number of the part that is written next, 0 for the project itself; a part is written in the
    transaction that counts it. `holder` works on it until `lease_until`; from then on whoever takes it may, the job
    with the earliest `turn` first. `error` has `code`, `message` and `field`, each
    of `notes` `place`, `code` and `message`. The job itself is removed at
    `expires_at`, which it gets with its end. The ids of what it writes follow from its own and `ids_secret`, which is
    told to nobody.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TRANSFER_JOB))
    workspace_id: PydanticObjectId
    created_by: PydanticObjectId
    file_name: str
    file_size: int
    state: TransferState = TransferState.QUEUED
    project_id: PydanticObjectId | None = None
    done: int = 0
    total: int | None = None
    on_odd_item: OnOddItem = OnOddItem.REFUSE
    warnings: list[str] = Field(default_factory=list)
    notes: list[dict[str, Any]] = Field(default_factory=list)
    notes_omitted: int = 0
    error: dict[str, Any] | None = None
    next_part: int = 0
    parts: int | None = None
    holder: str | None = None
    lease_until: datetime = Field(default_factory=utc_now)
    turn: datetime = Field(default_factory=utc_now)
    attempts: int = 0
    ids_secret: str = Field(default_factory=token_hex)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None

    class Settings:
        name = "transfer_jobs"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("created_by", ASCENDING), ("expires_at", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING), ("turn", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]
