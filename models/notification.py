"""Notifications: an activity, addressed to a member of its project, or to whom it is of use in the workspace."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class Notification(Stored):
    """A notification. `read_at` is null until it is read; `project_id` is null where the activity has no project."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.NOTIFICATION))
    user_id: PydanticObjectId
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
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
