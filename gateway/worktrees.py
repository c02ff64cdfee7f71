"""Removes what is left of worktrees of cards, in every gateway process (`resolvers.worktree.sweep`)."""

import logging

from bson import ObjectId

from realtime.loop import Loop, Rest
from resolvers.kit.context import Services
from resolvers.worktree.sweep import delete_finished, remove_abandoned

log = logging.getLogger("orrery.worktrees")

PERIOD = 600.0


class Worktrees:
    """Looks every ten minutes, and at once where a worktree was deleted in this process."""

    def __init__(self, services: Services, *, period: float = PERIOD) -> None:
        self._services = services
        self._rest = Rest(period)
        self._looked_at: ObjectId | None = None
        self._loop = Loop(
            "worktrees",
            self._round,
            log=log,
            told="worktrees could not be removed; trying again later",
            after_failure=self._rest,
            due=services.worktrees_due,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        await self._loop.stop()

    async def _round(self) -> Rest:
        if not self._services.project_roots:
            return self._rest
        self._looked_at = await delete_finished(self._services, self._looked_at)
        if removed := await remove_abandoned(self._services):
            log.debug("the folders of %d worktrees were removed", removed)
        return self._rest
