"""Notifications: an activity, addressed to a member of its project, or to whom it is of use in the workspace."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Recorded, Stored, id_factory, kind, utc_now
from models.enums import NoticeLevel
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.records import InboxRecord, NotificationRecord, ReadMarkRecord


@kind(0x62)
class Notification(Stored[NotificationRecord]):
    """A notification. Its id follows from the activity and the person, so that nobody gets one twice.

    `number` counts a person's notifications in the order in which they came; those of before it was kept have none,
    and came before all others. `read_at` is null until it is read alone: a `ReadMark` may have read it before.
    `project_id` is null where the activity has no project.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.NOTIFICATION))
    user_id: Annotated[PydanticObjectId, Facts("Whom it is for.")]
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it happened in.")]
    project_id: Annotated[PydanticObjectId | None, Facts("The project that it happened in.")] = None
    activity_id: Annotated[PydanticObjectId, Facts("What happened.", GRAPH)]
    level: Annotated[NoticeLevel, Facts("How much it matters.", GRAPH, late=True)] = NoticeLevel.INFO
    number: int | None = None
    read_at: Annotated[datetime | None, Facts("When it was read; null for unread.")] = None
    created_at: Annotated[datetime, Facts("When it was sent.")] = Field(default_factory=utc_now)

    class Settings:
        name = "notifications"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("number", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("user_id", ASCENDING), ("read_at", ASCENDING), ("number", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("user_id", ASCENDING), ("workspace_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)]),
        ]


class Inbox(Recorded[InboxRecord]):
    """What a person's notifications come to, kept with every change of them; `_id` is the person.

    `last` is the number of the newest one, `unread` how many are not read. All up to `read_through` are read; null
    where they were never read all at once. Those up to `trimmed` were deleted for being too many; `is_long` where there
    are too many again.
    """

    id: PydanticObjectId
    last: int = 0
    unread: int = 0
    read_through: int | None = None
    trimmed: int = 0
    is_long: bool = False

    class Settings:
        name = "inboxes"
        indexes = [IndexModel([("is_long", ASCENDING)])]


@kind(0x63)
class ReadMark(Stored[ReadMarkRecord]):
    """That a person has read, at `created_at`, all notifications up to the number `through`."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.READ_MARK))
    user_id: PydanticObjectId
    through: int

    class Settings:
        name = "read_marks"
        indexes = [IndexModel([("user_id", ASCENDING), ("through", ASCENDING)])]
