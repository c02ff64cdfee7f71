"""Records on their way into the database, written in no transaction: what nobody's request waits for."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Generic

from pymongo.errors import BulkWriteError

from models.base import DUPLICATE_KEY, WRITTEN_AT_ONCE, R, Recorded, codes_of, collection

WAITING = 1_000
"""Records of one kind that wait in one process; what comes beyond them is counted and dropped."""


@dataclass(slots=True)
class Waiting(Generic[R]):
    """Records on their way, the oldest first. `dropped` counts those that found no room."""

    entries: deque[R] = field(default_factory=deque)
    dropped: int = 0

    def add(self, entry: R) -> None:
        if len(self.entries) >= WAITING:
            self.dropped += 1
        else:
            self.entries.append(entry)

    def some(self, at_most: int) -> list[R]:
        """The first of them; they stay until they are `done`."""
        return [self.entries[place] for place in range(min(at_most, len(self.entries)))]

    def done(self, count: int) -> None:
        for _ in range(count):
            self.entries.popleft()


async def write_waiting(model: type[Recorded[Any]], waiting: Waiting[Any], at_most: int) -> None:
    """Write the first of what waits, WRITTEN_AT_ONCE with a command."""
    for _ in range(at_most // WRITTEN_AT_ONCE):
        if not (some := waiting.some(WRITTEN_AT_ONCE)):
            return
        try:
            await collection(model).insert_many(some, ordered=False)
        except BulkWriteError as error:
            if codes_of(error) != {DUPLICATE_KEY}:  # else they are there, of a try whose answer was lost
                raise
        waiting.done(len(some))
