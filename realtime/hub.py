"""The hub: from the log to every subscriber of this process, in order, without gap or duplicate.

It keeps one position per watched stream (`Tail`). A commit of this process, a hint of another, or the slow poll reads
what the log holds beyond it, once, and hands it to the stream's feeds: one for all subscribers that asked the same. A
subscription that starts notes the position, replays the log from its cursor up to there, and goes on with what was
handed to it meanwhile. `stats` counts for the metrics.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

import bson
import orjson
from bson import ObjectId

from realtime.bus import Bus
from realtime.cursor import Cursor
from realtime.feed import Question
from realtime.log import EventLog, Heads
from realtime.loop import Loop, Rest
from realtime.stats import Stats
from realtime.subscription import Subscription
from realtime.tail import Tail
from realtime.told import EphemeralEvent, ToldEvent

log = logging.getLogger("orrery.hub")

POLL_SECONDS = 2.0


class Hub:
    """One per process. `start` before the first subscription, `stop` at shutdown."""

    def __init__(self, event_log: EventLog, bus_url: str = "memory://", *, poll_seconds: float = POLL_SECONDS) -> None:
        self.log = event_log
        self._name = secrets.token_hex(4)
        self.stats = Stats()
        self._tails: dict[ObjectId, Tail] = {}
        self._listeners: list[Callable[[ObjectId], None]] = []
        self._listeners_elsewhere: list[Callable[[ObjectId], None]] = []
        self._poll_now = asyncio.Event()
        self.bus = Bus(bus_url, self._receive, on_connect=self._poll_now.set)
        self._rest = Rest(poll_seconds)
        told = "the log could not be polled; trying again"
        self._poller = Loop("hub-poll", self._poll, log=log, told=told, after_failure=self._rest, due=self._poll_now)
        event_log.on_commit(self._announce)

    async def start(self) -> None:
        await self.bus.start()
        self._poller.start()

    async def stop(self) -> None:
        await self._poller.stop()
        await self.bus.stop()
        for tail in list(self._tails.values()):
            tail.end()

    def on_change(self, listener: Callable[[ObjectId], None], *, elsewhere_only: bool = False) -> None:
        """Call `listener` with every stream that is changed here and, as a hint that may be lost, elsewhere; or with
        those elsewhere alone.

        It must not block.
        """
        (self._listeners_elsewhere if elsewhere_only else self._listeners).append(listener)

    async def attach(self, stream_id: ObjectId, question: Question, after: Cursor | None = None) -> Subscription:
        """A subscription that gets what `question` makes of a stream's events, shared with those who ask the same.

        `after` is where the client stands; None begins with what comes next. Open it, and close it when done.
        """
        tail = self._tails.get(stream_id)
        if tail is None or not tail.covers(after):
            # Only who comes first, or stands elsewhere than this process knows, is worth a query.
            bounds = await self.log.bounds(stream_id)
            tail = self._tails.get(stream_id)
            if tail is None:
                tail = self._tails[stream_id] = Tail(self.log, stream_id, bounds, self.stats, self._drop_if_idle)
            head, tail.floor = bounds
            if head.epoch == tail.epoch and head.seq > tail.position:
                tail.arriving += 1
                try:
                    await tail.advance(head)  # committed before we came, and not handed out yet
                except BaseException:
                    tail.arriving -= 1
                    tail.retry()  # others may wait for what was not handed out
                    self._drop_if_idle(tail)
                    raise
                tail.arriving -= 1
        # From here to the end nothing is awaited: the positions cannot move meanwhile.
        feed = tail.feed(question)
        return feed.join(after, tail.floor)

    async def subscribe(
        self, stream_id: ObjectId, accepts: Callable[[ToldEvent], bool], after: Cursor | None = None
    ) -> Subscription:
        """A subscription of its own to the events of a stream that `accepts` lets through, as their records."""
        return await self.attach(stream_id, Question(object(), accepts, lambda event: event), after)

    async def catch_up(self) -> None:
        """Hand every subscriber of this process all that has been committed, by whichever process."""
        tails = dict(self._tails)
        heads = await self.log.heads(tails) if tails else {}
        await asyncio.gather(*(tail.catch_up(heads.get(stream_id)) for stream_id, tail in tails.items()))

    def broadcast(self, stream_id: ObjectId, after: Cursor, ephemeral: EphemeralEvent) -> None:
        """Send the subscribers of a stream, in every process, something that the log does not hold.

        They get it after the events up to `after`. `ephemeral` has the keys `type`, `data`, and the routing ids.
        """
        if tail := self._tails.get(stream_id):
            tail.offer(ephemeral, after)
        self._tell(stream_id, after, ephemeral)

    def queued(self) -> tuple[int, int]:
        """How many events wait for slow readers: all together, and for the slowest."""
        waiting = [
            member.queued for tail in self._tails.values() for feed in tail.feeds.values() for member in feed.members
        ]
        return sum(waiting), max(waiting, default=0)

    def _announce(self, heads: Heads) -> None:
        for stream_id, head in heads.items():
            self._hear(stream_id)
            if tail := self._tails.get(stream_id):
                tail.hint(head)
            if not self.bus.hears_commits:
                self._tell(stream_id, head)

    def _hear(self, stream_id: ObjectId) -> None:
        for listener in self._listeners:
            listener(stream_id)

    def _tell(self, stream_id: ObjectId, head: Cursor, ephemeral: EphemeralEvent | None = None) -> None:
        message: dict[str, Any] = {"from": self._name, "stream": str(stream_id), "epoch": head.epoch, "seq": head.seq}
        if ephemeral is None:
            self.bus.hint(f"{stream_id}{head.epoch}", head.seq, orjson.dumps(message).decode())
            return
        message["event"] = bson.encode(ephemeral).hex()
        self.bus.publish(orjson.dumps(message).decode())

    def _receive(self, text: str) -> None:
        message: dict[str, Any] = orjson.loads(text)
        if message.get("from") == self._name:
            return
        stream_id = ObjectId(message["stream"])
        if "event" not in message:
            self._hear(stream_id)
            for listener in self._listeners_elsewhere:
                listener(stream_id)
        if (tail := self._tails.get(stream_id)) is None:
            return
        # A change stream cannot tell the epoch. Where it is another one, the poll finds out.
        head = Cursor(message.get("epoch", tail.epoch), message["seq"])
        if "event" in message:
            ephemeral: Any = bson.decode(bytes.fromhex(message["event"]))
            tail.offer(ephemeral, head)
        else:
            tail.hint(head)

    async def _poll(self) -> Rest:
        before = {stream_id: (tail, tail.position) for stream_id, tail in self._tails.items()}
        heads = await self.log.heads(before) if before else {}
        for stream_id, (tail, position) in before.items():
            head = heads.get(stream_id)
            if head is None or head.epoch != tail.epoch or head.seq < position:
                log.warning("stream %s was replaced; its subscribers have to begin again", stream_id)
                tail.end()
            else:
                tail.hint(head)
                tail.retry()
        return self._rest

    def _drop_if_idle(self, tail: Tail) -> None:
        if not tail.feeds and not tail.arriving and self._tails.get(tail.stream_id) is tail:
            del self._tails[tail.stream_id]
            tail.stop()
