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

from bson import Binary, ObjectId

from models import Lease
from models.base import Record, collection
from models.ids import Kind, kind_of
from models.reach import unexpected
from realtime.background import end
from realtime.lease import give_up, hold
from resolvers.context import Services
from resolvers.mission_trim import trim_reports
from resolvers.notification_follow import follow_some
from resolvers.notification_trim import trim_some

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
        self._due = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._sessions: set[Binary] = set()
        services.hub.on_change(self._hear)
        services.hub.log.before_aside(self._note_session)

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
            began = asyncio.get_running_loop().time()
            try:
                is_ours = await self._hold()
                more = is_ours and (await follow_some(self._services) or await self._trim())
            except Exception as error:
                log.warning("notifications wait", exc_info=unexpected(error))
                await asyncio.sleep(self._pace.retry)
                continue
            if more:
                # As long as it took: under load the database is others' for half of the time, and more is done at once.
                took = asyncio.get_running_loop().time() - began
                await asyncio.sleep(min(took, self._pace.rest))
            elif not self._stopping:
                await self._wait(woken=is_ours)

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
            before = None if now < self._held_until else await collection(Lease).find_one({"_id": WORK})
            is_ours = await hold(WORK, self._holder, timedelta(seconds=self._pace.lease))
            if is_ours and before is not None and before["holder"] != self._holder:
                await self._take_over(before)
            self._held_until = now + self._pace.lease if is_ours else 0.0
        return now < self._held_until

    async def _take_over(self, lease: Record) -> None:
        """End the transactions that the last holder may have left open, since nobody can write what they wrote."""
        self._sessions.clear()
        if left := lease.get("sessions"):
            log.info("the notifications of a process that has died are taken over")
            await self._services.hub.log.kill_sessions(left)
            await collection(Lease).update_one({"_id": WORK, "holder": self._holder}, {"$set": {"sessions": []}})

    async def _note_session(self, session_id: Binary) -> None:
        if session_id not in self._sessions and self._held_until:
            mine = {"_id": WORK, "holder": self._holder}
            await collection(Lease).update_one(mine, {"$addToSet": {"sessions": session_id}})
            self._sessions.add(session_id)

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
