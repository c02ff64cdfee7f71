"""Work that one process does for all: held for a time, so that it goes on elsewhere when that process dies."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from models import Lease
from models.base import collection, utc_now
from models.reach import unexpected
from realtime.background import end

log = logging.getLogger("orrery.lease")


async def hold(work: str, holder: str, time: timedelta) -> bool:
    """Take a work, or go on with it, for `time`; False where another holds it. Clocks that differ by less than `time`
    do no harm, and two holders must not either.
    """
    now = utc_now()
    try:
        await collection(Lease).update_one(
            {"_id": work, "holder": holder}, {"$set": {"until": now + time}}, upsert=True
        )
    except DuplicateKeyError:
        expired = {"_id": work, "until": {"$lt": now}}
        taken = await collection(Lease).update_one(expired, {"$set": {"holder": holder, "until": now + time}})
        return bool(taken.matched_count)
    return True


class Tenure:
    """A work that one worker holds for as long as it asks for it: the database is asked in good time, not every time.

    `seconds` is how long it is held without a sign of life.
    """

    def __init__(self, work: str, seconds: float) -> None:
        self._work = work
        self.holder = uuid4().hex
        self._seconds = seconds
        self._until = 0.0

    async def hold(self) -> bool:
        """Whether the work is this worker's."""
        now = asyncio.get_running_loop().time()
        if now > self._until - self._seconds / 2:
            is_ours = await hold(self._work, self.holder, timedelta(seconds=self._seconds))
            self._until = now + self._seconds if is_ours else 0.0
        return now < self._until

    async def give_up(self) -> None:
        """Leave it to whoever asks next, where the database is there to be told."""
        self._until = 0.0
        with suppress(Exception):
            async with asyncio.timeout(1):
                await give_up(self._work, self.holder)


async def is_held(work: str) -> bool:
    """Whether somebody holds a work now."""
    return await collection(Lease).find_one({"_id": work, "until": {"$gt": utc_now()}}, {"_id": 1}) is not None


@asynccontextmanager
async def holding(work: str, holder: str, time: timedelta) -> AsyncIterator[None]:
    """Hold on to a work that was taken while the block runs, and leave it then."""
    going_on = asyncio.create_task(_go_on(work, holder, time), name=f"lease-{work}")
    try:
        yield
    finally:
        await end(going_on)
        await give_up(work, holder)


async def _go_on(work: str, holder: str, time: timedelta) -> None:
    while True:
        await asyncio.sleep(time.total_seconds() / 3)
        try:
            await hold(work, holder, time)
        except Exception as error:
            log.warning("the lease of %s could not be renewed; trying again", work, exc_info=unexpected(error))


async def give_up(work: str, holder: str) -> None:
    """Leave a work to whoever asks next."""
    await collection(Lease).delete_one({"_id": work, "holder": holder})
