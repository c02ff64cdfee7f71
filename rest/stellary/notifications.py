"""The caller's own notifications."""

from collections.abc import Sequence

from models.errors import NotFound
from models.ids import Kind
from models.records import NotificationRecord
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.notification.notification import (
    activity_of,
    count_unread,
    list_notifications,
    mark_all_notifications_read,
    mark_notification_read,
)
from rest.routing import Call, Routes
from rest.stellary.lists import NotificationQuery
from rest.stellary.present.base import Count
from rest.stellary.present.notification import AllRead, Notification, notification

routes = Routes("Notifications", "/notifications", about="What happened in the caller's projects.", place=70)


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
