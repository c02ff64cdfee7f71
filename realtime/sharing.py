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
    """Of one stream, in seconds of the event loop's clock: when the last turn ended, how long it took, when the stream
    was last left alone, and until when it is shared."""

    ended: float = 0.0
    took: float = 0.0
    alone: float = 0.0
    shared_until: float = 0.0


@dataclass(slots=True)
class Sharing:
    """The streams of one process."""

    _streams: dict[ObjectId, Turns] = field(default_factory=dict)

    def is_shared(self, stream_id: ObjectId) -> bool:
        """Whether somebody else was met there lately."""
        turns = self._streams.get(stream_id)
        return turns is not None and turns.shared_until > _now()

    def met(self, stream_id: ObjectId) -> None:
        """A transaction has failed as somebody else was there."""
        self._of(stream_id).shared_until = _now() + SHARED

    async def wait(self, stream_id: ObjectId) -> None:
        """Leave a stream alone for a moment after the last turn, where that is others' due."""
        if (turns := self._streams.get(stream_id)) is None:
            return
        now = _now()
        left = turns.ended + REST - now
        if left <= 0:
            turns.alone = now
        elif turns.shared_until > now or (turns.took > LONG and now - turns.alone > UNKNOWN):
            await asyncio.sleep(left)
            turns.alone = _now()

    async def try_later(self) -> None:
        """Wait until it is worth another try."""
        await asyncio.sleep(uniform(REST / 4, REST * 3 / 4))

    def had(self, stream_id: ObjectId, began: float) -> None:
        """A turn that began then has ended."""
        turns = self._of(stream_id)
        turns.ended = _now()
        turns.took = turns.ended - began

    def _of(self, stream_id: ObjectId) -> Turns:
        turns = self._streams.pop(stream_id, None) or Turns(alone=_now())
        self._streams[stream_id] = turns
        if len(self._streams) > KEPT:  # the one that is idle for longest
            del self._streams[next(iter(self._streams))]
        return turns


def _now() -> float:
    return asyncio.get_running_loop().time()
