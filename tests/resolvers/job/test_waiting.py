"""The next jobs in turn: those that one sort would give, of which few are read however many wait."""

import asyncio
from random import Random
from typing import cast

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Job
from models.base import Record, collection
from models.ids import Kind, new_id
from models.records import JobRecord
from resolvers.job import waiting
from resolvers.job.waiting import IN_TURN, first_waiting, note_waiting
from tests.resolvers.test_indexes import examined, has_index, recorded


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Landmarks that stand close together."""
    monkeypatch.setattr(waiting, "BLOCK", 3)
    monkeypatch.setattr(waiting, "CROWDED", 12)


def job(queue_id: ObjectId, priority: int, object_id: ObjectId | None = None) -> Record:
    waits = {"queue_id": queue_id, "state": "waiting", "priority": priority, "name": "Send"}
    return {"_id": object_id or new_id(Kind.JOB), "key": str(ObjectId()), **waits}


async def test_whatever_comes_and_goes_meanwhile_the_first_ones_are_the_first(clean: Database) -> None:
    # Given a list that is known, and another one beside it
    jobs, chance = clean.db[collection(Job).name], Random(7)
    queue_id, other = new_id(Kind.QUEUE), new_id(Kind.QUEUE)
    listed: Record = {"queue_id": queue_id, "state": "waiting"}
    await jobs.insert_many([job(each, chance.randrange(4)) for each in (queue_id, other) for _ in range(60)])
    taken: list[ObjectId] = []

    for _ in range(60):
        # When some are taken, and others come, in front too, and again
        size = chance.randint(1, 5)
        found = await first_waiting(listed, size)

        # Then those are the ones that a sort gives
        right = await jobs.find(listed, {"_id": 1}).sort(IN_TURN).limit(size).to_list()
        assert found == [record["_id"] for record in right]
        taken += found
        await jobs.update_many({"_id": {"$in": found}}, {"$set": {"state": "active"}})
        if chance.random() < 0.5:
            await jobs.insert_many([job(queue_id, chance.randrange(4)) for _ in range(chance.randint(1, 6))])
        if taken and chance.random() < 0.3:
            await jobs.update_one({"_id": chance.choice(taken)}, {"$set": {"state": "waiting"}})


async def test_a_claim_reads_few_however_many_wait(clean: Database) -> None:
    jobs = clean.db[collection(Job).name]
    for count in (60, 240):
        queue_id = new_id(Kind.QUEUE)
        listed: Record = {"queue_id": queue_id, "state": "waiting"}
        await jobs.insert_many([job(queue_id, 0) for _ in range(count)])
        assert len(await first_waiting(listed, 1)) == 1  # it is looked at once

        for _ in range(20):
            with recorded() as queries:
                [found] = await first_waiting(listed, 1)
            assert [query for query in queries if not await has_index(clean, query)] == []
            assert sum([await examined(clean, query) for query in queries]) <= 12
            await jobs.update_one({"_id": found}, {"$set": {"state": "active"}})


async def test_many_that_are_more_urgent_come_first_and_are_looked_at_once(clean: Database) -> None:
    jobs, queue_id = clean.db[collection(Job).name], new_id(Kind.QUEUE)
    listed: Record = {"queue_id": queue_id, "state": "waiting"}
    await jobs.insert_many([job(queue_id, 5) for _ in range(30)])
    await first_waiting(listed, 1)
    urgent = [job(queue_id, 1) for _ in range(30)]
    await jobs.insert_many(urgent)

    assert await first_waiting(listed, 2) == [record["_id"] for record in urgent[:2]]

    with recorded() as queries:
        assert await first_waiting(listed, 2) == [record["_id"] for record in urgent[:2]]
    assert sum([await examined(clean, query) for query in queries]) <= 12


async def test_several_who_come_at_once_look_at_a_long_list_once(clean: Database) -> None:
    jobs, queue_id = clean.db[collection(Job).name], new_id(Kind.QUEUE)
    listed: Record = {"queue_id": queue_id, "state": "waiting"}
    await jobs.insert_many([job(queue_id, 0) for _ in range(100)])

    with recorded() as queries:
        first, *others = await asyncio.gather(*(first_waiting(listed, 1) for _ in range(4)))

    assert (len(first), others) == (1, [first] * 3)
    whole, *rest = sorted([await examined(clean, query) for query in queries], reverse=True)
    assert (whole, max(rest) <= 12) == (100, True)


async def test_a_long_list_that_was_filled_here_is_not_looked_at(clean: Database) -> None:
    # Given a list that was filled in this process, and at its end one that another process has put in
    jobs, queue_id = clean.db[collection(Job).name], new_id(Kind.QUEUE)
    listed: Record = {"queue_id": queue_id, "state": "waiting"}
    records = [job(queue_id, 0) for _ in range(100)]
    await jobs.insert_many([*records, job(queue_id, 0)])
    for record in records:
        note_waiting(cast(JobRecord, record))

    for selected in (listed, {**listed, "name": "Send"}):
        # When the first ones are asked for, as often as there are some
        with recorded() as queries:
            found = await first_waiting(selected, 2)

        # Then these are found, and few are read
        assert found == [record["_id"] for record in records[:2]]
        assert [query for query in queries if not await has_index(clean, query)] == []
        assert sum([await examined(clean, query) for query in queries]) <= 12
    assert len(await first_waiting(listed, 200)) == 101


async def test_landmarks_that_came_to_nothing_lead_nobody_astray(clean: Database) -> None:
    # Given jobs that were noted and never written, or are more urgent, among some that wait
    jobs, queue_id = clean.db[collection(Job).name], new_id(Kind.QUEUE)
    listed: Record = {"queue_id": queue_id, "state": "waiting"}
    records = [job(queue_id, n % 3) for n in range(60)]
    for n, record in enumerate(records):
        note_waiting(cast(JobRecord, record))
        note_waiting(cast(JobRecord, job(queue_id, n % 2)))
    await jobs.insert_many(records)

    for size in (1, 7, 40, 60):
        right = await jobs.find(listed, {"_id": 1}).sort(IN_TURN).limit(size).to_list()
        assert (await first_waiting(listed, size)) == [record["_id"] for record in right]
