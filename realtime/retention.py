"""Retention: the log is trimmed from its beginning, by age and by number, without a reader taking a hole for nothing.

A stream's `floor` says what the log does not hold any more. It is raised before anything is deleted, so a reader that
asks later is told; one that asked before finds events missing, whose numbers have no holes otherwise, and is told too.
"""

import asyncio
import contextlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId
from pymongo.errors import OperationFailure

from models import LoggedEvent, StreamHead
from models.base import Record, collection, utc_now
from realtime.background import end
from realtime.heads import WRITE_CONFLICT
from realtime.lease import give_up, hold

log = logging.getLogger("orrery.retention")

WORK = "log-retention"
BATCH = 500
MAX_PERIOD = timedelta(hours=1)
MIN_PERIOD = timedelta(seconds=1)
GRACE = timedelta(minutes=1)
"""No event younger than this is trimmed: a commit whose answer was lost looks for its own (see `realtime.writer`)."""
MAX_DUE = 100_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a stream keeps: events younger than `age`, and the last `events` at most."""

    age: timedelta = timedelta(days=30)
    events: int = 100_000
    grace: timedelta = GRACE


class Retention:
    """Trims every stream, again and again, in one process at a time. Trimming twice does no harm."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._holder = secrets.token_hex(8)
        self._period = max(MIN_PERIOD, min(MAX_PERIOD, bounds.age / 10))
        self._due: dict[ObjectId, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="log-retention")

    async def stop(self) -> None:
        if self._task is not None:
            await end(self._task)
            self._task = None
            with contextlib.suppress(Exception):
                async with asyncio.timeout(1):
                    await give_up(WORK, self._holder)

    async def trim(self) -> int:
        """Look at every stream once; how many events were deleted."""
        deleted = 0
        heads = collection(StreamHead)
        async for head in heads.find({}, batch_size=BATCH):
            due = self._due.get(head["_id"])
            is_long = head["seq"] - head["floor"] > self._bounds.events
            if head["seq"] == head["floor"] or (due is not None and utc_now() < due and not is_long):
                continue
            deleted += await self._trim(head)
        return deleted

    async def _run(self) -> None:
        while True:
            try:
                # A pass may take long: what it deletes meanwhile, nobody else needs to.
                if await hold(WORK, self._holder, self._period * 2) and (deleted := await self.trim()):
                    log.info("%d events were trimmed from the log", deleted)
            except Exception:
                log.warning("the log could not be trimmed; trying again later", exc_info=True)
            await asyncio.sleep(self._period.total_seconds())

    async def _trim(self, head: Record) -> int:
        """Trim one stream, in portions that leave the database time for others."""
        deleted = 0
        clock = asyncio.get_running_loop().time
        stream_id, floor = head["_id"], head["floor"]
        while events := await _oldest(stream_id, floor):
            last = self._last(events, head["seq"])
            if last is None:
                self._remember(stream_id, events[0]["at"])
                break
            started = clock()
            if not await _raise_floor(head, last):
                break  # somebody else is at it
            result = await collection(LoggedEvent).delete_many({"stream_id": stream_id, "seq": {"$lte": last}})
            deleted += result.deleted_count
            floor = last
            await asyncio.sleep(clock() - started)
        return deleted

    def _last(self, events: list[Record], head: int) -> int | None:
        """The last of some events, the oldest, that goes."""
        now, last = utc_now(), None
        for event in events:
            is_old = event["at"] <= now - self._bounds.age
            if not (is_old or event["seq"] <= head - self._bounds.events) or event["at"] > now - self._bounds.grace:
                break
            last = event["seq"]
        return last

    def _remember(self, stream_id: ObjectId, oldest: datetime) -> None:
        if len(self._due) >= MAX_DUE:
            self._due.clear()
        self._due[stream_id] = oldest + self._bounds.age


async def _oldest(stream_id: ObjectId, floor: int) -> list[Record]:
    events = collection(LoggedEvent)
    some = {"stream_id": stream_id, "seq": {"$gt": floor, "$lte": floor + BATCH}}
    return await events.find(some, {"seq": 1, "at": 1}).sort("seq", 1).to_list()


async def _raise_floor(head: Record, floor: int) -> bool:
    """Say that the log ends at `floor`; False where it says so already."""
    lower = {"_id": head["_id"], "epoch": head["epoch"], "floor": {"$lt": floor}}
    while True:
        try:
            raised = await collection(StreamHead).update_one(lower, {"$set": {"floor": floor}})
        except OperationFailure as error:
            if error.code != WRITE_CONFLICT:
                raise
            await asyncio.sleep(0.005)
            continue
        return bool(raised.matched_count)
