"""Several objects are worked on at once: each by one task, as many as there is room for."""

import asyncio
import logging

from bson import ObjectId

from realtime.keyed_tasks import KeyedTasks
from tests.patience import PATIENCE


class Work:
    """Counts who is worked on, until they are let go; those in `bad` fail then."""

    def __init__(self, most: int = 2, pause: float = 60.0) -> None:
        self.begun: list[ObjectId] = []
        self.bad: set[ObjectId] = set()
        self.go_on, self.ended = asyncio.Event(), asyncio.Event()
        log = logging.getLogger("orrery.test")
        self.tasks = KeyedTasks("test", self, most=most, pause=pause, log=log, told="it waits", ended=self.ended)

    async def __call__(self, object_id: ObjectId) -> None:
        self.begun.append(object_id)
        await self.go_on.wait()
        if object_id in self.bad:
            raise RuntimeError("it fails")

    async def until_ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.ended.wait()
        self.ended.clear()


async def test_an_object_has_one_task_and_no_more_run_than_there_is_room_for() -> None:
    work, (first, second, third) = Work(most=2), [ObjectId() for _ in range(3)]

    work.tasks.begin([first, first, second, third])
    work.tasks.begin([first])
    await asyncio.sleep(0)

    assert work.begun == [first, second]
    work.go_on.set()
    await work.until_ended()
    await asyncio.sleep(0)
    work.tasks.begin([third])
    await work.until_ended()
    assert work.begun == [first, second, third]
    await work.tasks.stop()


async def test_one_that_fails_is_left_alone_for_a_while() -> None:
    work, object_id = Work(), ObjectId()
    work.bad.add(object_id)
    work.go_on.set()

    work.tasks.begin([object_id])
    await asyncio.sleep(0)
    work.tasks.begin([object_id])
    await asyncio.sleep(0)

    assert work.begun == [object_id]
    assert not work.ended.is_set()
    await work.tasks.stop()
    assert work.ended.is_set()


async def test_who_stops_leaves_what_is_under_way() -> None:
    work, object_id = Work(), ObjectId()
    work.tasks.begin([object_id])
    await asyncio.sleep(0)

    await work.tasks.stop()
    work.ended.clear()
    work.go_on.set()
    work.tasks.begin([object_id])
    await work.until_ended()

    assert work.begun == [object_id, object_id]
