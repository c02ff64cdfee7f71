"""Events of the personal stream of notifications."""

from pydantic import Field

from models.base import Record
from realtime.events.base import Event, Id


class NotificationReceived(Event):
    notification: Record
    activity: Record


class NotificationsRead(Event):
    """Some were read or, without `ids`, all that had come before."""

    ids: list[Id] = Field(default_factory=list)
    all: bool = False
    unread_count: int


class NotificationsDeleted(Event):
    """They went with their project, or with the membership of its workspace; `unread_count` are left."""

    ids: list[Id]
    unread_count: int
