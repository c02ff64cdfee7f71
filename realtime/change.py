"""A change on its way into the log, and what its writer gets back."""

from asyncio import sleep
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any, Generic, TypeVar

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models.base import utc_now
from models.caller import others_ask
from realtime.cursor import Cursor
from realtime.events import Event
from realtime.heads import Counting

T = TypeVar("T")

REST = 3.0
"""How long others have the database to themselves between two commands of a large change, as a share of what it works.
"""
FEW = 5
"""Commands of a change that nobody need wait for."""
MOST_RESTED = 6.0
"""Seconds that a large change rests in all: MongoDB ends its transaction after a minute."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The automation that makes a change. `depth` is 1 where somebody's change has set it off; where that of another
    automation has, it is one more than that one's."""

    automation_id: ObjectId
    depth: int


@dataclass(slots=True)
class Together:
    """What the changes of one transaction share.

    `lanes` are those that `resolvers.lane.store` has read for them, as they stand after the last of them; `known` is
    what else was read for all, by the id that it is about. `pending` is to be written at the end, by what writes it.
    `counting` is what it has counted in streams.
    """

    lanes: dict[ObjectId, Any] = field(default_factory=dict)
    known: dict[ObjectId, Any] = field(default_factory=dict)
    pending: dict["Write", list[Any]] = field(default_factory=dict)
    counting: Counting = field(default_factory=Counting)


@dataclass(slots=True)
class Change:
    """One change within a transaction. Pass `session` to every read and write that belongs to it.

    `together` is what it shares with the other changes of its transaction.
    `cascaded` counts what it has deleted that went with something else (`resolvers.deletion`). `is_awaited` tells
    whether somebody else waits for its end. Long work lets others have the database between its commands, for `rest`
    times as long as those took; None is for REST times, after the first FEW, and only while others ask. It has so for
    `rested` seconds. Once it is long, it leaves the place that its transaction has among those that work at a time
    (`leave_place`). `cause` is the automation that makes it, which its events carry; `approved_by` who has approved of
    it, where it was proposed. `is_agents` says whether an agent makes it, where that is known. `confined` says that it
    is made by what is bound to one project, or follows from what such a one has done: what begins by itself in it, and
    in what its events set off, stays inside that project (decision 112).
    `follows` are occurrences that something follows from before it is committed (`resolvers.state.follow`).
    """

    session: AsyncClientSession
    actor_id: ObjectId | None
    at: datetime = field(default_factory=utc_now)
    events: dict[ObjectId, list[Event]] = field(default_factory=dict)
    together: Together = field(default_factory=Together)
    cascaded: int = 0
    is_awaited: Callable[[], bool] = lambda: False
    leave_place: Callable[[], None] = lambda: None
    rest: float | None = None
    rested: float = 0.0
    cause: Cause | None = None
    approved_by: ObjectId | None = None
    is_agents: bool | None = None
    confined: bool = False
    follows: list[Any] = field(default_factory=list)
    _commands: int = 0
    _worked_since: float = field(default_factory=perf_counter)

    def append(self, stream_id: ObjectId, *events: Event) -> None:
        """Record what happened in the history of a workspace, a queue, an organization or a user."""
        if self.confined:  # a part of a change may be: what it tells of is marked here, and not at its end
            for event in events:
                event.confine()
        self.events.setdefault(stream_id, []).extend(events)

    @contextmanager
    def confining(self, is_confined: bool) -> Iterator[None]:
        """Make a part of the change one of what is bound to a project, if it is not so anyway."""
        before = self.confined
        self.confined = before or is_confined
        try:
            yield
        finally:
            self.confined = before

    async def count(self, stream_id: ObjectId, what: str, many: int = 1) -> int:
        """The first of the next `many` numbers of what is counted in a stream; its head is written at the end.

        It is read here instead of there, with those of the streams that this change has told of.
        """
        await self.together.counting.read([stream_id, *self.events], self.session)
        return self.together.counting.count(stream_id, what, many)

    def write_last(self, write: "Write", *what: Any) -> None:
        """Have something written at the end of the transaction: once, with all of its kind that its changes have left.

        For what no change reads again but through `together`, or behind `settle`.
        """
        self.together.pending.setdefault(write, []).extend(what)

    async def settle(self) -> None:
        """Write what was left for the end, and forget what was read: what follows deletes it, or is the end."""
        while self.together.pending:
            write, what = next(iter(self.together.pending.items()))
            del self.together.pending[write]
            await write(self, what)
        self.together.lanes.clear()

    async def give_way(self) -> None:
        """One of many commands is done: rest for a part of the time since the one before."""
        self._commands += 1
        if self._is_long():
            self.leave_place()
        if seconds := (perf_counter() - self._worked_since) * self._share():
            await sleep(seconds)
            self.rested += seconds
        self._worked_since = perf_counter()

    def _share(self) -> float:
        """How long to rest now, in parts of what it has worked."""
        if self.rest is not None:
            return self.rest
        has_rested = self.rested >= MOST_RESTED
        return REST if self._is_long() and not has_rested and self._is_in_the_way() else 0.0

    def _is_long(self) -> bool:
        return self._commands > FEW or bool(self.rest)

    def _is_in_the_way(self) -> bool:
        """Whether others ask for something, and nobody waits for the end of this."""
        return not self.is_awaited() and others_ask(self.actor_id)


Write = Callable[[Change, Sequence[Any]], Awaitable[None]]
"""Writes all of a kind that the changes of a transaction have left for its end."""


@dataclass(frozen=True, slots=True)
class Committed(Generic[T]):
    """What a change returned, and the cursor of its last event in the stream that it was written for."""

    value: T
    cursor: Cursor
