"""Tells plugins of what happens, in one gateway process for all of them: several at once, and each in its order."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from bson import ObjectId

from models.ids import Kind, kind_of
from realtime.keyed_tasks import KeyedTasks
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
        self._loop = Loop("plugins", self._round, log=log, told="plugins wait", after_failure=Rest(self._pace.poll))
        self._deliveries = KeyedTasks(
            "plugin",
            partial(deliver_some, services),
            most=AT_ONCE,
            pause=self._pace.poll,
            log=log,
            told="a plugin waits",
            ended=self._loop.due,
        )
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Leave what is under way, which is told again by whoever comes next, and stop."""
        if await self._loop.stop():
            await self._deliveries.stop()
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
        self._deliveries.begin(await due_deliveries(AT_ONCE))
        await asyncio.sleep(self._pace.rest)
        return Rest(self._pace.poll)
