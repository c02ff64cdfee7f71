"""The live end of one stream in one process: reads what is new in the log once, for all who listen."""

import asyncio
import logging
from collections import deque

import bson
from bson import ObjectId

from models.base import Record, utc_now
from realtime.cursor import Cursor
from realtime.log import EventLog
from realtime.subscription import Subscription

log = logging.getLogger("orrery.hub")

MAX_EPHEMERAL = 1000
"""Ephemeral events that wait for the log to be read; beyond it the oldest are dropped."""


class Tail:
    """A watched stream: `position` is the seq up to which its subscriptions were handed the events.

    `arriving` counts those that are about to subscribe.
    """

    def __init__(self, event_log: EventLog, stream_id: ObjectId, head: Cursor) -> None:
        self.epoch = head.epoch
        self.position = head.seq
        self.subscriptions: set[Subscription] = set()
        self.arriving = 0
        self._log = event_log
        self._stream_id = stream_id
        self._known = head.seq
        self._ephemeral: deque[tuple[int, Record]] = deque(maxlen=MAX_EPHEMERAL)
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task = asyncio.create_task(self._run(), name="hub-tail")

    def stop(self) -> None:
        """End the reading."""
        self._task.cancel()

    def hint(self, head: Cursor) -> None:
        """The stream has got as far as `head`."""
        if head.epoch == self.epoch and head.seq > self._known:
            self._known = head.seq
            self._wake.set()

    def offer(self, ephemeral: Record, after: Cursor) -> None:
        """Hand out something that the log does not hold, once the events up to `after` were."""
        if after.epoch == self.epoch:
            self._ephemeral.append((after.seq, ephemeral))
            self._known = max(self._known, after.seq)
            self._wake.set()

    async def advance(self, head: Cursor | None = None) -> None:
        """Hand out what the log holds beyond the position, up to `head` at least."""
        if head is not None:
            self._known = max(self._known, head.seq)
        async with self._lock:
            while self.position < self._known and (events := await self._log.read(self._stream_id, self.position)):
                # Nothing is awaited in here: who subscribes sees a position that all before it have reached.
                for event in events:
                    self._flush()
                    event["cursor"] = str(Cursor(self.epoch, event["seq"]))
                    self._push(event)
                    self.position = event["seq"]
            self._flush()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.advance()
            except Exception:
                log.warning("the log could not be read; the poll will try again", exc_info=True)

    def retry(self) -> None:
        """Read again where an earlier reading failed."""
        if self._known > self.position or self._ephemeral:
            self._wake.set()

    def _flush(self) -> None:
        while self._ephemeral and self._ephemeral[0][0] <= self.position:
            _, event = self._ephemeral.popleft()
            self._push({**event, "cursor": str(Cursor(self.epoch, self.position)), "at": utc_now(), "seq": None})

    def _push(self, event: Record) -> None:
        size = len(bson.encode(event))
        for subscription in self.subscriptions:
            subscription.push(event, size)
