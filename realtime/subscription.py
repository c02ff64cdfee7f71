"""One subscriber's way through a stream: replay, StreamReady, live; bounded, and never silent about what it dropped."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from bson import ObjectId

from models.base import Record, utc_now
from realtime.cursor import Cursor
from realtime.log import EventLog

MAX_QUEUED = 1000
"""Events that wait for one slow reader, before it is told that it lags."""


class Subscription:
    """An async iterator of events (records of the log, each with its `cursor`) and of the two stream events.

    `replay` is (seq that the client has seen, seq up to which the log is read before going live).
    """

    def __init__(
        self,
        *,
        log: EventLog,
        stream_id: ObjectId,
        epoch: str,
        accepts: Callable[[Record], bool],
        replay: tuple[int, int],
        recovered: bool,
        on_close: Callable[["Subscription"], None],
    ) -> None:
        self._log = log
        self._stream_id = stream_id
        self._epoch = epoch
        self._accepts = accepts
        self._replay = replay
        self._recovered = recovered
        self._on_close = on_close
        self._queue: deque[Record] = deque()
        self._wake = asyncio.Event()
        self._closed = False
        self._dropped = 0
        self._seen = replay[0]

    def push(self, event: Record) -> None:
        """Hand over one event; called by the hub, in order."""
        if self._closed or not self._accepts(event):
            return
        if self._dropped or len(self._queue) >= MAX_QUEUED:
            self._dropped += 1
        else:
            self._queue.append(event)
        self._wake.set()

    def close(self) -> None:
        """End the iteration and let the hub forget it."""
        if not self._closed:
            self._closed = True
            self._wake.set()
            self._on_close(self)

    async def events(self) -> AsyncIterator[Record]:
        """Everything from here on. Ends when the hub stops."""
        try:
            start, target = self._replay
            while start < target and (events := await self._log.read(self._stream_id, start)):
                start = events[-1]["seq"]
                for event in events:
                    event["cursor"] = self._cursor(event["seq"])
                    if event["seq"] <= target and self._accepts(event):
                        yield event
            self._seen = target
            yield self._control("StreamReady", target, {"recovered": self._recovered})
            while not self._closed:
                while self._queue:
                    event = self._queue.popleft()
                    if event["seq"] is not None:
                        self._seen = event["seq"]
                    yield event
                if self._dropped:
                    dropped, self._dropped = self._dropped, 0
                    data = {"dropped": dropped, "resume_from": self._cursor(self._seen)}
                    yield self._control("StreamLagged", self._seen, data)
                    continue
                self._wake.clear()
                await self._wake.wait()
        finally:
            self.close()

    def _cursor(self, seq: int) -> str:
        return str(Cursor(self._epoch, seq))

    def _control(self, name: str, seq: int, data: Record) -> Record:
        return {"type": name, "seq": None, "cursor": self._cursor(seq), "at": utc_now(), "actor_id": None, "data": data}
