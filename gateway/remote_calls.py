"""Makes the calls of other servers' tools, in one gateway process; several processes may, and each call is made by one
of them (`resolvers.plugin.remote_work`)."""

import asyncio
import logging

from bson import ObjectId

from models.ids import Kind, kind_of
from models.reach import unexpected
from realtime.background import end
from realtime.loop import Loop, Rest
from resolvers.kit.context import Services
from resolvers.plugin.remote_work import carry_out, due_calls

log = logging.getLogger("orrery.plugins")

AT_ONCE = 16
POLL, REST = 5.0, 0.2
"""Seconds between looks, and at least."""


class RemoteCalls:
    """The worker of one process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tasks: dict[ObjectId, asyncio.Task[None]] = {}
        self._loop = Loop("remote calls", self._round, log=log, told="remote calls wait", after_failure=Rest(POLL))
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Give up what is under way: nobody knows what becomes of it, and that is told later."""
        if await self._loop.stop():
            for task in list(self._tasks.values()):
                await end(task)

    def _hear(self, stream_id: ObjectId) -> None:
        if kind_of(stream_id) is Kind.WORKSPACE:
            self._loop.due.set()

    async def _round(self) -> Rest:
        for call_id in await due_calls(AT_ONCE):
            if call_id not in self._tasks and len(self._tasks) < AT_ONCE:
                self._tasks[call_id] = asyncio.create_task(self._make(call_id), name="remote call")
        await asyncio.sleep(REST)
        return Rest(POLL)

    async def _make(self, call_id: ObjectId) -> None:
        try:
            await carry_out(self._services, call_id)
        except Exception as error:
            log.warning("the remote call %s waits", call_id, exc_info=unexpected(error))
            await asyncio.sleep(POLL)
        finally:
            del self._tasks[call_id]
            self._loop.due.set()
