"""A feed: all subscribers of a stream that asked the same. Each event is made into an item once for them."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Protocol

import bson

from models.base import utc_now
from realtime import subscription as limits
from realtime.cursor import Cursor
from realtime.events import Event
from realtime.stats import Stats
from realtime.subscription import Handed, Subscription, Trimmed
from realtime.told import PlacedEvent, ToldEvent

log = logging.getLogger("orrery.hub")

MAX_KEPT = 256
MAX_KEPT_BYTES = 1_000_000
"""Items that are kept for those who come back."""

Render = Callable[[ToldEvent], Any]
"""From an event to the item that subscribers get, at once or as an awaitable."""
Merge = Callable[[Sequence[Any]], Any]
"""From items in a row to one that a reader takes instead of them."""
Weigh = Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Question:
    """What subscribers ask of a stream; those with the same `key` share its answers.

    `weigh` is how many bytes an item takes while it waits or is kept; without it, those of its event count.
    """

    key: Hashable
    accepts: Callable[[ToldEvent], bool]
    render: Render
    merge: Merge | None = None
    weigh: Weigh | None = None


class Log(Protocol):
    """Where a feed reads the past, as a `Tail` is."""

    epoch: str
    position: int

    async def after(self, seq: int) -> Sequence[PlacedEvent]:
        """Some of the events after a seq, the next one first."""


class Feed:
    """Hands the events of a tail to its members. `position` is the seq up to which it has."""

    def __init__(self, tail: Log, question: Question, stats: Stats, empty: Callable[["Feed"], None]) -> None:
        self.question = question
        self.position = tail.position
        self.members: set[Subscription] = set()
        self._tail = tail
        self._stats = stats
        self._empty = empty
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._kept_sizes: dict[int, int] = {}
        self._kept_bytes = 0
        self._reached = tail.position
        self._ready: list[Handed] = []
        self._behind: deque[tuple[ToldEvent, int]] = deque()
        self._behind_bytes = 0
        self._left_out = 0
        self._task: asyncio.Task[None] | None = None

    def join(self, after: Cursor | None, floor: int) -> Subscription:
        """A new member, which begins after a cursor; None is now."""
        # Those who ask something else may be further: what takes longer to be made is still on its way here.
        recovered = after is None or (after.epoch == self._tail.epoch and floor <= after.seq <= self._tail.position)
        start = after.seq if after is not None and recovered else self.position
        member = Subscription(self, replay=(start, self.position), recovered=recovered)
        self.members.add(member)
        self._stats.subscribers += 1
        return member

    def push(self, event: ToldEvent, size: int) -> None:
        """Take the next event of the tail, or one that the log does not hold; members get it with `settle`."""
        if self._task is None:
            try:
                item = self._item(event)
            except Exception as error:
                self._fail(error)
                return
            if isawaitable(item):
                self.settle()
                self._task = asyncio.create_task(self._catch_up(event, size, item), name="feed")
            else:
                self._take(event, item, size)
            return
        # Others are still on their way: this one has to wait for its turn.
        full = len(self._behind) >= limits.MAX_QUEUED or self._behind_bytes + size > limits.MAX_QUEUED_BYTES
        if self._left_out or (full and self._behind):
            self._left_out += self.question.accepts(event)
        else:
            self._behind.append((event, size))
            self._behind_bytes += size

    def settle(self) -> None:
        """Hand out what was pushed."""
        self.position = self._reached
        ready, self._ready = self._ready, []
        if not ready:
            return
        merged = None
        if len(ready) > 1 and self.question.merge is not None:
            merged = self.question.merge([item for _, item, _ in ready])
        for member in tuple(self.members):
            member.push(ready, merged)
        for event, _, _ in ready:
            self._stats.handed_out(event, len(self.members))

    async def made(self) -> None:
        """Wait until all that was pushed is made, and handed out."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def skip(self, count: int) -> None:
        """Tell every member that so many events are gone before they could be handed out."""
        if self._task is not None:
            self._left_out += count
            return
        self.position = self._reached = self._tail.position
        for member in list(self.members):
            member.drop(count)

    def end(self, error: Exception | None = None) -> None:
        """End every member."""
        for member in list(self.members):
            member.end(error)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def missed(self, after: int, until: int) -> AsyncIterator[tuple[int, Any]]:
        """What a member missed; see `realtime.subscription.Source`."""
        while after < until:
            events = await self._tail.after(after)
            if not events:
                raise Trimmed
            for event in events:
                if event["seq"] != after + 1:  # also in the midst, while they are being deleted
                    raise Trimmed
                if event["seq"] > until:
                    return
                item = self._item(event)
                if isawaitable(item):
                    item = await item
                if item is not None:
                    self._keep(event["seq"], item, self._weight(item, event))
                    yield event["seq"], item
                after = event["seq"]

    async def control(self, event: Event, seq: int) -> Any:
        """An item that tells a member of its stream."""
        cursor = self.cursor(seq)
        item = self.question.render(
            {"type": event.type, "seq": None, "cursor": cursor, "at": utc_now(), "actor_id": None, "data": event.data()}
        )
        return await item if isawaitable(item) else item

    def cursor(self, seq: int) -> str:
        """The cursor of a place in the stream."""
        return str(Cursor(self._tail.epoch, seq))

    def leave(self, subscription: Subscription) -> None:
        """A member has closed."""
        if subscription in self.members:
            self.members.discard(subscription)
            self._stats.subscribers -= 1
            if not self.members:
                self._empty(self)

    def count_dropped(self, count: int) -> None:
        self._stats.dropped += count

    def _item(self, event: ToldEvent) -> Any:
        """What members get of an event, kept or made now; None for nothing."""
        seq = event["seq"]
        if seq is not None and (kept := self._kept.get(seq)) is not None:
            return kept
        return self.question.render(event) if self.question.accepts(event) else None

    async def _catch_up(self, event: ToldEvent, size: int, item: Awaitable[Any]) -> None:
        """Hand out an item that is not ready yet, and all that came after it meanwhile."""
        try:
            self._hand_out(event, await item, size)
            while self._behind:
                event, size = self._behind.popleft()
                self._behind_bytes -= size
                made = self._item(event)
                self._hand_out(event, await made if isawaitable(made) else made, size)
        except Exception as error:
            self._task = None
            self._fail(error)
            return
        self._task = None
        if self._left_out:
            left_out, self._left_out = self._left_out, 0
            self.position = self._reached = max(self.position, self._tail.position)
            for member in list(self.members):
                member.drop(left_out)

    def _fail(self, error: Exception) -> None:
        log.error("an event could not be made into what its subscribers asked for", exc_info=error)
        self.end(error)

    def _take(self, event: ToldEvent, item: Any, size: int) -> None:
        seq = event["seq"]
        if seq is not None:
            self._reached = seq
        if item is None:
            return
        if self.question.weigh is not None:
            size = self.question.weigh(item)
        if seq is not None:
            self._keep(seq, item, size)
        self._ready.append((event, item, size))

    def _hand_out(self, event: ToldEvent, item: Any, size: int) -> None:
        self._take(event, item, size)
        self.settle()

    def _weight(self, item: Any, event: ToldEvent) -> int:
        return len(bson.encode(event)) if self.question.weigh is None else self.question.weigh(item)

    def _keep(self, seq: int, item: Any, size: int) -> None:
        if seq in self._kept:
            return
        self._kept[seq] = item
        self._kept_sizes[seq] = size
        self._kept_bytes += size
        while len(self._kept) > MAX_KEPT or self._kept_bytes > MAX_KEPT_BYTES:
            oldest, _ = self._kept.popitem(last=False)
            self._kept_bytes -= self._kept_sizes.pop(oldest)
