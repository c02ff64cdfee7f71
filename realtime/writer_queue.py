"""The changes of one stream that wait for their turn."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models.errors import RateLimited
from models.turns import Turns
from realtime.change import Change
from realtime.cursor import Cursor

Heads = dict[ObjectId, Cursor]
Outcome = tuple[Any, Heads]

BUSY = "Too many changes at once here; try again in a moment"


@dataclass(eq=False, slots=True)
class Waiting:
    """A change that waits for its turn, or has begun (and may have to begin anew)."""

    body: Callable[[Change], Awaitable[Any]]
    actor_id: ObjectId | None
    deadline: float
    done: asyncio.Future[Outcome]
    begun: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for it any more: it is answered, or its caller has gone."""
        return self.done.done()

    def answer(self, outcome: Outcome) -> None:
        if not self.is_over:
            self.done.set_result(outcome)

    def fail(self, error: Exception) -> None:
        if not self.is_over:
            self.done.set_exception(error)

    def expire(self) -> None:
        """Refuse it where it has not begun: its time is up, and nothing of it was done."""
        if not self.begun:
            self.fail(RateLimited(BUSY))


class Queue:
    """The changes of a stream, one of each actor in turn, or works aside from all streams."""

    def __init__(self, *, is_aside: bool = False) -> None:
        self.is_aside = is_aside
        self._turns: Turns[Waiting] = Turns()

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._turns)

    def add(self, waiting: Waiting) -> None:
        """Let a change wait behind those of its actor."""
        self._turns.add(waiting.actor_id, waiting)

    def put_back(self, batch: Sequence[Waiting], now: float) -> None:
        """Let those of a batch wait again that are not over, each before the others of its actor.

        Actors whose turn came to nothing have it next, in the order of the batch. Whose time is up is refused.
        """
        for waiting in batch:
            waiting.begun = False
            if waiting.deadline <= now:
                waiting.expire()
        again = [waiting for waiting in batch if not waiting.is_over]
        self._turns.give_back((waiting.actor_id, waiting) for waiting in again)
        served = {waiting.actor_id for waiting in batch if waiting.is_over}
        self._turns.put_first(waiting.actor_id for waiting in again if waiting.actor_id not in served)

    def is_awaited(self, batch: Sequence[Waiting], running: Waiting) -> bool:
        """Whether a change of somebody else waits for the end of the running one: in its batch, or here."""
        beside = any(
            waiting_change.actor_id != running.actor_id and not waiting_change.is_over for waiting_change in batch
        )
        return beside or self._turns.next_caller(lambda caller: caller != running.actor_id) is not None

    def next_actor(self) -> Hashable | None:
        """Whose change comes next; None where nobody's does, or the gateway's own."""
        found = self._turns.next_caller()
        return found[0] if found is not None else None

    def take(self, limit: int) -> list[Waiting]:
        """The next changes, at most `limit`, as begun. Those that are over are dropped on the way."""
        batch: list[Waiting] = []
        while len(batch) < limit and (found := self._turns.next_caller()) is not None:
            waiting = self._turns.take(found[0])
            if not waiting.is_over:
                waiting.begun = True
                batch.append(waiting)
        return batch
