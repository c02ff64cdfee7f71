"""Retention: the log is trimmed from its beginning, by age and by number, without a reader taking a hole for nothing.

A stream's `floor` says what the log does not hold any more. It is raised before anything is deleted, so a reader that
asks later is told; one that asked before finds events missing, whose numbers have no holes otherwise, and is told too.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId
from pymongo.errors import OperationFailure

from models import LoggedEvent, StreamHead
from models.base import Record, collection, utc_now
from models.records import LoggedEventRecord, StreamHeadRecord
from realtime.heads import WRITE_CONFLICT, size_of
from realtime.lease import give_up, hold
from realtime.loop import Loop, Rest

log = logging.getLogger("orrery.retention")

WORK = "log-retention"
BATCH = 500
MAX_PERIOD = timedelta(minutes=1)
"""What is due waits at most this long for its pass, and twice as long where the process that trims was killed."""
MIN_PERIOD = timedelta(seconds=1)
GRACE = timedelta(minutes=1)
"""No event younger than this is trimmed: a commit whose answer was lost looks for its own (see `realtime.writer`)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a stream keeps: events younger than `age`, and the last `events` at most."""

    age: timedelta = timedelta(days=30)
    events: int = 100_000
    grace: timedelta = GRACE


class Retention:
    """Trims what is due, again and again, in one process at a time. Trimming twice does no harm.

    A pass reads the heads of streams that are due and no others, however many there are.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._holder = secrets.token_hex(8)
        self._period = max(MIN_PERIOD, min(MAX_PERIOD, bounds.age / 10))
        self._held_at = 0.0
        rest = Rest(self._period.total_seconds())
        told = "the log could not be trimmed; trying again later"
        self._loop = Loop("log-retention", self._round, log=log, told=told, after_failure=rest)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        if await self._loop.stop():
            with contextlib.suppress(Exception):
                async with asyncio.timeout(1):
                    await give_up(WORK, self._holder)

    async def trim(self) -> int:
        """Trim every stream that is due; how many events were deleted."""
        return await self._trim_old() + await self._trim_long()

    async def _round(self) -> Rest:
        if await self._hold() and (deleted := await self.trim()):
            log.info("%d events were trimmed from the log", deleted)
        return Rest(self._period.total_seconds())

    async def _hold(self) -> bool:
        self._held_at = asyncio.get_running_loop().time()
        return await hold(WORK, self._holder, self._period * 2)

    async def _go_on(self) -> None:
        """Hold on to the work during a long pass."""
        if asyncio.get_running_loop().time() - self._held_at > self._period.total_seconds():
            await self._hold()

    async def _trim_old(self) -> int:
        """Streams whose oldest event has come of age, by the portion."""
        deleted = 0
        due = {"oldest_at": {"$lte": utc_now() - max(self._bounds.age, self._bounds.grace)}}
        while heads := await collection(StreamHead).find(due).limit(BATCH).to_list():
            trimmed = [await self._trim(head) for head in heads]
            deleted += sum(count for count in trimmed if count is not None)
            if None in trimmed:
                break  # somebody else is at it
        return deleted

    async def _trim_long(self) -> int:
        """Streams that hold too many events. All of those are long, so there are few of them."""
        deleted = 0
        long = {"size": {"$gte": size_of(self._bounds.events + 1)}}
        for head in await collection(StreamHead).find(long).to_list():
            if head["seq"] - head["floor"] > self._bounds.events:
                deleted += await self._trim(head) or 0
        return deleted

    async def _trim(self, head: StreamHeadRecord) -> int | None:
        """Trim one stream, in portions that leave the database time for others; None where somebody else does."""
        clock = asyncio.get_running_loop().time
        stream_id, floor = head["_id"], head["floor"]
        deleted = await _delete(stream_id, floor)  # left by a pass that was interrupted
        while events := await _oldest(stream_id, floor):
            last = self._last(events, head["seq"])
            if last is None:
                break
            await self._go_on()
            started = clock()
            if not await _update(_lower(head, last), {"floor": last}):
                return None
            deleted += await _delete(stream_id, last)
            floor = last
            await asyncio.sleep(clock() - started)
        await _remember(stream_id, events[0]["at"] if events else None, floor)
        return deleted

    def _last(self, events: list[LoggedEventRecord], head: int) -> int | None:
        """The last of some events, the oldest, that goes."""
        now, last = utc_now(), None
        for event in events:
            is_old = event["at"] <= now - self._bounds.age
            if not (is_old or event["seq"] <= head - self._bounds.events) or event["at"] > now - self._bounds.grace:
                break
            last = event["seq"]
        return last


async def remember_oldest(heads: Sequence[StreamHeadRecord]) -> None:
    """Let streams be found that were begun before there was an index for that; for `orrery migrate`."""
    for head in heads:
        events = await _oldest(head["_id"], head["floor"])
        await _remember(head["_id"], events[0]["at"] if events else None, head["floor"])


async def _oldest(stream_id: ObjectId, floor: int) -> list[LoggedEventRecord]:
    some = {"stream_id": stream_id, "seq": {"$gt": floor, "$lte": floor + BATCH}}
    return await collection(LoggedEvent).find(some, {"seq": 1, "at": 1}).sort("seq", 1).to_list()


async def _delete(stream_id: ObjectId, floor: int) -> int:
    result = await collection(LoggedEvent).delete_many({"stream_id": stream_id, "seq": {"$lte": floor}})
    return result.deleted_count


def _lower(head: StreamHeadRecord, floor: int) -> Record:
    return {"_id": head["_id"], "epoch": head["epoch"], "floor": {"$lt": floor}}


async def _remember(stream_id: ObjectId, oldest_at: datetime | None, floor: int) -> None:
    """Say what a stream still holds, at the floor that is known of it."""
    while (head := await collection(StreamHead).find_one({"_id": stream_id, "floor": floor})) is not None:
        if oldest_at is None and head["seq"] > floor:
            return  # an event has come since: the next pass finds it
        size = size_of(head["seq"] - floor)
        same = {"_id": stream_id, "floor": floor, "seq": head["seq"]}
        if await _update(same, {"oldest_at": oldest_at, "size": size}):
            return


async def _update(which: Record, values: Record) -> bool:
    """Change a head; False where it is not as expected any more."""
    while True:
        try:
            updated = await collection(StreamHead).update_one(which, {"$set": values})
        except OperationFailure as error:
            if error.code != WRITE_CONFLICT:
                raise
            await asyncio.sleep(0.005)
            continue
        return bool(updated.matched_count)
