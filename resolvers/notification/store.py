"""What is written of notifications: they come, are read, and go, and the person's `Inbox` counts with them.

All of it is within a change. Whoever changes notifications of a person writes the inbox too, so that two who do it at
once conflict, and one of them runs again over what the other has left.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from models import Inbox, Notification, ReadMark
from models.base import AnyRecord, Recorded, collection, insert_all, to_record
from models.enums import ActivityType, NoticeLevel
from models.ids import Kind, id_of, portions
from models.records import ActivityRecord, InboxRecord, NotificationRecord
from realtime.events import IDS_PER_EVENT
from realtime.events.notification import NotificationReceived, NotificationsDeleted, NotificationsRead
from realtime.log import Change

DUPLICATE_KEY = 11000
KEPT = 10_000
"""Notifications that a person keeps, the newest ones: more than anybody pages through."""
_WARNINGS = frozenset(
    {
        ActivityType.AUTOMATION_DISABLED,
        ActivityType.BUDGET_NEARLY_SPENT,
        ActivityType.PLUGIN_DISABLED,
        ActivityType.REMOTE_CALL_UNKNOWN,
    }
)
SLACK = 500
"""How many more there may be until some are deleted."""


async def receive(
    change: Change, activities: Mapping[ObjectId, Sequence[ActivityRecord]], *, again: bool = False
) -> None:
    """Notify people, each of some activities in their order.

    `again` says that somebody may have been notified of some of it before, which is not done twice then. Without it,
    that is a DuplicateKeyError or a BulkWriteError.
    """
    if not activities:
        return
    inboxes = await _open(change, activities)
    known = await _known(change, activities) if again else frozenset()
    came: list[NotificationRecord] = []
    for user_id, told in activities.items():
        inbox = inboxes[user_id]
        for activity in told:
            notification = new_notification(user_id, activity, inbox["last"] + 1)
            if notification["_id"] in known:
                continue
            inbox["last"] += 1
            inbox["unread"] += 1
            came.append(notification)
            event = NotificationReceived(notification=notification, activity=activity, actor_id=activity["actor_id"])
            change.append(user_id, event)
        inbox["is_long"] = inbox["last"] - inbox.get("trimmed", 0) > KEPT + SLACK
    await insert_all(Notification, came, change)
    await _keep(change, inboxes.values())


async def mark_read(change: Change, user_id: ObjectId, notification_id: ObjectId) -> NotificationRecord | None:
    """Mark one notification of a person as read; None where there is none, and one that is read keeps its time."""
    own = {"_id": notification_id, "user_id": user_id}
    found = await collection(Notification).find_one(own, session=change.session)
    if found is None:
        return None
    inbox = (await _open(change, [user_id]))[user_id]
    if not _is_unread(found, inbox):
        (read,) = await with_marks(user_id, [found], change)
        return read
    await collection(Notification).update_one(own, {"$set": {"read_at": change.at}}, session=change.session)
    inbox["unread"] -= 1
    await _keep(change, [inbox])
    change.append(user_id, NotificationsRead(ids=[notification_id], unread_count=inbox["unread"]))
    return {**found, "read_at": change.at}


async def mark_all_read(change: Change, user_id: ObjectId) -> int:
    """Mark all notifications of a person as read, however many there are; how many were not."""
    inbox = (await _open(change, [user_id]))[user_id]
    count: int = inbox["unread"]
    if count:
        inbox |= {"unread": 0, "read_through": inbox["last"]}
        mark = to_record(ReadMark(user_id=user_id, through=inbox["last"], created_at=change.at))
        await collection(ReadMark).insert_one(mark, session=change.session)
        await _keep(change, [inbox])
        change.append(user_id, NotificationsRead(all=True, unread_count=0))
    return count


async def drop_notifications(change: Change, user_id: ObjectId, ids: Iterable[ObjectId]) -> None:
    """Delete some notifications of a person, and say so in their history.

    The inbox is written in any case, so also without `ids`: what is on its way to the person at the same moment is
    looked at again then, which keeps it from somebody who may not read it any more.
    """
    inbox = (await _open(change, [user_id]))[user_id]
    gone: list[ObjectId] = []
    for some in portions(ids):
        own = {"_id": {"$in": some}, "user_id": user_id}
        found = await collection(Notification).find(own, session=change.session).to_list()
        inbox["unread"] -= sum(_is_unread(notification, inbox) for notification in found)
        gone += [notification["_id"] for notification in found]
        if found:
            await collection(Notification).delete_many(own, session=change.session)
    await _keep(change, [inbox])
    for start in range(0, len(gone), IDS_PER_EVENT):
        event = NotificationsDeleted(ids=gone[start : start + IDS_PER_EVENT], unread_count=inbox["unread"])
        change.append(user_id, event)


async def note_trimmed(change: Change, user_id: ObjectId, through: int) -> None:
    """Note that a person has no notification any more up to the number `through`."""
    inbox = (await _open(change, [user_id]))[user_id]
    await _keep(change, [{**inbox, "trimmed": through, "is_long": inbox["last"] - through > KEPT + SLACK}])


async def forget_notifications(change: Change, user_id: ObjectId) -> None:
    """Delete all notifications of a person who goes; nobody is told."""
    models: tuple[type[Recorded[Any]], ...] = (Notification, ReadMark)
    for model in models:
        await collection(model).delete_many({"user_id": user_id}, session=change.session)
    await collection(Inbox).delete_one({"_id": user_id}, session=change.session)


async def with_marks(
    user_id: ObjectId, notifications: Sequence[NotificationRecord], change: Change | None = None
) -> list[NotificationRecord]:
    """Notifications of a person (with `number` and `read_at`), those that a mark has read with its time."""
    unread = [_number(notification) for notification in notifications if notification["read_at"] is None]
    if not unread:
        return list(notifications)
    since = {"user_id": user_id, "through": {"$gte": min(unread)}}
    session = None if change is None else change.session
    marks = await collection(ReadMark).find(since, session=session).sort("through", 1).to_list()
    bounds = [mark["through"] for mark in marks]

    def read_at(one: NotificationRecord) -> datetime | None:
        place = bisect_left(bounds, _number(one))
        return marks[place]["created_at"] if place < len(marks) else None

    return [
        notification if notification["read_at"] is not None else {**notification, "read_at": read_at(notification)}
        for notification in notifications
    ]


async def inbox_of(user_id: ObjectId) -> InboxRecord:
    """What a person's notifications come to; counted where that is not kept yet."""
    return await collection(Inbox).find_one({"_id": user_id}) or await _counted(user_id)


def unread_in(inbox: InboxRecord) -> dict[str, Any]:
    """What selects those that are not read among a person's notifications."""
    through = inbox["read_through"]
    return {"read_at": None} if through is None else {"read_at": None, "number": {"$gt": through}}


async def _open(change: Change, user_ids: Iterable[ObjectId]) -> dict[ObjectId, InboxRecord]:
    """The inboxes of people, to be changed and kept."""
    opened: dict[ObjectId, InboxRecord] = {}
    wanted = list(user_ids)
    for some in portions(wanted):
        for inbox in await collection(Inbox).find({"_id": {"$in": some}}, session=change.session).to_list():
            opened[inbox["_id"]] = inbox
    for user_id in wanted:
        if user_id not in opened:
            opened[user_id] = await _counted(user_id, change)
    return opened


async def _keep(change: Change, inboxes: Iterable[InboxRecord]) -> None:
    writes = [ReplaceOne({"_id": inbox["_id"]}, inbox, upsert=True) for inbox in inboxes]
    try:
        await collection(Inbox).bulk_write(writes, session=change.session)
    except BulkWriteError as error:
        if any(failure.get("code") == DUPLICATE_KEY for failure in error.details.get("writeErrors", ())):
            error._add_error_label("TransientTransactionError")  # somebody else opened it at the same moment
        raise


async def _counted(user_id: ObjectId, change: Change | None = None) -> InboxRecord:
    """The inbox of somebody whose notifications were not counted when they came."""
    session = None if change is None else change.session
    unread = await collection(Notification).count_documents({"user_id": user_id, "read_at": None}, session=session)
    return {"_id": user_id, "last": 0, "unread": unread, "read_through": None}


async def _known(change: Change, activities: Mapping[ObjectId, Sequence[ActivityRecord]]) -> frozenset[ObjectId]:
    """The ids of those notifications that are there already."""
    ids = (_id(activity, user_id) for user_id, told in activities.items() for activity in told)
    known: set[ObjectId] = set()
    for some in portions(ids):
        found = collection(Notification).find({"_id": {"$in": some}}, {"_id": 1}, session=change.session)
        known |= {notification["_id"] for notification in await found.to_list()}
    return frozenset(known)


def new_notification(user_id: ObjectId, activity: ActivityRecord, number: int | None = None) -> NotificationRecord:
    """What a person gets to know of an activity, not yet written: the same whenever it comes, but for the number."""
    return {
        "_id": _id(activity, user_id),
        "created_at": activity["created_at"],
        "user_id": user_id,
        "workspace_id": activity["workspace_id"],
        "project_id": activity["project_id"],
        "activity_id": activity["_id"],
        "level": level_of(activity).value,
        "number": number,
        "read_at": None,
    }


def level_of(activity: AnyRecord) -> NoticeLevel:
    """How much it matters to whoever is told of an activity: a notice says so itself."""
    if activity["type"] == ActivityType.NOTICE:
        return NoticeLevel(activity["meta"]["level"])
    return NoticeLevel.WARNING if activity["type"] in _WARNINGS else NoticeLevel.INFO


def _id(activity: AnyRecord, user_id: ObjectId) -> ObjectId:
    return id_of(Kind.NOTIFICATION, activity["_id"], user_id)


def _is_unread(notification: NotificationRecord, inbox: InboxRecord) -> bool:
    through = inbox["read_through"]
    return notification["read_at"] is None and (through is None or _number(notification) > through)


def _number(notification: NotificationRecord) -> int:
    return notification.get("number") or 0
