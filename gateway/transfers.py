"""Runs imports in a gateway process, one at a time. Several processes may; each job is held by one of them."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from models.reach import unexpected
from realtime.background import end
from resolvers.context import Services
from resolvers.transfer_run import Worker

log = logging.getLogger("orrery.transfers")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, how long a job is held without a sign of life, and how long
    stopping waits for the part that is being written."""

    poll: float = 5.0
    lease: float = 30.0
    stop: float = 15.0


class Transfers:
    """The worker of one process."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._due = services.transfers_due
        self._stopping = False
        self._worker = Worker(
            services, uuid4().hex, timedelta(seconds=self._pace.lease), stopping=lambda: self._stopping
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="transfers")

    async def stop(self) -> None:
        """Finish the part that is being written, leave the rest to another process, and stop."""
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
                more = await self._worker.run_next()
            except Exception as error:
                log.warning("imports wait", exc_info=unexpected(error))
                more = False
            if not more and not self._stopping:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.poll):
                        await self._due.wait()
