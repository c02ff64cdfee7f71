"""Tells plugins of what happens, in one gateway process for all of them: several at once, and each in its order."""

import asyncio
import logging
from dataclasses import dataclass

from bson import ObjectId

from models.ids import Kind, kind_of
from models.reach import unexpected
from realtime.background import end
from realtime.lease import Tenure
from realtime.loop import Loop, Rest
from resolvers.kit.context import Services
from resolvers.plugin.follow import deliver_some, due_deliveries, wake, wake_late

log = logging.getLogger("orrery.plugins")

WORK = "plugins"
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, how long the work is held without a sign of life, how long to
    rest at least, and how often to look for what nobody has heard of."""

    poll: float = 2.0
    lease: float = 10.0
    rest: float = 0.2
    late: float = 30.0


class Plugins:
    """The worker of one process, which works while it holds the lease."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._services = services
        self._pace = pace or Pace()
        self._tenure = Tenure(WORK, self._pace.lease)
        self._changed: set[ObjectId] = set()
        self._late_at = 0.0
        self._tasks: dict[ObjectId, asyncio.Task[None]] = {}
        self._loop = Loop("plugins", self._round, log=log, told="plugins wait", after_failure=Rest(self._pace.poll))
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Leave what is under way, which is told again by whoever comes next, and stop."""
        if await self._loop.stop():
            for task in list(self._tasks.values()):
                await end(task)
            await self._tenure.give_up()

    def _hear(self, stream_id: ObjectId) -> None:
        if kind_of(stream_id) is Kind.WORKSPACE:
            self._changed.add(stream_id)
            self._loop.due.set()

    async def _round(self) -> Rest:
        if not await self._tenure.hold():
            self._changed.clear()
            self._late_at = 0.0
            return Rest(self._pace.poll, is_woken=False)
        now = asyncio.get_running_loop().time()
        if now >= self._late_at:
            self._late_at = now + self._pace.late
            await wake_late(self._services)
        changed, self._changed = self._changed, set()
        if changed:
            await wake(changed)
        for plugin_id in await due_deliveries(AT_ONCE):
            if plugin_id not in self._tasks and len(self._tasks) < AT_ONCE:
                self._tasks[plugin_id] = asyncio.create_task(self._deliver(plugin_id), name="plugin")
        await asyncio.sleep(self._pace.rest)
        return Rest(self._pace.poll)

    async def _deliver(self, plugin_id: ObjectId) -> None:
        try:
            await deliver_some(self._services, plugin_id)
        except Exception as error:
            log.warning("a plugin waits", exc_info=unexpected(error))
            await asyncio.sleep(self._pace.poll)  # it is still due, and nobody else is to try it meanwhile
        finally:
            del self._tasks[plugin_id]
            self._loop.due.set()  # there may be more
