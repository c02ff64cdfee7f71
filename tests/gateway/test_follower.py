"""The follower of a process: woken by what happens here and elsewhere, by turns, and never two at work for nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

import pytest

from auth.jwt import JwtSigner
from gateway.database import Database
from gateway.follower import NOTIFICATIONS, Follower, Pace, notifications
from models import Fanout, Lease
from models.base import collection, to_record
from models.fanout import Audience
from models.ids import Kind, new_id
from realtime.events.workspace import WorkspaceDeleted
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import Change, EventLog
from resolvers.kit.context import Services
from resolvers.notification.follow import follow_some
from tests.patience import until

SLOW = Pace(poll=60.0, lease=60.0)
QUICK = Pace(poll=0.02, lease=1.0)


@pytest.fixture
async def both(database: Database, clean: Database) -> AsyncIterator[tuple[Services, Services]]:
    """The services of two processes that hear of each other through the database."""
    hubs = [Hub(EventLog(database.client), "mongodb") for _ in range(2)]
    for hub in hubs:
        await hub.start()
    one = Services(hubs[0], Guard(), JwtSigner("test-" * 10), timedelta(days=7), "http://testserver")
    yield one, replace(one, hub=hubs[1])
    for hub in hubs:
        await hub.stop()


async def leave_word(services: Services) -> None:
    """A change that somebody is to be notified of."""
    workspace_id = new_id(Kind.WORKSPACE)

    async def body(change: Change) -> None:
        fanout = Fanout(workspace_id=workspace_id, audience=Audience.REVIEWERS, activity_ids=[new_id(Kind.ACTIVITY)])
        await collection(Fanout).insert_one(to_record(fanout), session=change.session)
        change.append(workspace_id, WorkspaceDeleted(deleted_id=workspace_id))

    await services.hub.log.write(workspace_id, None, body)


async def nothing_waits() -> bool:
    return await collection(Fanout).count_documents({}) == 0


async def idle(follower: Follower) -> None:
    """Wait until a follower that has just started has looked once."""
    await until(lambda: held_by(follower))
    await asyncio.sleep(0.05)


async def held_by(follower: Follower) -> bool:
    lease = await collection(Lease).find_one({"_id": NOTIFICATIONS})
    return lease is not None and lease["holder"] == follower._tenure.holder


@pytest.mark.parametrize("writer", [0, 1])
async def test_a_change_wakes_the_follower_wherever_it_is_made(both: tuple[Services, Services], writer: int) -> None:
    follower = Follower(both[0], notifications(both[0]), pace=SLOW)
    await follower.start()
    await idle(follower)

    for _ in range(2):
        await leave_word(both[writer])
        await until(nothing_waits)

    await follower.stop()


async def test_one_works_and_another_goes_on_where_it_stops_or_dies(both: tuple[Services, Services]) -> None:
    # Given two followers
    worked: list[Services] = []

    async def watched(services: Services) -> bool:
        worked.append(services)
        return await follow_some(services)

    first, second = (
        Follower(services, replace(notifications(services), follow=partial(watched, services)), pace=QUICK)
        for services in both
    )
    await first.start()
    await idle(first)
    await second.start()
    await leave_word(both[1])
    await until(nothing_waits)
    assert both[1] not in worked

    # When the one that works dies
    task = first._loop.task
    assert task is not None
    task.cancel()
    await asyncio.wait([task])
    await leave_word(both[0])

    # Then the other one does
    await until(nothing_waits)
    assert await held_by(second)

    # And when that stops, nothing is done until somebody begins
    await second.stop()
    await leave_word(both[0])
    await asyncio.sleep(0.1)
    assert not await nothing_waits()
    third = Follower(both[0], notifications(both[0]), pace=SLOW)
    await third.start()
    await until(nothing_waits)
    await third.stop()


async def test_what_fails_is_tried_again(both: tuple[Services, Services]) -> None:
    attempts = count()

    async def failing_once() -> bool:
        if next(attempts) == 0:
            raise RuntimeError("once")
        return await follow_some(both[0])

    await leave_word(both[0])
    follower = Follower(both[0], replace(notifications(both[0]), follow=failing_once), pace=QUICK)
    await follower.start()

    await until(nothing_waits)
    await follower.stop()
