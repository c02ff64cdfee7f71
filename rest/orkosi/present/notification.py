"""The caller's notifications: notices, and what happened, put as notices are."""

from typing import Any, Literal

from typing_extensions import TypedDict

from models.base import timestamp
from models.enums import ActivityType
from models.records import ActivityRecord, NotificationRecord
from resolvers.activity.log import action_of
from resolvers.notification.store import level_of
from rest.orkosi.present.show import Timestamp
from rest.present import Id

LevelWord = Literal["info", "success", "warning", "error"]


class OrkosiNotificationData(TypedDict):
    """A notification. `source` of what is told here by itself is what happened, such as `card.moved`."""

    id: Id
    title: str
    message: str
    type: LevelWord
    source: str | None
    link: str | None
    read: bool
    read_at: Timestamp | None
    created_at: Timestamp


class OrkosiUnreadData(TypedDict):
    """How many notifications are not read."""

    count: int


class OrkosiAllReadData(TypedDict):
    """Everything is read; `count` tells how many were not."""

    success: Literal[True]
    count: int


class _Told(TypedDict):
    title: str
    message: str
    source: str | None
    link: str | None


def notification(record: NotificationRecord, about: ActivityRecord) -> OrkosiNotificationData:
    """`about` is its activity."""
    level: Any = record.get("level") or level_of(about).value
    read_at = record["read_at"]
    return {
        **_told(about),
        "id": str(record["_id"]),
        "type": level,
        "read": read_at is not None,
        "read_at": None if read_at is None else timestamp(read_at),
        "created_at": timestamp(record["created_at"]),
    }


def _told(about: ActivityRecord) -> _Told:
    meta = about["meta"]
    if about["type"] == ActivityType.NOTICE:
        return {"title": meta["title"], "message": meta["message"], "source": meta["source"], "link": meta["link"]}
    message = meta.get("title") or meta.get("message") or meta.get("name") or ""
    return {
        "title": ActivityType(about["type"]).description,
        "message": str(message),
        "source": action_of(about),
        "link": None,
    }
