"""Backups of the whole installation, in files beside the database."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.facts import Facts
from models.ids import Kind
from models.installation_enums import BackupStatus
from models.records import BackupRecord


@kind(0xE1)
class Backup(Stored[BackupRecord]):
    """A file with all that the database holds at one moment. It is COMPLETED once it was read back and found whole.

    The process that makes it is its `holder` until `lease_until`; then another begins anew, and `attempts` counts that.
    `git_id` is what git calls the content of the file.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.BACKUP))
    filename: Annotated[str, Facts("The name of the file.")]
    status: Annotated[BackupStatus, Facts("Where it stands.")] = BackupStatus.RUNNING
    size: Annotated[int, Facts("How many bytes the file has; 0 until it is whole.")] = 0
    documents: Annotated[int, Facts("How many documents are in it.")] = 0
    sha256: Annotated[str | None, Facts("The SHA-256 of the file (hex); null until it is whole.")] = None
    error: Annotated[str | None, Facts("Why there is none.")] = None
    ended_at: Annotated[datetime | None, Facts("When it was completed, or failed.")] = None
    git_id: str | None = None
    created_by: PydanticObjectId
    holder: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0

    class Settings:
        name = "backups"
        indexes = [
            IndexModel([("filename", ASCENDING)], unique=True),
            IndexModel([("status", ASCENDING), ("_id", ASCENDING)]),
        ]
