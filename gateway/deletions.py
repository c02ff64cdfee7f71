"""Goes on with deletions in a gateway process, part by part. Several may; each part is taken by one of them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from models.reach import unexpected
from realtime.background import end
from resolvers.context import Services
from resolvers.deletion_run import Worker, pending
from resolvers.search_follow import sweep

log = logging.getLogger("orrery.deletions")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, how often to look for indexes of workspaces that are no more,
    and how long stopping waits for the part that is being taken."""

    poll: float = 5.0
    sweep: float = 300.0
    stop: float = 15.0


class Deletions:
    """The worker of one process. `count` is told how many deletions are pending."""

    def __init__(self, services: Services, count: Callable[[int], None], *, pace: Pace | None = None) -> None:
        self._services = services
        self._count = count
        self._pace = pace or Pace()
        self._due = services.deletions_due
        self._stopping = False
        self._worker = Worker(services, uuid4().hex)
        self._swept = 0.0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="deletions")

    async def stop(self) -> None:
        """Finish the part that is being taken, leave the rest to another process, and stop."""
        if self._task is None:
            return
        self._stopping = True
        self._due.set()
        await asyncio.wait([self._task], timeout=self._pace.stop)
        await end(self._task)
        self._task = None

    async def _run(self) -> None:
        while not self._stopping:
            self._due.clear()
            try:
                pause = await self._worker.run_next()
                if pause is None:
                    await self._look_round()
            except Exception as error:
                log.warning("deletions wait", exc_info=unexpected(error))
                pause = None
            if pause is not None:
                await asyncio.sleep(pause)
            elif not self._stopping:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.poll):
                        await self._due.wait()

    async def _look_round(self) -> None:
        self._count(await pending())
        clock = asyncio.get_running_loop().time
        if clock() - self._swept > self._pace.sweep:
            self._swept = clock()
            await sweep(self._services.search)
