"""Runs the scripts of projects that people have started, a few at a time in each gateway process that does, and ends
in every one what those have left that died (`resolvers.script.carry`)."""

import asyncio
import logging
import secrets

from models.reach import unexpected
from realtime.loop import Loop, Rest
from resolvers.kit.context import Services
from resolvers.script.carry import carry_out, claim, end_lost
from resolvers.script.copies import remove_copies

log = logging.getLogger("orrery.scripts")

AT_ONCE = 4
POLL = 5.0
POLL_WITHOUT = 60.0
"""Where scripts are not run."""


class Scripts:
    """Looks every few seconds, and at once where a script was started in this process."""

    def __init__(self, services: Services, *, poll: float = POLL) -> None:
        self._services = services
        self._holder = secrets.token_hex(8)
        self._rest = Rest(poll if services.runs_scripts else POLL_WITHOUT)
        self._running: set[asyncio.Task[None]] = set()
        self._loop = Loop(
            "scripts",
            self._round,
            log=log,
            told="scripts wait",
            after_failure=self._rest,
            due=services.scripts_due,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """End what runs: nobody would hear of it any more."""
        await self._loop.stop()
        for running in self._running:
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _round(self) -> Rest:
        await end_lost(self._services)
        await remove_copies(self._services)
        if not self._services.runs_scripts:
            return self._rest
        while len(self._running) < AT_ONCE and (run := await claim(self._services, self._holder)) is not None:
            running = asyncio.create_task(carry_out(self._services, run, self._holder))
            self._running.add(running)
            running.add_done_callback(self._ended)
        return self._rest

    def _ended(self, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        self._services.scripts_due.set()
        if not running.cancelled() and isinstance(error := running.exception(), Exception):
            log.warning("a script could not be run to its end", exc_info=unexpected(error))
