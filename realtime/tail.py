"""The live end of one stream in one process: reads what is new in the log once, for all who listen."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Hashable, Sequence

import bson
from bson import ObjectId
from pymongo.errors import PyMongoError

from models.base import utc_now
from models.reach import is_unreachable, unexpected
from models.records import LoggedEventRecord
from realtime.cursor import Cursor
from realtime.feed import Feed, Question
from realtime.log import EventLog
from realtime.stats import Stats
from realtime.told import EphemeralEvent, PlacedEvent, ToldEvent

log = logging.getLogger("orrery.hub")

MAX_EPHEMERAL = 1000
"""Ephemeral events that wait for the log to be read; beyond it the oldest are dropped."""
MAX_RECENT = 1000
MAX_RECENT_BYTES = 1_000_000
"""The events of a stream that stay in memory for those who come back."""
BREATH = 200
"""Deliveries after which the event loop gets a turn."""
MAX_TOGETHER = 16
MAX_TOGETHER_BYTES = 16_384
"""Events that were read at once and are handed out at once: each socket is written to once for all of them."""
AWAY_SECONDS = 0.5
"""Until a database that could not be reached is asked again."""


class Tail:
    """A watched stream: `position` is the seq up to which its feeds were handed the events.

    `floor` is the last seq that the log did not hold any more when that was last asked. `arriving` counts those that
    are about to subscribe; `on_idle` is told when a feed has gone.
    """

    def __init__(
        self,
        event_log: EventLog,
        stream_id: ObjectId,
        bounds: tuple[Cursor, int],
        stats: Stats,
        on_idle: Callable[["Tail"], None],
    ) -> None:
        head, self.floor = bounds
        self.epoch = head.epoch
        self.position = head.seq
        self.feeds: dict[Hashable, Feed] = {}
        self.arriving = 0
        self._log = event_log
        self.stream_id = stream_id
        self._stats = stats
        self._on_idle = on_idle
        self._known = head.seq
        self._recent: deque[tuple[PlacedEvent, int]] = deque()
        self._recent_bytes = 0
        self._together = 0
        self._together_bytes = 0
        self._ephemeral: deque[tuple[int, EphemeralEvent]] = deque(maxlen=MAX_EPHEMERAL)
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name="hub-tail")

    def stop(self) -> None:
        """End the reading."""
        self._stopping = True  # for a reading that answers the cancellation with a result
        self._task.cancel()

    def feed(self, question: Question) -> Feed:
        """The feed of those who ask this, made where there is none yet."""
        found = self.feeds.get(question.key)
        if found is None:
            found = self.feeds[question.key] = Feed(self, question, self._stats, self._drop)
        return found

    def covers(self, after: Cursor | None) -> bool:
        """Whether what is known here is enough to let somebody begin after a cursor."""
        return after is None or (after.epoch == self.epoch and self.floor <= after.seq <= self.position)

    def hint(self, head: Cursor) -> None:
        """The stream has got as far as `head`."""
        if head.epoch == self.epoch and head.seq > self._known:
            self._known = head.seq
            self._wake.set()

    def offer(self, ephemeral: EphemeralEvent, after: Cursor) -> None:
        """Hand out something that the log does not hold, once the events up to `after` were."""
        if after.epoch == self.epoch:
            self._ephemeral.append((after.seq, ephemeral))
            self._known = max(self._known, after.seq)
            self._wake.set()

    async def after(self, seq: int) -> list[PlacedEvent]:
        """Some of the events after a seq, the next one first: from memory where it reaches back so far.

        Waits for a database that cannot be reached. Whoever does not want to wait as long is closed.
        """
        while True:
            first = self._recent[0][0]["seq"] if self._recent else self.position + 1
            if seq + 1 >= first:
                return [event for event, _ in self._recent if event["seq"] > seq]
            try:
                return self._dated(await self._log.read(self.stream_id, seq))
            except PyMongoError as error:
                if not is_unreachable(error):
                    raise
            await asyncio.sleep(AWAY_SECONDS)

    async def advance(self, head: Cursor | None = None) -> None:
        """Hand out what the log holds beyond the position, up to `head` at least."""
        if head is not None:
            self._known = max(self._known, head.seq)
        async with self._lock:
            while self.position < self._known:
                events = await self._log.read(self.stream_id, self.position)
                if not _follow(events, self.position):
                    if not await self._skip():
                        break  # not readable yet; the poll will try again
                    continue
                await self._hand_out(self._dated(events))
            await self._hand_out([])

    async def catch_up(self, head: Cursor | None) -> None:
        """The same, and wait for what takes its time to be made."""
        await self.advance(head if head is not None and head.epoch == self.epoch else None)
        await asyncio.gather(*(feed.made() for feed in tuple(self.feeds.values())))

    async def _hand_out(self, events: Sequence[PlacedEvent]) -> None:
        """Push events, and the ephemeral ones that are due, to the feeds; some at a time."""
        rest_at = self._stats.deliveries + BREATH
        for event in (*events, None):
            self._flush()
            if event is not None:
                size = len(bson.encode(event))
                self._remember(event, size)
                # Nothing is awaited before it is settled: who subscribes sees a position that all before it reached.
                self.position = event["seq"]
                self._push(event, size)
            if event is None or self._together >= MAX_TOGETHER or self._together_bytes >= MAX_TOGETHER_BYTES:
                self._settle()
                if self._stats.deliveries >= rest_at:
                    await asyncio.sleep(0)
                    rest_at = self._stats.deliveries + BREATH

    async def _skip(self) -> bool:
        """Go on behind what the log does not hold any more, and tell the subscribers; False where it holds all."""
        head, floor = await self._log.bounds(self.stream_id)
        if head.epoch != self.epoch or floor <= self.position:
            return False
        self.floor = floor
        gone, self.position = floor - self.position, floor
        self._recent.clear()
        self._recent_bytes = 0
        log.warning("stream %s was trimmed faster than it was read: %d events were left out", self.stream_id, gone)
        for feed in tuple(self.feeds.values()):
            feed.skip(gone)
        return True

    async def _run(self) -> None:
        while not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.advance()
            except Exception as error:
                log.warning("the log could not be read; the poll will try again", exc_info=unexpected(error))

    def retry(self) -> None:
        """Read again where an earlier reading failed."""
        if self._known > self.position or self._ephemeral:
            self._wake.set()

    def end(self, error: Exception | None = None) -> None:
        """End every subscription."""
        for feed in list(self.feeds.values()):
            feed.end(error)

    def _flush(self) -> None:
        while self._ephemeral and self._ephemeral[0][0] <= self.position:
            _, ephemeral = self._ephemeral.popleft()
            cursor = str(Cursor(self.epoch, self.position))
            event: ToldEvent = {**ephemeral, "cursor": cursor, "at": utc_now(), "seq": None}
            self._push(event, len(bson.encode(event)))
            if self._together >= MAX_TOGETHER or self._together_bytes >= MAX_TOGETHER_BYTES:
                self._settle()

    def _push(self, event: ToldEvent, size: int) -> None:
        self._together += 1
        self._together_bytes += size
        for feed in tuple(self.feeds.values()):
            feed.push(event, size)

    def _settle(self) -> None:
        self._together = self._together_bytes = 0
        for feed in tuple(self.feeds.values()):
            feed.settle()

    def _dated(self, events: Sequence[LoggedEventRecord]) -> list[PlacedEvent]:
        return [{**event, "cursor": str(Cursor(self.epoch, event["seq"]))} for event in events]

    def _remember(self, event: PlacedEvent, size: int) -> None:
        self._recent.append((event, size))
        self._recent_bytes += size
        while len(self._recent) > MAX_RECENT or self._recent_bytes > MAX_RECENT_BYTES:
            self._recent_bytes -= self._recent.popleft()[1]

    def _drop(self, feed: Feed) -> None:
        if self.feeds.get(feed.question.key) is feed:
            del self.feeds[feed.question.key]
        feed.stop()
        self._on_idle(self)


def _follow(events: Sequence[LoggedEventRecord], seq: int) -> bool:
    """Whether events are the next ones after a seq, without a hole."""
    return bool(events) and all(event["seq"] == seq + place for place, event in enumerate(events, 1))
