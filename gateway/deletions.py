"""Goes on with deletions in a gateway process, part by part. Several may; each part is taken by one of them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from realtime.loop import Loop, Rest
from resolvers.deletion.run import Worker, pending
from resolvers.kit.context import Services
from resolvers.search.follow import sweep

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
        self._worker = Worker(services, uuid4().hex)
        self._swept = 0.0
        self._loop = Loop(
            "deletions",
            self._round,
            log=log,
            told="deletions wait",
            after_failure=Rest(self._pace.poll),
            due=services.deletions_due,
            patience=self._pace.stop,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish the part that is being taken, leave the rest to another process, and stop."""
        await self._loop.stop()

    async def _round(self) -> Rest:
        pause = await self._worker.run_next()
        if pause is not None:
            return Rest(pause, is_woken=False)
        await self._look_round()
        return Rest(self._pace.poll)

    async def _look_round(self) -> None:
        self._count(await pending())
        clock = asyncio.get_running_loop().time
        if clock() - self._swept > self._pace.sweep:
            self._swept = clock()
            await sweep(self._services.search)
