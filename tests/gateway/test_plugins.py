"""The worker that tells plugins: woken by what happens here and elsewhere, by turns."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect

from auth.jwt import JwtSigner
from gateway.database import Database
from gateway.plugins import Pace, Plugins
from models import Plugin, PluginDelivery
from models.base import collection, to_record, utc_now
from models.ids import Kind, new_id
from realtime.events.skill import SkillDeleted
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import Change, EventLog
from resolvers.kit.context import Services
from resolvers.kit.input import Input
from resolvers.plugin import follow
from resolvers.plugin.kind import Delivery, DeliveryFailed, PluginKind
from tests.patience import until

PACE = Pace(poll=60.0, lease=1.0, rest=0.01, late=60.0)
QUICK = replace(PACE, poll=0.05)


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


class Nothing(Input):
    """Settings of a plugin that has none."""


class Noting:
    """A plugin that notes what it is told; `stuck` holds it up, `failing` has it fail, as the database does of the
    workspace `lost`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.stuck = asyncio.Event()
        self.stuck.set()
        self.failing = False
        self.lost = ""

    async def deliver(self, delivery: Delivery) -> None:
        self.told.append(delivery.event["data"]["deletedId"])
        await self.stuck.wait()
        if delivery.event["workspaceId"] == self.lost:
            raise AutoReconnect("lost")
        if self.failing:
            raise DeliveryFailed("no")


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Noting]:
    made = Noting()
    kind = PluginKind("noting", "Noting", "Notes.", "1", Nothing, made.deliver)
    monkeypatch.setattr(follow, "kinds", lambda: {"noting": kind})
    yield made
    made.stuck.set()


async def install() -> ObjectId:
    """A plugin of a workspace of its own; the workspace."""
    plugin = to_record(Plugin(workspace_id=new_id(Kind.WORKSPACE), plugin="noting", name="Noting"))
    await collection(Plugin).insert_one(plugin)
    told = PluginDelivery(id=plugin["_id"], workspace_id=plugin["workspace_id"], seq=0, due_at=None)
    await collection(PluginDelivery).insert_one(to_record(told))
    return ObjectId(plugin["workspace_id"])


async def happen(services: Services, workspace_id: ObjectId) -> str:
    gone = new_id(Kind.SKILL)

    async def body(change: Change) -> None:
        change.append(workspace_id, SkillDeleted(deleted_id=gone))

    await services.hub.log.write(workspace_id, None, body)
    return str(gone)


async def test_what_happens_in_another_process_is_told_once(both: tuple[Services, Services], noting: Noting) -> None:
    # Given a worker in each of two processes, and plugins of two workspaces
    workspaces = [await install(), await install()]
    workers = [Plugins(services, pace=PACE) for services in both]
    for worker in workers:
        await worker.start()

    # When something happens in both
    gone = [await happen(both[place], workspaces[place]) for place in (0, 1, 1)]

    # Then each is told once
    async def told() -> bool:
        return len(noting.told) >= len(gone)

    await until(told)
    for worker in workers:
        await worker.stop()
    assert sorted(noting.told) == sorted(gone)


async def test_who_comes_next_tells_what_was_under_way(both: tuple[Services, Services], noting: Noting) -> None:
    # Given a worker that is stopped while it tells of something
    workspace_id = await install()
    noting.stuck.clear()
    first = Plugins(both[0], pace=PACE)
    await first.start()
    gone = await happen(both[0], workspace_id)

    async def begun() -> bool:
        return bool(noting.told)

    await until(begun)
    await first.stop()
    noting.stuck.set()

    # Then the next one tells of it again
    second = Plugins(both[1], pace=QUICK)
    await second.start()

    async def settled() -> bool:
        return await collection(PluginDelivery).find_one({"seq": 1, "due_at": None}) is not None

    await until(settled)
    await second.stop()
    assert noting.told == [gone, gone]


async def test_one_that_fails_holds_up_no_other(both: tuple[Services, Services], noting: Noting) -> None:
    # Given a plugin that is stuck
    workspace_id, other = await install(), await install()
    noting.stuck.clear()
    worker = Plugins(both[0], pace=PACE)
    await worker.start()
    await happen(both[0], workspace_id)
    await happen(both[0], other)

    # Then another is told all the same
    async def told() -> bool:
        return len(noting.told) == 2

    await until(told)
    noting.failing = True
    noting.stuck.set()

    async def waits() -> bool:
        later = {"failures": 1, "due_at": {"$gt": utc_now()}}
        return await collection(PluginDelivery).count_documents(later) == 2

    await until(waits)
    await worker.stop()


async def test_one_that_the_database_fails_rests_while_others_are_told(
    both: tuple[Services, Services], noting: Noting
) -> None:
    # Given a plugin that the database fails
    lost, other = await install(), await install()
    noting.lost = str(lost)
    worker = Plugins(both[0], pace=PACE)
    await worker.start()
    gone = await happen(both[0], lost)

    # When another is told of some more
    for told in range(1, 5):

        async def heard(told: int = told) -> bool:
            return len(set(noting.told)) == told

        await until(heard)
        await happen(both[0], other)

    # Then it was tried once
    await worker.stop()
    assert noting.told.count(gone) == 1
