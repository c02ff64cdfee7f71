"""Makes the calls of other servers' tools, in one gateway process; several processes may, and each call is made by one
of them (`resolvers.plugin.remote_work`)."""

import asyncio
import logging
from functools import partial

from bson import ObjectId

from models.ids import Kind, kind_of
from realtime.keyed_tasks import KeyedTasks
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
        self._loop = Loop("remote calls", self._round, log=log, told="remote calls wait", after_failure=Rest(POLL))
        self._calls = KeyedTasks(
            "remote call",
            partial(carry_out, services),
            most=AT_ONCE,
            pause=POLL,
            log=log,
            told="a remote call waits",
            ended=self._loop.due,
        )
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Give up what is under way: nobody knows what becomes of it, and that is told later."""
        if await self._loop.stop():
            await self._calls.stop()

    def _hear(self, stream_id: ObjectId) -> None:
        if kind_of(stream_id) is Kind.WORKSPACE:
            self._loop.due.set()

    async def _round(self) -> Rest:
        self._calls.begin(await due_calls(AT_ONCE))
        await asyncio.sleep(REST)
        return Rest(POLL)
