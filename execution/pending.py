"""Awaiting what columns wait for: everything at once, each column going on as soon as its own values are there."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from functools import partial
from types import CoroutineType
from typing import Any, Protocol, cast

from execution.nulls import NULLED

PATIENCE = 0.05
"""Seconds for which a column whose errors may end other work waits for its last values, before it goes on with those
that are there: to go on with all of them at once is cheaper."""

Deliver = Callable[[Sequence[int], list[Any]], None]

_AWAITED = object()


class Pending:
    """Awaitables of one column, and what to do with their results.

    `deliver(places, results)` takes the results (or exceptions) at these of the awaitables: of all of them at once, or,
    if `divisible`, in several calls. `dead()` says which of them nobody asks for any more.
    """

    __slots__ = ("_taken", "awaitables", "dead", "deliver", "divisible", "left", "results")

    def __init__(
        self,
        awaitables: Sequence[Awaitable[Any]],
        deliver: Deliver,
        dead: Callable[[], Collection[int]],
        divisible: bool,
    ) -> None:
        self.awaitables = awaitables
        self.deliver = deliver
        self.dead = dead
        self.divisible = divisible and len(awaitables) > 1
        self.results: list[Any] = [_AWAITED] * len(awaitables)
        self.left = len(awaitables)
        self._taken: set[int] = set()

    def put(self, place: int, result: Any) -> bool:
        """Take one result; False if it came too late to matter."""
        if self.results[place] is not _AWAITED:
            return False
        self.results[place] = result
        self.left -= 1
        return True

    def go_on(self) -> None:
        """Deliver what is there and was not delivered yet."""
        if not self.left and not self._taken:
            self.deliver(range(len(self.results)), self.results)
            return
        places = [
            place for place, result in enumerate(self.results) if result is not _AWAITED and place not in self._taken
        ]
        if places:
            self._taken.update(places)
            self.deliver(places, [self.results[place] for place in places])

    def unwanted(self) -> list[int]:
        """The places whose results are not there yet and wanted no more."""
        return [place for place in self.dead() if self.results[place] is _AWAITED]

    def prune(self) -> bool:
        """Before anything of it has started: close what nobody wants any more; whether nothing else is left."""
        for place in self.unwanted():
            _close(self.awaitables[place])
            self.put(place, NULLED)
        if not self.left:
            self.go_on()
        return not self.left

    def end(self, error: Exception) -> None:
        """Put an error in the place of all that is not there yet, and go on."""
        for place in range(len(self.results)):
            self.put(place, error)
        self.go_on()


class Abort(Protocol):
    """Something that may end an execution early."""

    @property
    def error(self) -> Exception | None:
        """Why it ended, once it has."""

    async def wait(self) -> Any:
        """Return once it has ended."""


class Settling:
    """Awaits what is pending, and goes on with what `take` says that this made pending.

    `nulled` is a number that changes whenever awaitables may have become unwanted: these are cancelled, and awaited
    before the end. Once `abort` says so, everything that is not there yet is its error instead.
    """

    def __init__(
        self, take: Callable[[], list[Pending]], nulled: Callable[[], int], abort: Abort | None = None
    ) -> None:
        self._take = take
        self._nulled = nulled
        self._seen = nulled()
        self._abort = abort
        self._waiting: dict[Pending, dict[int, asyncio.Future[Any]]] = {}
        # How many places want a future, where that may be more than one.
        self._users: dict[asyncio.Future[Any], int] = {}
        self._cancelled: list[asyncio.Future[Any]] = []
        self._ready: dict[Pending, None] = {}
        self._fatal: BaseException | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, fresh: list[Pending]) -> None:
        """Await these and all that follows from them."""
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        stop = None if self._abort is None else asyncio.ensure_future(self._abort.wait())
        if stop is not None:
            stop.add_done_callback(lambda _stop: self._woken.set())
        try:
            while fresh or self._waiting:
                if self._abort is not None and self._abort.error is not None:
                    await self._end(fresh, self._abort.error)
                elif len(fresh) == 1 and not self._waiting and stop is None and len(fresh[0].awaitables) == 1:
                    # The usual case of batches, without a task.
                    fresh[0].put(0, await _caught(fresh[0].awaitables[0]))
                    fresh[0].go_on()
                else:
                    for pending in fresh:
                        self._start(pending)
                    await self._woken.wait()
                    self._woken.clear()
                    self._deliver()
                fresh = self._take()
                self._drop()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if stop is not None:
                self._cancel([stop])
            for futures in self._waiting.values():
                self._cancel(futures.values())
            await self._finish()

    def _start(self, pending: Pending) -> None:
        futures: dict[int, asyncio.Future[Any]] = {}
        started: dict[int, asyncio.Future[Any]] = {}
        self._waiting[pending] = futures
        for place, awaitable in enumerate(pending.awaitables):
            if pending.results[place] is not _AWAITED:
                continue
            future = started.get(id(awaitable))
            if future is not None or isinstance(awaitable, asyncio.Future):
                # One awaitable may stand at several places, and a future in several columns.
                known = future or cast("asyncio.Future[Any]", awaitable)
                self._users[known] = self._users.get(known, 1 if future else 0) + 1
            if future is None:
                future = started[id(awaitable)] = self._future(awaitable)
            futures[place] = future
            future.add_done_callback(partial(self._arrived, pending, place))

    def _future(self, awaitable: Awaitable[Any]) -> asyncio.Future[Any]:
        if type(awaitable) is CoroutineType:
            return self._loop.create_task(awaitable)
        try:
            return asyncio.ensure_future(awaitable, loop=self._loop)
        except (TypeError, ValueError) as error:
            failed: asyncio.Future[Any] = self._loop.create_future()
            failed.set_exception(error)
            return failed

    def _arrived(self, pending: Pending, place: int, future: asyncio.Future[Any]) -> None:
        error = asyncio.CancelledError() if future.cancelled() else future.exception()
        result = future.result() if error is None else error
        if not pending.put(place, result):
            return
        if pending.left and not pending.divisible and error is None:
            return
        if error is not None and not isinstance(error, Exception):
            self._fatal = error
            self._woken.set()
        elif not pending.left:
            self._ready[pending] = None
            self._woken.set()
        elif pending.divisible:
            if result is None or isinstance(result, Exception):
                # It may null what the rest is awaited for.
                self._ready[pending] = None
                self._woken.set()
            elif self._timer is None:
                self._timer = self._loop.call_later(PATIENCE, self._lose_patience)

    def _lose_patience(self) -> None:
        self._timer = None
        self._ready.update((pending, None) for pending in self._waiting if pending.divisible)
        self._woken.set()

    def _deliver(self) -> None:
        if self._fatal is not None:
            raise self._fatal
        ready, self._ready = self._ready, {}
        for pending in ready:
            if not pending.left:
                del self._waiting[pending]
            pending.go_on()

    def _drop(self) -> None:
        """Cancel what errors have made unwanted since the last time."""
        if self._seen == self._nulled():
            return
        self._seen = self._nulled()
        for pending, futures in self._waiting.items():
            for place in pending.unwanted():
                pending.put(place, NULLED)
                future = futures[place]
                users = self._users[future] = self._users.get(future, 1) - 1
                # A bare future is left to whoever will set it: others may wait for it as well.
                if not users and isinstance(future, asyncio.Task):
                    self._cancel([future])
            if not pending.left:
                self._ready[pending] = None
                self._woken.set()

    async def _end(self, fresh: list[Pending], error: Exception) -> None:
        for pending in fresh:
            for awaitable in pending.awaitables:
                _close(awaitable)
        waiting, self._waiting = self._waiting, {}
        for pending, futures in waiting.items():
            # Before they are cancelled, which is no result.
            for place in range(len(pending.results)):
                pending.put(place, error)
            self._cancel(futures.values())
        await self._finish()
        for pending in [*fresh, *waiting]:
            pending.end(error)

    def _cancel(self, futures: Iterable[asyncio.Future[Any]]) -> None:
        for future in futures:
            # Once: a second time would break off what it does about the first.
            if future.cancel():
                self._cancelled.append(future)

    async def _finish(self) -> None:
        cancelled, self._cancelled = self._cancelled, []
        if cancelled:
            await asyncio.gather(*cancelled, return_exceptions=True)


def _close(awaitable: Awaitable[Any]) -> None:
    if asyncio.iscoroutine(awaitable):
        awaitable.close()
    elif isinstance(awaitable, asyncio.Task):
        awaitable.cancel()


async def _caught(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:
        return error
