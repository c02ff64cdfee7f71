"""The ceiling of notifications: the newest ones of a person stay, for a year; all others go, and that is told."""

from datetime import timedelta

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Activity, Inbox, Notification, ReadMark
from models.activity import KEPT as ACTIVITIES_KEPT
from models.base import collection, utc_now
from models.ids import Kind, new_id
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.notification import store as notification_store
from resolvers.notification import trim as notification_trim
from resolvers.notification.notification import count_unread, list_notifications, mark_all_notifications_read
from resolvers.notification.store import receive
from resolvers.notification.trim import AGE, trim_some
from tests.resolvers.conftest import Register
from tests.resolvers.lab import again, events
from tests.resolvers.test_indexes import check, recorded
from tests.stubs import stub


@pytest.fixture
async def grace(register_person: Register, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Somebody who keeps ten notifications, and up to three more for a while."""
    monkeypatch.setattr(notification_store, "KEPT", 10)
    monkeypatch.setattr(notification_trim, "KEPT", 10)
    monkeypatch.setattr(notification_store, "SLACK", 3)
    monkeypatch.setattr(notification_trim, "IDS_PER_QUERY", 4)
    return await register_person("grace")


async def send(ctx: Context, count: int, age: timedelta = timedelta()) -> list[ObjectId]:
    """Notify somebody of some things that happened a while ago; the ids of the activities."""
    at = utc_now() - age
    ids = [new_id(Kind.ACTIVITY) for _ in range(count)]
    about = {
        "workspace_id": new_id(Kind.WORKSPACE),
        "project_id": None,
        "actor_id": None,
        "created_at": at,
        "type": "card_moved",
    }
    told = {ctx.user_id: [{"_id": one, **about} for one in ids]}
    await ctx.services.hub.log.write(ctx.user_id, None, lambda change: receive(change, stub(told)))
    return ids


async def trim(ctx: Context) -> int:
    """Trim all; how many parts that took."""
    parts = 0
    while await trim_some(ctx.services):
        parts += 1
    return parts


async def kept(ctx: Context) -> list[ObjectId]:
    """The activities that somebody still has notifications of, oldest first; what is told by events is the same."""
    found = (await list_notifications(again(ctx), Window.read(500))).nodes
    there = {one["_id"]: one["activity_id"] for one in found}
    told: dict[ObjectId, ObjectId] = {}
    for event in await events(ctx.user_id):
        if event["type"] == "NotificationReceived":
            told[event["data"]["notification"]["_id"]] = event["data"]["activity"]["_id"]
        elif event["type"] == "NotificationsDeleted":
            told = {one: activity for one, activity in told.items() if one not in event["data"]["ids"]}
    assert told == there
    return [one["activity_id"] for one in reversed(found)]


async def test_the_newest_stay_and_the_others_go_in_parts(grace: Context, database: Database) -> None:
    # Given some that are read together, and more than may stay
    first = await send(grace, 9)
    await mark_all_notifications_read(again(grace))
    await trim(grace)
    assert await kept(grace) == first
    second = await send(grace, 4)
    assert await trim(grace) == 0
    second += await send(grace, 3)

    # When they are trimmed
    with recorded() as queries:
        parts = await trim(grace)

    # Then the newest ten are left, three of them read, and it was looked for on indexes
    assert parts == 3
    assert await kept(grace) == [*first, *second][-10:]
    assert await count_unread(again(grace)) == 7
    await check(database, queries)

    # And it begins anew once there are too many again
    third = await send(grace, 3)
    assert await trim(grace) == 0
    third += await send(grace, 9)
    assert await trim(grace) > 0
    assert await kept(grace) == third[-10:]
    assert await collection(ReadMark).count_documents({"user_id": grace.user_id}) == 0


async def test_those_of_before_they_were_numbered_go_first(grace: Context) -> None:
    # Given somebody with old notifications, counted when the first new one comes
    await send(grace, 5)
    await collection(Notification).update_many({"user_id": grace.user_id}, {"$unset": {"number": 1}})
    await collection(Inbox).delete_one({"_id": grace.user_id})

    new = await send(grace, 14)
    await trim(grace)

    assert await kept(grace) == new[-10:]
    assert await count_unread(again(grace)) == 10


async def test_none_stays_for_longer_than_a_year(grace: Context, database: Database) -> None:
    # Given old ones, of which some are read
    await send(grace, 3, AGE + timedelta(days=1))
    await mark_all_notifications_read(again(grace))
    await collection(ReadMark).update_many(
        {"user_id": grace.user_id}, {"$set": {"created_at": utc_now() - AGE - timedelta(hours=1)}}
    )
    await send(grace, 2, AGE + timedelta(days=1))
    young = await send(grace, 2, AGE - timedelta(days=1))

    with recorded() as queries:
        await trim(grace)

    assert await kept(grace) == young
    assert await count_unread(again(grace)) == 2
    assert await collection(ReadMark).count_documents({"user_id": grace.user_id}) == 0
    await check(database, queries)


async def test_activities_end_after_the_notifications_of_them() -> None:
    indexes = await collection(Activity).index_information()

    expiry = [one["expireAfterSeconds"] for one in indexes.values() if "expireAfterSeconds" in one]
    assert expiry == [ACTIVITIES_KEPT.total_seconds()]
    assert AGE + timedelta(days=30) < ACTIVITIES_KEPT
