"""Looks for claimed missions that nothing is heard of (`resolvers.mission.lease`), for those that waited for a model
which is there now (`resolvers.mission.served`), and for how long missions wait; several processes may."""

import logging
from collections.abc import Callable

from bson import ObjectId

from realtime.loop import NONE, Loop, Rest
from resolvers.kit.context import Services
from resolvers.mission.lease import end_lapsed
from resolvers.mission.run import waiting_runs
from resolvers.mission.served import begin_served

log = logging.getLogger("orrery.missions")

POLL = 5.0
"""Seconds between looks."""


class MissionLeases:
    """The clock of one process. `wait` is told how many missions the runtime is to begin with, and for how many seconds
    the first one has waited."""

    def __init__(self, services: Services, wait: Callable[[int, float], None]) -> None:
        self._services = services
        self._wait = wait
        self._begun: ObjectId | None = None
        told = "missions that nothing is heard of wait"
        self._loop = Loop("leases", self._round, log=log, told=told, after_failure=Rest(POLL), patience=POLL)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish what is being written, and stop."""
        await self._loop.stop()

    async def _round(self) -> Rest:
        self._wait(*await waiting_runs())
        self._begun = await begin_served(self._services, self._begun)
        return NONE if await end_lapsed(self._services) else Rest(POLL)
