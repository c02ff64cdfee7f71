"""Work on several objects at once beside a loop: a task for each, and never two for one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from bson import ObjectId

from models.reach import unexpected
from realtime.background import end


class KeyedTasks:
    """Tasks of one kind of work, of which at most `most` run. One that fails is logged with what is `told` of that, and
    rests for `pause` seconds before anybody in this process tries its object again; `ended` is set after each."""

    def __init__(
        self,
        name: str,
        work: Callable[[ObjectId], Awaitable[None]],
        *,
        most: int,
        pause: float,
        log: logging.Logger,
        told: str,
        ended: asyncio.Event,
    ) -> None:
        """`name` is that of each task."""
        self._name = name
        self._work = work
        self._most = most
        self._pause = pause
        self._log = log
        self._told = told
        self._ended = ended
        self._tasks: dict[ObjectId, asyncio.Task[None]] = {}

    def begin(self, object_ids: Iterable[ObjectId]) -> None:
        """Work on those that nobody is at, as long as there is room."""
        for object_id in object_ids:
            if object_id not in self._tasks and len(self._tasks) < self._most:
                self._tasks[object_id] = asyncio.create_task(self._run(object_id), name=self._name)

    async def stop(self) -> None:
        """Leave what is under way."""
        for task in list(self._tasks.values()):
            await end(task)

    async def _run(self, object_id: ObjectId) -> None:
        try:
            await self._work(object_id)
        except Exception as error:
            self._log.warning("%s: %s", self._told, object_id, exc_info=unexpected(error))
            await asyncio.sleep(self._pause)
        finally:
            del self._tasks[object_id]
            self._ended.set()  # there may be more
