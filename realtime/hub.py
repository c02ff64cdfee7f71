"""The hub: from the log to every subscriber of this process, in order, without gap or duplicate.

It keeps one position per watched stream. A wake-up (or the slow poll) reads what the log holds beyond it, once, and
hands it to the stream's subscriptions. A subscription that starts notes the position, replays the log from its cursor
up to there, and goes on with what was handed to it meanwhile.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from bson import ObjectId

from models.base import Record, utc_now
from realtime.bus import Bus
from realtime.cursor import Cursor
from realtime.log import EventLog
from realtime.subscription import Subscription

log = logging.getLogger("orrery.hub")

POLL_SECONDS = 2.0


@dataclass(slots=True)
class Tail:
    """A watched stream: where the hub stands in it, and who listens."""

    epoch: str
    position: int
    subscriptions: set[Subscription] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hub:
    """One per process. `start` before the first subscription, `stop` at shutdown."""

    def __init__(self, event_log: EventLog, bus_url: str = "memory://") -> None:
        self.log = event_log
        self._tails: dict[ObjectId, Tail] = {}
        self._bus = Bus(bus_url, self._receive)
        self._poller: asyncio.Task[None] | None = None
        event_log.on_commit(self._announce)

    async def start(self) -> None:
        await self._bus.start()
        self._poller = asyncio.create_task(self._poll(), name="hub-poll")

    async def stop(self) -> None:
        if self._poller is not None:
            self._poller.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poller
        await self._bus.stop()
        for tail in list(self._tails.values()):
            for subscription in list(tail.subscriptions):
                subscription.close()

    async def subscribe(
        self, stream_id: ObjectId, accepts: Callable[[Record], bool], after: Cursor | None = None
    ) -> Subscription:
        """A subscription to the events of a stream that `accepts` lets through. Close it when done.

        `after` is where the client stands; None begins with what comes next.
        """
        head, floor = await self.log.bounds(stream_id)
        tail = self._tails.setdefault(stream_id, Tail(head.epoch, head.seq))
        if head.seq > tail.position:  # committed before we came, and not handed out yet
            await self._advance(stream_id)
        # From here to the registration nothing is awaited: the position cannot move between the two.
        tail = self._tails.setdefault(stream_id, tail)
        recovered = after is None or (after.epoch == tail.epoch and floor <= after.seq <= tail.position)
        subscription = Subscription(
            log=self.log,
            stream_id=stream_id,
            epoch=tail.epoch,
            accepts=accepts,
            replay=(after.seq if after is not None and recovered else tail.position, tail.position),
            recovered=recovered,
            on_close=lambda closed: self._drop(stream_id, closed),
        )
        tail.subscriptions.add(subscription)
        return subscription

    async def broadcast(self, stream_id: ObjectId, ephemeral: Record) -> None:
        """Send something to the subscribers of a stream, in every process, that the log does not hold."""
        await self._bus.publish(orjson.dumps({"stream": str(stream_id), "event": ephemeral}, default=str).decode())

    async def _announce(self, heads: dict[ObjectId, Cursor]) -> None:
        for stream_id in heads:
            await self._bus.publish(orjson.dumps({"stream": str(stream_id)}).decode())

    async def _receive(self, message: str) -> None:
        hint: dict[str, Any] = orjson.loads(message)
        stream_id = ObjectId(hint["stream"])
        tail = self._tails.get(stream_id)
        if tail is None:
            return
        try:
            await self._advance(stream_id)
        except Exception:
            log.warning("the log could not be read; the poll will try again", exc_info=True)
        if ephemeral := hint.get("event"):
            ephemeral |= {"cursor": str(Cursor(tail.epoch, tail.position)), "at": utc_now(), "seq": None}
            ephemeral["mission_id"] = ObjectId(ephemeral["mission_id"])
            for subscription in tail.subscriptions:
                subscription.push(ephemeral)

    async def _advance(self, stream_id: ObjectId) -> None:
        tail = self._tails.get(stream_id)
        if tail is None:
            return
        async with tail.lock:
            while events := await self.log.read(stream_id, tail.position):
                for event in events:
                    event["cursor"] = str(Cursor(tail.epoch, event["seq"]))
                    for subscription in tail.subscriptions:
                        subscription.push(event)
                    tail.position = event["seq"]

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                heads = await self.log.heads(list(self._tails))
                for stream_id, seq in heads.items():
                    tail = self._tails.get(stream_id)
                    if tail is not None and seq > tail.position:
                        await self._advance(stream_id)
            except Exception:
                log.warning("the log could not be polled; trying again", exc_info=True)

    def _drop(self, stream_id: ObjectId, subscription: Subscription) -> None:
        tail = self._tails.get(stream_id)
        if tail is not None:
            tail.subscriptions.discard(subscription)
            if not tail.subscriptions:
                del self._tails[stream_id]
