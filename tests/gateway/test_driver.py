"""The driver's lock survives whoever waits on its condition and is cancelled at any moment."""

import asyncio

import pytest
from pymongo.asynchronous import pool, topology
from pymongo.lock import _async_create_condition, _async_create_lock

from gateway.database import Database
from gateway.driver import wait
from tests.patience import PATIENCE


class Waiting:
    """A task that holds a lock and waits on its condition, as the driver does."""

    def __init__(self) -> None:
        self.lock = _async_create_lock()
        self.condition = _async_create_condition(self.lock)

    async def run(self, timeout: float | None) -> bool:
        async with self.lock:
            return await wait(self.condition, timeout)


async def test_a_cancel_while_the_time_runs_out_leaves_the_lock_to_others() -> None:
    # Given somebody whose time runs out while another holds the lock
    given = Waiting()
    task = asyncio.create_task(given.run(0.01))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await given.lock.acquire()
    await asyncio.sleep(0.05)

    # When it is cancelled, again and again, before it has the lock again
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)

    # Then it does not let go of what is the other's, and once it has been let go of, ends with the lock free
    assert (task.done(), given.lock.locked()) == (False, True)
    given.lock.release()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not given.lock.locked()


async def test_a_wait_ends_with_its_time_or_with_a_notification() -> None:
    given = Waiting()
    assert await given.run(0.01) is False

    task = asyncio.create_task(given.run(None))
    await asyncio.sleep(0.01)
    async with given.lock:
        given.condition.notify()

    assert await task is True
    assert not given.lock.locked()


async def test_the_notification_of_one_who_is_cancelled_reaches_another() -> None:
    given = Waiting()
    first, second = (asyncio.create_task(given.run(None)) for _ in range(2))
    await asyncio.sleep(0.01)
    async with given.lock:
        given.condition.notify()
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)

    async with asyncio.timeout(PATIENCE):
        assert await second is True
    assert first.cancelled() or (await asyncio.gather(first, return_exceptions=True))


def test_the_driver_waits_like_this_once_a_database_is_open(database: Database) -> None:
    assert vars(pool)["_async_cond_wait"] is vars(topology)["_async_cond_wait"]
    assert vars(pool)["_async_cond_wait"] is wait
