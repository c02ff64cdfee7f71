"""Keeps the indexes for search near the heads of their streams, in every gateway process.

A search brings its index up to date itself, so that it finds what was just written. This leaves it little to do:
without it, the first search after an import would read all of the import.
"""

import logging

from bson import ObjectId

from models.reach import unexpected
from realtime.loop import Loop, Rest
from resolvers.kit.context import Services
from resolvers.search.follow import follow

log = logging.getLogger("orrery.search")

ENOUGH = 32
"""Changes of a workspace after which its index follows at once: about as many as a search may have to read."""
SECONDS = 2.0
"""After which it follows fewer: often enough for those who search, rare enough for those who write all the time."""


class Indexing:
    """Follows the workspaces that were searched in on this machine, each for one portion of the log at a time."""

    def __init__(self, services: Services, *, enough: int = ENOUGH, seconds: float = SECONDS) -> None:
        self._services = services
        self._enough = enough
        self._changes: dict[ObjectId, int] = {}
        self._rest = Rest(seconds)
        self._loop = Loop(
            "search-indexing",
            self._round,
            log=log,
            told="indexes could not follow",
            after_failure=self._rest,
        )
        services.hub.on_change(self.note)

    async def start(self) -> None:
        self._changes = dict.fromkeys(self._services.search.known(), 1)
        self._loop.start()

    async def stop(self) -> None:
        await self._loop.stop()

    def note(self, stream_id: ObjectId) -> None:
        """A stream was changed."""
        if self._services.search.has(stream_id):
            self._changes[stream_id] = self._changes.get(stream_id, 0) + 1
            if self._changes[stream_id] >= self._enough:
                self._loop.due.set()

    async def _round(self) -> Rest:
        await self.follow_once()
        return self._rest

    async def follow_once(self) -> None:
        """Follow each workspace that was changed for one portion: a flood in one keeps no other waiting."""
        changed, self._changes = self._changes, {}
        for workspace_id in changed:
            try:
                there = await follow(self._services, workspace_id, portions_of_log=1)
            except Exception as error:
                log.warning("the index of workspace %s could not follow", workspace_id, exc_info=unexpected(error))
                continue
            if not there:
                self._changes[workspace_id] = self._enough
                self._loop.due.set()
