"""Removes the bytes of attachments that were deleted, and of uploads that came to nothing, in every gateway process."""

import logging

from realtime.loop import Loop, Rest
from resolvers.files.store import remove_leftovers
from resolvers.kit.context import Services

log = logging.getLogger("orrery.attachments")

PERIOD = 30.0


class Leftovers:
    """Looks for what is due twice a minute, and at once where an attachment was deleted in this process."""

    def __init__(self, services: Services, *, period: float = PERIOD) -> None:
        self._rest = Rest(period)
        self._loop = Loop(
            "attachment-leftovers",
            self._round,
            log=log,
            told="files could not be removed; trying again later",
            after_failure=self._rest,
            due=services.files_due,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        await self._loop.stop()

    async def _round(self) -> Rest:
        if removed := await remove_leftovers():
            log.debug("the bytes of %d files were removed", removed)
        return self._rest
