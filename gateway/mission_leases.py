"""Looks for claimed missions that nothing is heard of; several processes may (`resolvers.mission.lease`)."""

import logging

from realtime.loop import NONE, Loop, Rest
from resolvers.kit.context import Services
from resolvers.mission.lease import end_lapsed

log = logging.getLogger("orrery.missions")

POLL = 5.0
"""Seconds between looks."""


class MissionLeases:
    """The clock of one process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        told = "missions that nothing is heard of wait"
        self._loop = Loop("leases", self._round, log=log, told=told, after_failure=Rest(POLL), patience=POLL)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish what is being written, and stop."""
        await self._loop.stop()

    async def _round(self) -> Rest:
        return NONE if await end_lapsed(self._services) else Rest(POLL)
