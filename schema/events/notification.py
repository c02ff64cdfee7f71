"""Events of a person's notifications."""

import strawberry

from schema.events.base import Event, carried, event
from schema.loading import derived
from schema.notification import Notification


def _all(read: Event) -> bool:
    return bool(read.record.get("all"))


@event("A notification came.")
class NotificationReceived(Event):
    notification: Notification = carried("The notification.")


@event("Notifications were read.")
class NotificationsRead(Event):
    ids: list[strawberry.ID] = carried("The ids of those that were read one by one; empty where `all` is true.")
    all: bool = derived(_all, description="Whether all were read that had come before this event.")
    unread_count: int = carried("How many are left unread.")


@event("Notifications went with the project that they were about, or with the viewer's place in its workspace.")
class NotificationsDeleted(Event):
    ids: list[strawberry.ID] = carried("The ids of the notifications.")
    unread_count: int = carried("How many are left unread.")
