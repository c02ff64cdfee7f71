"""Threads for work that would hold the event loop up: each kind of work has a small pool of its own.

What one person sends waits behind itself, not in front of others: a caller occupies some of the threads at most, has a
bound on what waits, and takes turns with everybody else. Who is refused is refused before the work is begun.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from models.admission import Admission
from models.caller import current_caller
from models.errors import RateLimited
from models.turns import Turns

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that work waits for a thread before it is refused, without ever having begun."""


@dataclass(eq=False, slots=True)
class _Turn:
    """Work that waits for a thread: `ready` is set when it may begin."""

    caller: Hashable | None
    ready: asyncio.Future[None]


@dataclass(eq=False, slots=True)
class _Hall:
    """What waits and runs in one event loop."""

    loop: asyncio.AbstractEventLoop
    admission: Admission
    waiting: Turns[_Turn] = field(default_factory=Turns)
    running: Counter[Hashable | None] = field(default_factory=Counter)


class Pool:
    """The threads of one kind of work."""

    def __init__(
        self,
        what: str,
        *,
        threads: int,
        at_once: int,
        of_one: int,
        in_all: int,
        patience: float = PATIENCE,
        behind: int = 0,
    ) -> None:
        """`behind` is how much lower the priority of the threads is than that of all else here, where the system knows
        such: for work that computes much and lets go of Python's lock meanwhile. `at_once` is how many threads one
        caller occupies at most, fewer than there are; `of_one` and `in_all` are how many works of one caller and of
        everybody wait or run. `what` tells them apart, for threads and people.
        """
        if at_once >= threads or of_one >= in_all:
            raise ValueError("One caller must not occupy all threads, nor all places")
        self.what = what
        self.of_one = of_one
        self.in_all = in_all
        self._threads = threads
        self._at_once = at_once
        self._patience = patience
        self._behind = behind
        self._executor: ThreadPoolExecutor | None = None
        self._hall: _Hall | None = None

    async def run(self, work: Callable[..., T], *args: Any, admitted: bool = False) -> T:
        """What `work` returns, in a thread. Raises RateLimited where too much waits, or the turn does not come in time.

        `admitted` work is a step of something that has passed a bound before: it takes turns, and is never refused.
        """
        caller, hall = current_caller(), self._entered()
        if admitted:
            return await self._in_turn(hall, caller, None, work, *args)
        with hall.admission.one(caller):
            return await self._in_turn(hall, caller, self._patience, work, *args)

    async def _in_turn(
        self, hall: _Hall, caller: Hashable | None, patience: float | None, work: Callable[..., T], *args: Any
    ) -> T:
        turn = _Turn(caller, hall.loop.create_future())
        hall.waiting.add(caller, turn)
        self._begin(hall)
        try:
            async with asyncio.timeout(patience):
                await turn.ready
        except BaseException as error:
            if not hall.waiting.remove(caller, turn):
                self._end(hall, caller)  # its turn came at the same moment
            if isinstance(error, TimeoutError):
                raise RateLimited(f"There are too many {self.what}: try again in a moment", retry_after=2) from error
            raise
        running = hall.loop.run_in_executor(self._started(), copy_context().run, work, *args)
        # A caller that is cancelled leaves its thread at work: the place is free when that is over.
        running.add_done_callback(lambda _: self._end(hall, caller))
        return await asyncio.shield(running)

    def _begin(self, hall: _Hall) -> None:
        while hall.running.total() < self._threads:
            found = hall.waiting.next_caller(lambda caller: hall.running[caller] < self._at_once)
            if found is None:
                return
            hall.running[found[0]] += 1
            turn = hall.waiting.take(found[0])
            if not turn.ready.done():  # else it was given up, and ends its turn itself
                turn.ready.set_result(None)

    def _end(self, hall: _Hall, caller: Hashable | None) -> None:
        hall.running[caller] -= 1
        if not hall.running[caller]:
            del hall.running[caller]
        self._begin(hall)

    def _entered(self) -> _Hall:
        loop = asyncio.get_running_loop()
        if self._hall is None or self._hall.loop is not loop:
            self._hall = _Hall(loop, Admission(self.what, of_one=self.of_one, in_all=self.in_all))
        return self._hall

    def _started(self) -> ThreadPoolExecutor:
        if self._executor is None:
            name = self.what.replace(" ", "-")
            self._executor = ThreadPoolExecutor(self._threads, name, _step_back, (self._behind,))
        return self._executor


def _step_back(behind: int) -> None:
    """Give the thread that runs this a lower priority."""
    if behind and sys.platform == "linux":  # where a thread has one of its own
        os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + behind)
