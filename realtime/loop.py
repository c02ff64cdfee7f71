"""Work that a process goes on with beside everything else: in rounds, by the clock or woken, whatever fails."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from models.reach import unexpected
from realtime.background import end


@dataclass(frozen=True, slots=True)
class Rest:
    """Seconds until the next round, and whether what is due ends them before."""

    seconds: float
    is_woken: bool = True


NONE = Rest(0.0)


class Loop:
    """Rounds of a work, each of which says how long to rest after it.

    One that fails is logged with what is `told` of that, and followed by the rest `after_failure`. `due` is set by
    whoever has something for the next round.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[Rest]],
        *,
        log: logging.Logger,
        told: str,
        after_failure: Rest,
        due: asyncio.Event | None = None,
        patience: float = 0.0,
    ) -> None:
        """`name` is the task's; `patience` is how many seconds stopping waits for the round that is under way."""
        self.due = asyncio.Event() if due is None else due
        self.is_stopping = False
        self.task: asyncio.Task[None] | None = None
        self._name = name
        self._work = work
        self._log = log
        self._told = told
        self._after_failure = after_failure
        self._patience = patience

    def start(self) -> None:
        """Begin with a round."""
        self.is_stopping = False
        self.task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> bool:
        """Finish the round that is under way, and begin no other; whether there was anything to stop."""
        if self.task is None:
            return False
        self.is_stopping = True
        self.due.set()
        if self._patience:
            await asyncio.wait([self.task], timeout=self._patience)
        await end(self.task)
        self.task = None
        return True

    async def _run(self) -> None:
        while not self.is_stopping:
            self.due.clear()
            try:
                rest = await self._work()
            except Exception as error:
                self._log.warning(self._told, exc_info=unexpected(error))
                rest = self._after_failure
            await self._rest(rest)

    async def _rest(self, rest: Rest) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + rest.seconds
        while not self.is_stopping and (left := until - clock()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.due.wait()
                    if rest.is_woken:
                        return
                    self.due.clear()
