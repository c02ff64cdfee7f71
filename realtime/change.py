"""A change on its way into the log, and what its writer gets back."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models.base import utc_now
from realtime.cursor import Cursor
from realtime.events import Event

T = TypeVar("T")


@dataclass(slots=True)
class Change:
    """One change within a transaction. Pass `session` to every read and write that belongs to it.

    `lanes` remembers what `resolvers.lane.store` has read for it.
    `cascaded` counts what it has deleted that went with something else (`resolvers.deletion`). Long work lets others
    have the database after each of its commands, for `rest` times as long as that took; it has so for `rested` seconds.
    """

    session: AsyncClientSession
    actor_id: ObjectId | None
    at: datetime = field(default_factory=utc_now)
    events: dict[ObjectId, list[Event]] = field(default_factory=dict)
    lanes: dict[ObjectId, Any] = field(default_factory=dict)
    cascaded: int = 0
    rest: float = 0.0
    rested: float = 0.0

    def append(self, stream_id: ObjectId, *events: Event) -> None:
        """Record what happened in the history of a workspace, an organization or a user."""
        self.events.setdefault(stream_id, []).extend(events)

    async def pause_after(self, seconds: float) -> None:
        """Rest after a command of long work that took so long."""
        if self.rest:
            await asyncio.sleep(seconds * self.rest)
            self.rested += seconds * self.rest


@dataclass(frozen=True, slots=True)
class Committed(Generic[T]):
    """What a change returned, and the cursor of its last event in the stream that it was written for."""

    value: T
    cursor: Cursor
