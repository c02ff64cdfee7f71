"""Notifications: a person's own, and nobody else's."""

from collections.abc import Sequence

from bson import ObjectId

from models import Activity, Notification
from models.base import Record, collection
from models.enums import TokenScope
from models.errors import Forbidden, NotFound
from models.ids import Kind, parse_id
from models.write import update_and_read
from realtime.events import IDS_PER_EVENT, NotificationsRead
from realtime.log import Change, Committed
from resolvers.access import Fields, projection
from resolvers.context import Context
from resolvers.load import counts, to_one
from resolvers.operation import edge, operation
from resolvers.page import NEWEST_FIRST, Page, Window, pages

READ = TokenScope.NOTIFICATIONS_READ


@operation("notification", scope=READ, read_only=True)
async def get_notification(ctx: Context, notification_id: ObjectId | str, fields: Fields = None) -> Record:
    """One notification of the caller; anybody else's does not exist."""
    own = {"_id": parse_id(notification_id, Kind.NOTIFICATION), "user_id": ctx.user_id}
    found = await collection(Notification).find_one(own, projection(fields))
    if found is None:
        raise NotFound("Notification")
    return found


@operation("notificationList", scope=READ, read_only=True)
async def list_notifications(ctx: Context, window: Window, unread_only: bool = False, fields: Fields = None) -> Page:
    """A page of the caller's notifications, the newest first."""
    return (await _of([ctx.user_id], window, unread_only, fields))[ctx.user_id]


@operation("notificationUnreadCount", scope=READ, read_only=True)
async def count_unread(ctx: Context) -> int:
    """How many notifications the caller has not read."""
    return await collection(Notification).count_documents(_unread(ctx.user_id))


@operation("notificationMarkRead", scope=READ)
async def mark_notification_read(ctx: Context, notification_id: ObjectId | str) -> Committed[Record]:
    """Mark one of the caller's notifications as read; one that is read already keeps its time."""
    wanted = parse_id(notification_id, Kind.NOTIFICATION)
    user_id = ctx.user_id

    async def body(change: Change) -> Record:
        own = {"_id": wanted, "user_id": user_id}
        found = await collection(Notification).find_one(own, session=change.session)
        if found is None:
            raise NotFound("Notification")
        if found["read_at"] is not None:
            return found
        marked = await update_and_read(Notification, own, {"$set": {"read_at": change.at}}, change.session)
        left = await collection(Notification).count_documents(_unread(user_id), session=change.session)
        change.append(user_id, NotificationsRead(ids=[wanted], unread_count=left))
        return marked or found

    return await ctx.write(user_id, body)


@operation("notificationMarkAllRead", scope=READ)
async def mark_all_notifications_read(ctx: Context) -> Committed[int]:
    """Mark all of the caller's notifications as read; how many were not."""
    user_id = ctx.user_id

    async def body(change: Change) -> int:
        found = collection(Notification).find(_unread(user_id), {"_id": 1}, session=change.session)
        ids = [one["_id"] for one in await found.sort("_id", 1).to_list()]
        for start in range(0, len(ids), IDS_PER_EVENT):
            some = ids[start : start + IDS_PER_EVENT]
            read = {"$set": {"read_at": change.at}}
            await collection(Notification).update_many({"_id": {"$in": some}}, read, session=change.session)
            change.append(user_id, NotificationsRead(ids=some, unread_count=len(ids) - start - len(some)))
        return len(ids)

    return await ctx.write(user_id, body)


@edge(scope=READ, viewer=True)
async def notifications_of(
    ctx: Context,
    users: Sequence[Record],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    unread_only: bool | None = None,
) -> list[Page | Forbidden]:
    """The viewer's own notifications, the newest first; an error in the place of each other user."""
    found = await _of([ctx.user_id], Window.read(first, after), bool(unread_only), fields)
    return [found[user["_id"]] if user["_id"] == ctx.user_id else _not_yours() for user in users]


@edge(scope=READ, viewer=True)
async def unread_count_of(ctx: Context, users: Sequence[Record], fields: Fields) -> list[int | Forbidden]:
    """How many notifications the viewer has not read; an error in the place of each other user."""
    found = await counts(Notification, "user_id", [ctx.user_id], {"read_at": None})
    own = found.get(ctx.user_id, 0)
    return [own if user["_id"] == ctx.user_id else _not_yours() for user in users]


@edge(scope=READ)
async def activity_of(ctx: Context, notifications: Sequence[Record], fields: Fields) -> list[Record | None]:
    """What a notification tells of."""
    return await to_one(Activity, notifications, "activity_id", fields)


async def _of(user_ids: Sequence[ObjectId], window: Window, unread_only: bool, fields: Fields) -> dict[ObjectId, Page]:
    where = {"read_at": None} if unread_only else None
    return await pages(Notification, "user_id", user_ids, window, sort=NEWEST_FIRST, where=where, fields=fields)


def _unread(user_id: ObjectId) -> Record:
    return {"user_id": user_id, "read_at": None}


def _not_yours() -> Forbidden:
    return Forbidden("Notifications are shown to their own user alone")
