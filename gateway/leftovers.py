"""Removes the bytes of attachments that were deleted, and of uploads that came to nothing, in every gateway process."""

import asyncio
import contextlib
import logging

from models.reach import unexpected
from realtime.background import end
from resolvers.context import Services
from resolvers.file_store import remove_leftovers

log = logging.getLogger("orrery.attachments")

PERIOD = 30.0


class Leftovers:
    """Looks for what is due twice a minute, and at once where an attachment was deleted in this process."""

    def __init__(self, services: Services, *, period: float = PERIOD) -> None:
        self._due = services.files_due
        self._period = period
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="attachment-leftovers")

    async def stop(self) -> None:
        await end(self._task)
        self._task = None

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._period):
                    await self._due.wait()
            self._due.clear()
            try:
                if removed := await remove_leftovers():
                    log.debug("the bytes of %d files were removed", removed)
            except Exception as error:
                log.warning("files could not be removed; trying again later", exc_info=unexpected(error))
