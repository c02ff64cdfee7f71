"""Writes the notifications of what was done, in one gateway process for all of them.

It is woken by every change of a workspace, here or in another process. A lease says whose work it is, so that processes
do not do it twice in vain; that none is written twice does not depend on it (`resolvers.notification_follow`).
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bson import ObjectId

from models.ids import Kind, kind_of
from realtime.background import end
from realtime.lease import give_up, hold
from resolvers.context import Services
from resolvers.notification_follow import follow_some

log = logging.getLogger("orrery.notifications")

WORK = "notifications"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, how long the work is held without a sign of life, and how long
    stopping waits for what is being written."""

    poll: float = 1.5
    lease: float = 5.0
    stop: float = 5.0


class Follower:
    """The follower of one process, which works while it holds the lease."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._services = services
        self._pace = pace or Pace()
        self._holder = uuid4().hex
        self._held_until = 0.0
        self._due = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="follower")

    async def stop(self) -> None:
        """Finish what is being written, leave the rest to another process, and stop."""
        if self._task is None:
            return
        self._stopping = True
        self._due.set()
        await asyncio.wait([self._task], timeout=self._pace.stop)
        await end(self._task)
        self._task = None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await give_up(WORK, self._holder)

    def _hear(self, stream_id: ObjectId) -> None:
        if kind_of(stream_id) is Kind.WORKSPACE:
            self._due.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._due.clear()
            try:
                is_ours = await self._hold()
                more = is_ours and await follow_some(self._services)
            except Exception:
                log.warning("notifications wait", exc_info=True)
                is_ours = more = False
            if not more and not self._stopping:
                await self._wait(woken=is_ours)

    async def _hold(self) -> bool:
        """Whether it is the work of this process, said again in good time."""
        now = asyncio.get_running_loop().time()
        if now > self._held_until - self._pace.lease / 2:
            is_ours = await hold(WORK, self._holder, timedelta(seconds=self._pace.lease))
            self._held_until = now + self._pace.lease if is_ours else 0.0
        return now < self._held_until

    async def _wait(self, *, woken: bool) -> None:
        """Until it is due or, for whoever has nothing to do, until the next look at the lease."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._pace.poll
        while not self._stopping and (left := until - loop.time()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._due.wait()
                    if woken:
                        return
                    self._due.clear()
