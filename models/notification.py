"""Notifications: an activity, addressed to one member of its project."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class Notification(Stored):
    """A notification. `read_at` is null until it is read."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.NOTIFICATION))
    user_id: PydanticObjectId
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    activity_id: PydanticObjectId
    read_at: datetime | None = None

    class Settings:
        name = "notifications"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("user_id", ASCENDING), ("read_at", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("user_id", ASCENDING), ("workspace_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING)]),
        ]
