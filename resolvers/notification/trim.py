"""The end of notifications: a person keeps the newest ones, and none for longer than a year. A part at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from models import Inbox, Notification, ReadMark
from models.base import collection, utc_now
from models.ids import IDS_PER_QUERY
from models.records import InboxRecord, NotificationRecord
from realtime.log import Change
from resolvers.kit.context import Services
from resolvers.notification.follow import QUEUE
from resolvers.notification.store import KEPT, drop_notifications, note_trimmed

AGE = timedelta(days=365)
"""Below that of activities (`models.activity`): a notification always has the one that it tells of."""


async def trim_some(services: Services, now: datetime | None = None) -> bool:
    """Delete some notifications that are too many or too old, and say so to whom they were for; whether there were any.

    Going on where it was left off, or twice at once, does no harm.
    """
    inbox = await collection(Inbox).find_one({"is_long": True})
    if inbox is not None:
        await _trim_long(services, inbox)
        return True
    return await _trim_old(services, (now or utc_now()) - AGE)


async def _trim_long(services: Services, inbox: InboxRecord) -> None:
    user_id, through = inbox["_id"], inbox["last"] - KEPT
    # Those without a number came before all others.
    for number in ({"$lte": through}, None):
        too_many = collection(Notification).find({"user_id": user_id, "number": number}, {"user_id": 1})
        if found := await too_many.limit(IDS_PER_QUERY).to_list():
            await _drop(services, found)
            return
    await services.hub.log.aside(QUEUE, partial(_shortened, user_id, through))


async def _trim_old(services: Services, before: datetime) -> bool:
    old = collection(Notification).find({"created_at": {"$lt": before}}, {"user_id": 1})
    found = await old.limit(IDS_PER_QUERY).to_list()
    for user_id in await _drop(services, found):
        await services.hub.log.aside(QUEUE, partial(_read_long_ago, user_id, before))
    return bool(found)


async def _drop(services: Services, notifications: Sequence[NotificationRecord]) -> list[ObjectId]:
    """Delete notifications, those of one person at a time; whose they were."""
    theirs: dict[ObjectId, list[ObjectId]] = {}
    for notification in notifications:
        theirs.setdefault(notification["user_id"], []).append(notification["_id"])
    for user_id, ids in theirs.items():
        await services.hub.log.aside(QUEUE, partial(_dropped, user_id, ids))
    return list(theirs)


async def _dropped(user_id: ObjectId, ids: Sequence[ObjectId], change: Change) -> None:
    await drop_notifications(change, user_id, ids)


async def _read_long_ago(user_id: ObjectId, before: datetime, change: Change) -> None:
    # What they have read came before them.
    await collection(ReadMark).delete_many({"user_id": user_id, "created_at": {"$lt": before}}, session=change.session)


async def _shortened(user_id: ObjectId, through: int, change: Change) -> None:
    await collection(ReadMark).delete_many({"user_id": user_id, "through": {"$lte": through}}, session=change.session)
    await note_trimmed(change, user_id, through)
