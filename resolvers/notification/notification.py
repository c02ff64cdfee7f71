"""Notifications: a person's own, and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from bson import ObjectId

from models import Activity, Notification
from models.base import collection
from models.enums import NoticeLevel, TokenScope
from models.errors import Forbidden, NotFound
from models.ids import Kind, parse_id
from models.records import ActivityRecord, NotificationRecord, UserRecord
from realtime.log import Change, Committed
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.load import to_one
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import Page, Sort, Window, pages
from resolvers.notification.store import inbox_of, mark_all_read, mark_read, unread_in, with_marks

READ = TokenScope.NOTIFICATIONS_READ

NEWEST_FIRST: Sort = [("number", -1), ("_id", -1)]
"""In the order in which they came, which is not quite that of what they tell of."""


@operation("notification", scope=READ, read_only=True)
async def get_notification(ctx: Context, notification_id: ObjectId | str, fields: Fields = None) -> NotificationRecord:
    """One notification of the caller; anybody else's does not exist."""
    own = {"_id": parse_id(notification_id, Kind.NOTIFICATION), "user_id": ctx.user_id}
    found = await collection(Notification).find_one(own, projection(_needed(fields)))
    if found is None:
        raise NotFound("Notification")
    (read,) = await with_marks(ctx.user_id, [found])
    return read


@operation("notificationList", scope=READ, read_only=True, tool="list_notifications")
async def list_notifications(
    ctx: Context,
    window: Window,
    unread_only: Annotated[bool, "Those alone that are not read."] = False,
    read_only: Annotated[bool, "Those alone that are read."] = False,
    level: Annotated[NoticeLevel | None, "Those alone that matter so much."] = None,
    fields: Fields = None,
) -> Page[NotificationRecord]:
    """A page of the caller's notifications, the newest first."""
    return await _own(ctx, window, fields, _Which(unread_only, read_only, level))


@operation("notificationUnreadCount", scope=READ, read_only=True)
async def count_unread(ctx: Context) -> int:
    """How many notifications the caller has not read."""
    return int((await inbox_of(ctx.user_id))["unread"])


@operation("notificationMarkRead", scope=READ, tool="mark_notification_read")
async def mark_notification_read(
    ctx: Context, id: Annotated[ObjectId | str, "The id of the notification."]
) -> Committed[NotificationRecord]:
    """Mark one of the viewer's notifications as read.

    One that is read already keeps its time.
    """
    wanted = parse_id(id, Kind.NOTIFICATION)
    user_id = ctx.user_id

    async def body(change: Change) -> NotificationRecord:
        read = await mark_read(change, user_id, wanted)
        if read is None:
            raise NotFound("Notification")
        return read

    return await ctx.write(user_id, body)


@operation("notificationMarkAllRead", scope=READ, tool="mark_all_notifications_read")
async def mark_all_notifications_read(ctx: Context) -> Committed[int]:
    """Mark all of the viewer's notifications as read.

    How many were not.
    """
    user_id = ctx.user_id

    async def body(change: Change) -> int:
        return await mark_all_read(change, user_id)

    return await ctx.write(user_id, body)


@edge(scope=READ, viewer=True)
async def notifications_of(
    ctx: Context,
    users: Sequence[UserRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    unread_only: bool | None = None,
    level: NoticeLevel | None = None,
) -> list[Page | Forbidden]:
    """The viewer's own notifications, the newest first; an error in the place of each other user."""
    which = _Which(unread_only=bool(unread_only), level=level)
    own = await _own(ctx, Window.read(first, after), fields, which)
    return [own if user["_id"] == ctx.user_id else _not_yours() for user in users]


@edge(scope=READ, viewer=True)
async def unread_count_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[int | Forbidden]:
    """How many notifications the viewer has not read; an error in the place of each other user."""
    own = int((await inbox_of(ctx.user_id))["unread"])
    return [own if user["_id"] == ctx.user_id else _not_yours() for user in users]


@edge(scope=READ)
async def activity_of(
    ctx: Context, notifications: Sequence[NotificationRecord], fields: Fields
) -> list[ActivityRecord | None]:
    """What a notification tells of."""
    return await to_one(Activity, notifications, "activity_id", fields)


@dataclass(frozen=True, slots=True)
class _Which:
    """Which notifications are listed: those that hold to all of it."""

    unread_only: bool = False
    read_only: bool = False
    level: NoticeLevel | None = None

    async def where(self, user_id: ObjectId) -> dict[str, Any]:
        """What selects them among a person's."""
        found: dict[str, Any] = {}
        if self.unread_only or self.read_only:
            unread = unread_in(await inbox_of(user_id))
            found |= unread if self.unread_only else {}
            found |= {"$nor": [unread]} if self.read_only else {}
        if self.level is not None:  # those of before have none, which is INFO
            found["level"] = {"$in": [self.level.value, *([None] if self.level is NoticeLevel.INFO else [])]}
        return found


async def _own(ctx: Context, window: Window, fields: Fields, which: _Which) -> Page:
    where = await which.where(ctx.user_id)
    wanted = _needed(fields)
    found = await pages(Notification, "user_id", [ctx.user_id], window, sort=NEWEST_FIRST, where=where, fields=wanted)
    page = found[ctx.user_id]
    if not which.unread_only:
        page.nodes = await with_marks(ctx.user_id, page.nodes)
    return page


def _needed(fields: Fields) -> Fields:
    """With what it takes to know whether a notification is read."""
    return None if fields is None else fields | {"number", "read_at"}


def _not_yours() -> Forbidden:
    return Forbidden("Notifications are shown to their own user alone")
