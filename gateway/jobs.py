"""Looks at the clock for queues and discovery engines; several processes may, and what is due is done once."""

import logging
from dataclasses import dataclass

from realtime.loop import NONE, Loop, Rest
from resolvers.discovery.due import run_due_engines
from resolvers.job.due import Setbacks, run_due
from resolvers.kit.context import Services

log = logging.getLogger("orrery.jobs")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look, and how long stopping waits for what is being written."""

    poll: float = 1.0
    stop: float = 5.0


class Jobs:
    """The clock of one process."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._services = services
        self._setbacks = Setbacks()
        self._pace = pace or Pace()
        self._loop = Loop(
            "jobs",
            self._round,
            log=log,
            told="jobs and schedules wait",
            after_failure=Rest(self._pace.poll),
            patience=self._pace.stop,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish what is being written, and stop."""
        await self._loop.stop()

    async def _round(self) -> Rest:
        more = [await run(self._services, setbacks=self._setbacks) for run in (run_due, run_due_engines)]
        return NONE if any(more) else Rest(self._pace.poll)
