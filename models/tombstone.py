"""Tombstones: what was deleted, and is not yet gone."""

from datetime import UTC, datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded, utc_now
from models.records import TombstoneRecord

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When what hides a project that is being made is due: it is no deletion, unless it becomes one."""


class Tombstone(Recorded[TombstoneRecord]):
    """A deletion on its way; `id` is that of what was deleted, and tells its kind.

    `stream_id` is the history that its parts are told in: the workspace's, or the person's. `project_id` is that of
    what cards carry, `user_id` whom a membership was of. `document_ids` are the documents below one, which do not say
    themselves what they stand below.
    What `keeps` stays itself: a column whose cards go (`Column.emptying`), and which nothing comes to meanwhile; an
    organization that can be restored, of which the notifications go.
    `holder` works on it until `due_at`; from then on whoever takes it may. From `emptied_at` on nothing is left but
    what was on its way when it was deleted; that is swept at `due_at`, and the tombstone goes with it.
    """

    added = {"chosen": list[ObjectId], "looked": bool}

    id: PydanticObjectId
    stream_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
    user_id: PydanticObjectId | None = None
    document_ids: list[PydanticObjectId] = Field(default_factory=list)
    keeps: bool = False
    actor_id: PydanticObjectId | None = None
    deleted_at: datetime = Field(default_factory=utc_now)
    emptied_at: datetime | None = None
    holder: str | None = None
    due_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "tombstones"
        indexes = [
            IndexModel([("stream_id", ASCENDING), ("emptied_at", ASCENDING)]),
            IndexModel([("due_at", ASCENDING)]),
            IndexModel([("emptied_at", ASCENDING)]),
        ]
