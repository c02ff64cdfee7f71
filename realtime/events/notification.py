"""Events of the personal stream of notifications."""

from typing import Annotated

from pydantic import Field

from models.records import ActivityRecord, NotificationRecord
from realtime.events.base import Carried, Event, Id, Shown, Topic

PERSONAL = (Topic.NOTIFICATIONS,)


class NotificationReceived(Event, topics=PERSONAL):
    """A notification came."""

    notification: Annotated[NotificationRecord, Shown("The notification.")]
    activity: Annotated[ActivityRecord, Carried()]


class NotificationsRead(Event, topics=PERSONAL):
    """Notifications were read."""

    ids: Annotated[list[Id], Shown("The ids of those that were read one by one; empty where `all` is true.")] = Field(
        default_factory=list
    )
    all: Annotated[bool, Shown("Whether all were read that had come before this event.")] = False
    unread_count: Annotated[int, Shown("How many are left unread.")]


class NotificationsDeleted(Event, topics=PERSONAL):
    """Notifications went with the project that they were about, or with the viewer's place in its workspace."""

    ids: Annotated[list[Id], Shown("The ids of the notifications.")]
    unread_count: Annotated[int, Shown("How many are left unread.")]
