"""Turns of several processes at a stream that all of them write to.

Of two transactions that meet, one fails: a long one always, where others advance the head that it writes last, and the
others always, where they meet it at a document that it has written before. So whoever has met somebody writes the head
first from then on, which fails at once and costs nothing, until it is their turn; and whoever has had a turn leaves the
stream alone for a moment, in which those who try come by.
"""

import asyncio
from dataclasses import dataclass, field
from random import uniform

from bson import ObjectId

REST = 0.04
"""Seconds that a stream is left alone after a turn, which is longer than between two tries of others."""
SHARED = 5.0
"""Seconds after which somebody who was met is taken to have gone."""
LONG = 0.1
"""Seconds of a turn that may keep others away who have met nobody yet."""
UNKNOWN = 1.0
"""Seconds after which they have a chance, however long the queue is here."""
KEPT = 1_000
"""Streams that are remembered."""


@dataclass(slots=True)
class Turns:
    """Of one stream, in seconds of the event loop's clock: when the last turn ended, since when the stream was not left
    alone, until when it is shared, and when the next turn may begin."""

    ended: float = 0.0
    busy_since: float = 0.0
    shared_until: float = 0.0
    next: float = 0.0


@dataclass(slots=True)
class Sharing:
    """The streams of one process."""

    _streams: dict[ObjectId, Turns] = field(default_factory=dict)

    def is_shared(self, stream_id: ObjectId) -> bool:
        """Whether somebody else was met there lately."""
        turns = self._streams.get(stream_id)
        return turns is not None and turns.shared_until > _now()

    def met(self, stream_id: ObjectId) -> None:
        """A transaction has failed as somebody else was there: another try is worth it in a moment."""
        turns, now = self._of(stream_id), _now()
        turns.shared_until = now + SHARED
        turns.next = now + uniform(REST / 4, REST * 3 / 4)

    async def wait(self, stream_id: ObjectId) -> None:
        """Wait until the next turn may begin."""
        turns = self._streams.get(stream_id)
        if turns is not None and (left := turns.next - _now()) > 0:
            await asyncio.sleep(left)

    def had(self, stream_id: ObjectId, began: float) -> None:
        """A turn that began then has ended."""
        turns, now = self._of(stream_id), _now()
        if began - turns.ended >= REST:
            turns.busy_since = began
        if turns.shared_until > now or (now - began > LONG and now - turns.busy_since > UNKNOWN):
            turns.next = now + REST
        turns.ended = now

    def _of(self, stream_id: ObjectId) -> Turns:
        turns = self._streams.pop(stream_id, None) or Turns()
        self._streams[stream_id] = turns
        if len(self._streams) > KEPT:  # the one that is idle for longest
            del self._streams[next(iter(self._streams))]
        return turns


def _now() -> float:
    return asyncio.get_running_loop().time()
