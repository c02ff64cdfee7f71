"""What tests of the writer are written with: changes that do not end, and that say when they run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bson import ObjectId

from models.ids import Kind, new_id
from realtime.change import Change
from realtime.log import EventLog
from tests.patience import PATIENCE
from tests.realtime.log_lab import Body

ANN, BOB = new_id(Kind.USER), new_id(Kind.USER)


class Plug:
    """A change that has begun and does not end until it is let go."""

    def __init__(self) -> None:
        self.begun, self._go_on = asyncio.Event(), asyncio.Event()

    async def body(self, change: Change) -> None:
        self.begun.set()
        async with asyncio.timeout(PATIENCE):
            await self._go_on.wait()

    def pull(self) -> None:
        self._go_on.set()

    async def hold(self, log: EventLog, stream: ObjectId) -> "asyncio.Task[Any]":
        """The change under way, so that all that comes after it waits."""
        task = asyncio.create_task(log.write(stream, BOB, self.body))
        await asyncio.wait_for(self.begun.wait(), PATIENCE)
        return task


def noting(seen: list[str], name: str, body: Body) -> Callable[[Change], Awaitable[None]]:
    """A body that says when it runs."""

    async def run(change: Change) -> None:
        seen.append(name)
        await body(change)

    return run


async def started(log: EventLog, stream: ObjectId, actor: ObjectId, *bodies: Body) -> "list[asyncio.Task[Any]]":
    """Changes that have come to the writer, in this order."""
    tasks = [asyncio.create_task(log.write(stream, actor, body)) for body in bodies]
    await asyncio.sleep(0)
    return tasks
