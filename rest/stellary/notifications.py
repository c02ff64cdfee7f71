"""The caller's own notifications."""

from collections.abc import Sequence

from typing_extensions import TypedDict

import models
from models.base import with_changes
from models.enums import ActivityType
from models.errors import NotFound
from models.ids import Kind
from models.records import ActivityRecord, NotificationRecord
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.notification.notification import (
    activity_of,
    count_unread,
    list_notifications,
    mark_all_notifications_read,
    mark_notification_read,
)
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary.lists import NotificationQuery
from rest.stellary.present.base import Count, Ok

routes = Routes("Notifications", "/notifications", about="What happened in the caller's projects.", place=70)


@presents(models.Activity)
class Activity(TypedDict):
    """What happened to a card, to a document or to a project's members. `meta` depends on `type`."""


@presents(models.Notification)
class Notification(TypedDict):
    """An activity, addressed to one person. Without a project it is about a document of the workspace."""

    activity: Activity


class AllRead(Ok):
    """Everything is read; `count` tells how many were not."""

    count: int


def activity(record: ActivityRecord) -> Activity:
    """That a card was brought back is a change of it: `card_archived` says that it was archived."""
    if record["type"] == ActivityType.CARD_ARCHIVED and record["meta"].get("archived") is False:
        meta = {**record["meta"], "fields": ["archived"]}
        record = with_changes(record, {"type": ActivityType.CARD_UPDATED.value, "meta": meta})
    return shown(Activity, record)


def notification(record: NotificationRecord, about: ActivityRecord) -> Notification:
    """`about` is its activity."""
    return {**shown(Notification, record), "activity": activity(about)}


@routes.get("", "List the caller's notifications, the newest first", runs=list_notifications, query=NotificationQuery)
async def find(call: Call) -> list[Notification]:
    wanted = call.query(NotificationQuery)
    page = await list_notifications(call.ctx, Window.read(wanted.limit), wanted.unread_only)
    return await _present(call.ctx, page.nodes)


@routes.get("/count", "Count the caller's unread notifications", runs=count_unread)
async def count(call: Call) -> Count:
    return {"count": await count_unread(call.ctx)}


@routes.patch("/read-all", "Mark all of the caller's notifications as read", runs=mark_all_notifications_read)
async def read_all(call: Call) -> AllRead:
    """`count` tells how many were not."""
    return {"ok": True, "count": (await mark_all_notifications_read(call.ctx)).value}


@routes.patch("/{id}/read", "Mark a notification as read", runs=mark_notification_read)
async def read(call: Call) -> Notification:
    marked = (await mark_notification_read(call.ctx, call.id("id", Kind.NOTIFICATION))).value
    found = await _present(call.ctx, [marked])
    if not found:
        raise NotFound("Notification")
    return found[0]


async def _present(ctx: Context, records: Sequence[NotificationRecord]) -> list[Notification]:
    activities = await activity_of(ctx, records, None)
    return [notification(record, about) for record, about in zip(records, activities, strict=True) if about is not None]
