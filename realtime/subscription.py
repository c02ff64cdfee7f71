"""One subscriber's way through a stream: replay, StreamReady, live; bounded, and never silent about what it dropped."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from bson import ObjectId

from models.base import Record, utc_now
from realtime.cursor import Cursor
from realtime.log import EventLog

MAX_QUEUED = 1000
MAX_QUEUED_BYTES = 1_000_000
"""What waits for one slow reader, before it is told that it lags. One event always may."""


class Subscription:
    """Events (records of the log, each with its `cursor`) and the two stream events, for one reader.

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
        self._queue: deque[tuple[Record, int]] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._closed = False
        self._dropped = 0
        self._seen = replay[0]

    def push(self, event: Record, size: int) -> None:
        """Hand over one event of `size` bytes; called by the hub, in order."""
        if self._closed or not self._accepts(event):
            return
        full = len(self._queue) >= MAX_QUEUED or (self._queue and self._bytes + size > MAX_QUEUED_BYTES)
        if self._dropped or full:
            self._dropped += 1
        else:
            self._queue.append((event, size))
            self._bytes += size
        self._wake.set()

    def close(self) -> None:
        """End the iteration and let the hub forget it."""
        if not self._closed:
            self._closed = True
            self._wake.set()
            self._on_close(self)

    async def events(self, tick: float | None = None) -> AsyncIterator[Record | None]:
        """Everything from here on, and None after every `tick` seconds of waiting. Ends when the hub stops."""
        clock = asyncio.get_running_loop().time
        due = None if tick is None else clock() + tick
        try:
            async for event in self._replayed():
                yield event
            yield self._control("StreamReady", self._seen, {"recovered": self._recovered})
            while not self._closed:
                while self._queue and not self._closed:
                    event, size = self._queue.popleft()
                    self._bytes -= size
                    if event["seq"] is not None:
                        self._seen = event["seq"]
                    yield event
                if self._dropped:
                    dropped, self._dropped = self._dropped, 0
                    data = {"dropped": dropped, "resume_from": self._cursor(self._seen)}
                    yield self._control("StreamLagged", self._seen, data)
                    continue
                self._wake.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await self._wake.wait()
                if tick is not None and due is not None and clock() >= due:
                    yield None
                    due = clock() + tick
        finally:
            self.close()

    async def _replayed(self) -> AsyncIterator[Record]:
        start, target = self._replay
        while start < target and not self._closed:
            events = await self._log.read(self._stream_id, start)
            if not events or events[0]["seq"] != start + 1:
                self._recovered = False  # trimmed while it was read
                break
            for event in events:
                event["cursor"] = self._cursor(event["seq"])
                if event["seq"] <= target and self._accepts(event):
                    yield event
            start = events[-1]["seq"]
        self._seen = target

    def _cursor(self, seq: int) -> str:
        return str(Cursor(self._epoch, seq))

    def _control(self, name: str, seq: int, data: Record) -> Record:
        return {"type": name, "seq": None, "cursor": self._cursor(seq), "at": utc_now(), "actor_id": None, "data": data}
