"""The lease of retention: one process trims, another goes on soon where that one ends or is killed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Lease
from models.base import Record, collection, utc_now
from realtime import retention as module
from realtime.hub import Hub
from realtime.lease import Tenure, give_up, hold
from realtime.retention import Bounds, Retention
from tests.patience import PATIENCE
from tests.realtime.test_retention import EVER, NONE, age, floor, hub, stream, until_trimmed, write

__all__ = ["hub", "stream"]


async def test_one_process_at_a_time_holds_a_work_and_another_takes_it_over(clean: Database) -> None:
    minute = timedelta(minutes=1)

    assert await hold("work", "one", minute)
    assert not await hold("work", "two", minute)
    assert await hold("work", "one", -minute)  # its time is over
    assert await hold("work", "two", minute)
    assert not await hold("work", "one", minute)
    await give_up("work", "one")
    assert not await hold("work", "one", minute)
    await give_up("work", "two")
    assert await hold("work", "one", minute)


async def test_a_tenure_is_written_in_good_time_and_not_whenever_it_is_asked_for(clean: Database) -> None:
    one, two = Tenure("work", 60), Tenure("work", 60)

    assert await one.hold()
    written = await collection(Lease).find_one({"_id": "work"})
    assert await one.hold()
    assert await collection(Lease).find_one({"_id": "work"}) == written
    assert not await two.hold()
    await one.give_up()
    assert await two.hold()
    assert not await one.hold()


async def lease_until() -> datetime:
    lease = await collection(Lease).find_one({"_id": module.WORK})
    assert lease is not None
    until: datetime = lease["until"]
    return until


async def test_a_trimmer_that_is_killed_holds_the_work_for_two_minutes_at_most(hub: Hub, stream: ObjectId) -> None:
    retention = Retention(Bounds(age=EVER))
    await retention.start()
    async with asyncio.timeout(PATIENCE):
        while await collection(Lease).find_one({"_id": module.WORK}) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    assert await lease_until() <= utc_now() + timedelta(minutes=2)

    await retention.stop()


async def test_a_long_pass_holds_on_to_the_work(hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    monkeypatch.setattr(module, "MIN_PERIOD", NONE)
    retention = Retention(Bounds(age=timedelta(milliseconds=10), grace=NONE))
    untils: list[datetime] = []
    update = module._update

    async def watched(which: Record, values: Record) -> bool:
        untils.append(await lease_until())
        await asyncio.sleep(0.002)
        return await update(which, values)

    monkeypatch.setattr(module, "_update", watched)
    await write(hub, stream, 3)
    await age(stream, 3, EVER)

    assert await retention.trim() == 3
    assert untils[0] < untils[1] < untils[2]


async def test_two_processes_trim_in_turn_and_by_themselves(
    hub: Hub, stream: ObjectId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MIN_PERIOD", timedelta(seconds=0.5))
    bounds = Bounds(age=timedelta(seconds=0.2), grace=NONE)
    both = [Retention(bounds), Retention(bounds)]
    passes: list[int] = []
    for place, one in enumerate(both):
        trim = one.trim

        async def counted(place: int = place, trim: Any = trim) -> int:
            passes.append(place)
            return int(await trim())

        monkeypatch.setattr(one, "trim", counted)
        await one.start()
    await write(hub, stream, 3)
    await until_trimmed(stream)
    assert len(set(passes)) == 1

    await both[passes[0]].stop()
    await write(hub, stream, 3)
    await until_trimmed(stream)
    await both[1 - passes[0]].stop()

    assert set(passes) == {0, 1}
    assert await floor(stream) == 6
