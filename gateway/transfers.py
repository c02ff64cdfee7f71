"""Runs imports in a gateway process, one at a time. Several processes may; each job is held by one of them."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from realtime.loop import NONE, Loop, Rest
from resolvers.kit.context import Services
from resolvers.transfer.run import Worker

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
        self._loop = Loop(
            "transfers",
            self._round,
            log=log,
            told="imports wait",
            after_failure=Rest(self._pace.poll),
            due=services.transfers_due,
            patience=self._pace.stop,
        )
        lease = timedelta(seconds=self._pace.lease)
        self._worker = Worker(services, uuid4().hex, lease, stopping=lambda: self._loop.is_stopping)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish the part that is being written, leave the rest to another process, and stop."""
        await self._loop.stop()

    async def _round(self) -> Rest:
        return NONE if await self._worker.run_next() else Rest(self._pace.poll)
