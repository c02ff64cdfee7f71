"""One reader's way through a stream: replay, StreamReady, live; bounded, and never silent about what it dropped."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Protocol

from realtime.events import Event
from realtime.events.stream import StreamLagged, StreamReady
from realtime.told import ToldEvent

MAX_QUEUED = 1000
MAX_QUEUED_BYTES = 1_000_000
"""What waits for one slow reader, before it is told that it lags. One item always may."""

Write = Callable[[Any], bool]
"""Takes one item; False where the reader is slow and no more may come before `resume`."""
Handed = tuple[ToldEvent, Any, int]
"""An event, the item that it was made into, and its size in bytes."""
End = Callable[[Exception | None], None]
"""Is told once that nothing follows, and why, unless the reader itself has closed."""


class Source(Protocol):
    """What a subscription is fed from, as `Feed` is."""

    def missed(self, after: int, until: int) -> AsyncIterator[tuple[int, Any]]:
        """The items after a seq up to another, with their seqs. Raises `Trimmed` where the log has a hole there."""

    async def control(self, event: Event, seq: int) -> Any:
        """An item that tells of the stream itself."""

    def cursor(self, seq: int) -> str: ...

    def leave(self, subscription: "Subscription") -> None: ...

    def count_dropped(self, count: int) -> None: ...


class Trimmed(Exception):  # noqa: N818
    """The log does not hold any more what comes next."""


class Subscription:
    """What one reader gets: whatever its source makes of events, and of the two that tell of the stream itself.

    `replay` is (seq that the client has seen, seq up to which the source had handed out when this one joined it). A
    client that has seen more than that is not given it again.
    Nothing is written before `open`; from then on items go to `write` as they come, without a task or a wait.
    """

    __slots__ = (
        "_ahead",
        "_bytes",
        "_closed",
        "_dropped",
        "_end",
        "_live",
        "_queue",
        "_recovered",
        "_replay",
        "_seen",
        "_slow",
        "_source",
        "_task",
        "_waiting",
        "_write",
    )

    def __init__(self, source: Source, *, replay: tuple[int, int], recovered: bool) -> None:
        self._source = source
        self._replay = replay
        self._ahead = replay[0] > replay[1]
        self._recovered = recovered
        self._queue: deque[tuple[int | None, Any, int]] = deque()
        self._bytes = 0
        self._dropped = 0
        self._seen = replay[0]
        self._live = False
        self._slow = False
        self._closed = False
        self._write: Write | None = None
        self._end: End | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def queued(self) -> int:
        """How many items wait for the reader."""
        return len(self._queue)

    def open(self, write: Write, end: End) -> None:
        """Begin to write: first what was missed, then StreamReady, then what comes."""
        self._write = write
        self._end = end
        if self._closed:
            end(None)
        else:
            self._run(self._begin())

    def push(self, handed: Sequence[Handed], merged: Any = None) -> None:
        """Hand over the next items, and where there is one what a reader that keeps up can take instead of them."""
        if self._ahead:
            handed, merged = self._unseen(handed), None
        if self._live and merged is not None:
            seqs = [event["seq"] for event, _, _ in handed if event["seq"] is not None]
            self._pass(seqs[-1] if seqs else None, merged)
            return
        for event, item, size in handed:
            self._push(event["seq"], item, size)

    def drop(self, count: int) -> None:
        """Note that items were left out after all that was pushed so far."""
        self._dropped += count
        self._source.count_dropped(count)
        if self._live:
            self._live = False
            self._drain()

    def resume(self) -> None:
        """The reader has caught up with what was written."""
        self._slow = False
        self._notify()
        self._drain()

    async def flush(self) -> None:
        """Wait until the reader was given all that came so far."""
        while self._write is not None and not self._live and not self._closed:
            await self._changed()

    def close(self) -> None:
        """Stop; what is queued is forgotten. The reader hears nothing more."""
        if self._closed:
            return
        self._closed = True
        self._live = False
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._source.leave(self)
        self._notify()

    def end(self, error: Exception | None = None) -> None:
        """Stop, and tell the reader that nothing follows, and why."""
        if not self._closed:
            self.close()
            if self._end is not None:
                self._end(error)

    async def events(self, tick: float | None = None) -> AsyncIterator[Any]:
        """Everything from here on, one item at a time, and None after every `tick` seconds. Ends with the stream."""
        clock = asyncio.get_running_loop().time
        due = None if tick is None else clock() + tick
        taken: list[Any] = []
        failures: list[Exception] = []

        def write(item: Any) -> bool:
            taken.append(item)
            self._notify()
            return False

        self.open(write, lambda error: failures.append(error) if error is not None else None)
        try:
            while not self._closed:
                if taken:
                    yield taken.pop()
                    self.resume()
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await self._changed()
                if tick is not None and due is not None and clock() >= due:
                    yield None
                    due = clock() + tick
            for failure in failures:
                raise failure
        finally:
            self.close()

    def _unseen(self, handed: Sequence[Handed]) -> Sequence[Handed]:
        seen = self._replay[0]
        new = [item for item in handed if item[0]["seq"] is None or item[0]["seq"] > seen]
        self._ahead = handed[-1][0]["seq"] is None or handed[-1][0]["seq"] < seen
        return new

    def _push(self, seq: int | None, item: Any, size: int) -> None:
        if self._live:
            self._pass(seq, item)
            return
        full = len(self._queue) >= MAX_QUEUED or (self._queue and self._bytes + size > MAX_QUEUED_BYTES)
        if self._dropped or full:
            self.drop(1)
        else:
            self._queue.append((seq, item, size))
            self._bytes += size

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._live = False
        self._task = asyncio.create_task(self._finish(work), name="subscription")
        # A reader that closes at once cancels it before it has begun.
        self._task.add_done_callback(lambda _: work.close())

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self._task = None
            self.end(error)
            return
        self._task = None
        self._drain()

    async def _begin(self) -> None:
        seen, until = self._replay
        try:
            async for seq, item in self._source.missed(seen, until):
                await self._writable()
                self._pass(seq, item)
        except Trimmed:
            self._recovered = False
        self._seen = max(seen, until)
        await self._tell(StreamReady(recovered=self._recovered))

    async def _tell(self, event: Event) -> None:
        item = await self._source.control(event, self._seen)
        if item is not None:  # not every reader is told of its stream
            await self._writable()
            self._pass(None, item)

    def _pass(self, seq: int | None, item: Any) -> None:
        if self._closed:
            return  # a cancellation may be lost on its way through the database's driver
        if seq is not None:
            self._seen = seq
        if self._write is not None and not self._write(item):
            self._slow = True
            self._live = False

    def _drain(self) -> None:
        """Write what is queued, as far as the reader takes it, and go live once nothing is."""
        if self._task is not None or self._write is None:
            return
        while self._queue and not self._slow:
            seq, item, size = self._queue.popleft()
            self._bytes -= size
            self._pass(seq, item)
        if self._slow or self._closed:
            return
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            self._run(self._tell(StreamLagged(dropped=dropped, resume_from=self._source.cursor(self._seen))))
            return
        self._live = True
        self._notify()

    async def _writable(self) -> None:
        while self._slow and not self._closed:
            await self._changed()

    async def _changed(self) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _notify(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
