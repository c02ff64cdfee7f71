"""The caller's own notifications, and notices to all people of a workspace."""

from collections.abc import Sequence
from typing import Any

from models.enums import NoticeLevel
from models.records import NotificationRecord
from resolvers.activity.record import create_notice
from resolvers.inputs.activity import Link, Message, NoticeCreate, Source
from resolvers.kit.context import Context
from resolvers.kit.input import Title
from resolvers.kit.page import Window
from resolvers.notification.notification import (
    activity_of,
    count_unread,
    list_notifications,
    mark_all_notifications_read,
)
from resolvers.notification.store import new_notification
from rest.orkosi.bodies import Body
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import PageQuery, listed
from rest.orkosi.present.notification import OrkosiAllReadData, OrkosiNotificationData, OrkosiUnreadData, notification
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "notifications",
    "/notifications",
    about="The caller's own notifications, and notices to all people of a workspace.",
    place=200,
    tag_place=240,
)


class NotificationQuery(PageQuery):
    """Which notifications: read or not, and how much they matter."""

    read: bool | None = None
    type: NoticeLevel | None = None


class NoticeBody(Body):
    """A notice. `link` is an http(s) address, or a path on this server."""

    title: Title
    message: Message
    type: NoticeLevel = NoticeLevel.INFO
    source: Source | None = None
    link: Link | None = None


@routes.get("", "List the caller's notifications", runs=list_notifications, query=NotificationQuery)
async def find(call: Call) -> list[OrkosiNotificationData]:
    """The newest first, of all workspaces."""
    query = call.query(NotificationQuery)

    async def read(first: int, after: str | None) -> Any:
        window = Window.read(first, after)
        return await list_notifications(call.ctx, window, query.read is False, query.read is True, query.type)

    return await _shown(call.ctx, await listed(call, query, read))


@routes.post("", "Tell all people of the workspace something", runs=create_notice, body=NoticeBody, names_object=True)
async def create(call: Call) -> OrkosiNotificationData:
    """Everybody gets it a moment later, the caller too, whose own notification of it is answered."""
    body = call.body(NoticeBody)
    values = NoticeCreate(
        workspace_id=await workspace_of(call),
        title=body.title,
        message=body.message,
        level=body.type,
        source=body.source,
        link=body.link,
    )
    told = (await create_notice(call.ctx, values)).value
    return notification(new_notification(call.ctx.user_id, told), told)


@routes.get("/unread-count", "Count the caller's unread notifications", runs=count_unread)
async def count(call: Call) -> OrkosiUnreadData:
    return {"count": await count_unread(call.ctx)}


@routes.patch("/read-all", "Mark all of the caller's notifications as read", runs=mark_all_notifications_read)
async def read_all(call: Call) -> OrkosiAllReadData:
    """`count` tells how many were not."""
    return {"success": True, "count": (await mark_all_notifications_read(call.ctx)).value}


async def _shown(ctx: Context, records: Sequence[NotificationRecord]) -> list[OrkosiNotificationData]:
    activities = await activity_of(ctx, records, None)
    return [notification(record, about) for record, about in zip(records, activities, strict=True) if about is not None]
