"""What is left of deletions, taken to the end by a worker of the test's own."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from models import Tombstone
from models.base import collection, utc_now
from resolvers.deletion.deletion import GRACE
from resolvers.deletion.run import Worker
from resolvers.kit.context import Services


@dataclass
class Clock:
    """A clock that a test puts forward, where it would have to wait otherwise."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return utc_now() + self.ahead


async def finish_deletions(services: Services) -> int:
    """Carry out all that is left of all deletions, the last look included; in how many parts."""
    clock = Clock()
    worker = Worker(services, uuid4().hex, now=clock.now)
    parts = 0
    while await collection(Tombstone).find_one({}, {"_id": 1}) is not None:
        if await worker.run_next() is None:
            clock.ahead += GRACE
        else:
            parts += 1
    return parts
