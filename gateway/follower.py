"""Writes the notifications of what was done, in one gateway process for all of them.

It is woken by every change of a workspace, here or in another process. A lease says whose work it is, so that processes
do not do it twice in vain; that none is written twice does not depend on it (`resolvers.notification.follow`).
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bson import ObjectId

from models.ids import Kind, kind_of
from realtime.lease import give_up, hold
from realtime.loop import Loop, Rest
from resolvers.kit.context import Services
from resolvers.mission.trim import trim_reports
from resolvers.notification.follow import follow_some
from resolvers.notification.trim import trim_some

log = logging.getLogger("orrery.notifications")

WORK = "notifications"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, how long the work is held without a sign of life, how long to
    rest at most after some of it, when to try again what failed, how often to look for what is too much, and how
    long stopping waits for what is being written."""

    poll: float = 1.5
    lease: float = 5.0
    rest: float = 0.2
    retry: float = 0.5
    trim: float = 600.0
    stop: float = 5.0


class Follower:
    """The follower of one process, which works while it holds the lease."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._services = services
        self._pace = pace or Pace()
        self._holder = uuid4().hex
        self._held_until = 0.0
        self._trim_at = 0.0
        self._loop = Loop(
            "follower",
            self._round,
            log=log,
            told="notifications wait",
            after_failure=Rest(self._pace.retry, is_woken=False),
            patience=self._pace.stop,
        )
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish what is being written, leave the rest to another process, and stop."""
        if await self._loop.stop():
            with contextlib.suppress(Exception):
                async with asyncio.timeout(1):
                    await give_up(WORK, self._holder)

    def _hear(self, stream_id: ObjectId) -> None:
        if kind_of(stream_id) is Kind.WORKSPACE:
            self._loop.due.set()

    async def _round(self) -> Rest:
        began = asyncio.get_running_loop().time()
        is_ours = await self._hold()
        if is_ours and (await follow_some(self._services) or await self._trim()):
            # As long as it took: under load the database is others' for half of the time, and more is done at once.
            took = asyncio.get_running_loop().time() - began
            return Rest(min(took, self._pace.rest), is_woken=False)
        # Who has nothing to do waits for the next look at the lease.
        return Rest(self._pace.poll, is_woken=is_ours)

    async def _trim(self) -> bool:
        """Delete some of what is too much, where it is time to look for that; whether there may be more."""
        now = asyncio.get_running_loop().time()
        if now < self._trim_at:
            return False
        if await trim_some(self._services) or await trim_reports(self._services):
            return True
        self._trim_at = now + self._pace.trim
        return False

    async def _hold(self) -> bool:
        """Whether it is the work of this process, said again in good time."""
        now = asyncio.get_running_loop().time()
        if now > self._held_until - self._pace.lease / 2:
            is_ours = await hold(WORK, self._holder, timedelta(seconds=self._pace.lease))
            self._held_until = now + self._pace.lease if is_ours else 0.0
        return now < self._held_until
