"""What a release needs done to the database before it serves: indexes, and back-fills of what an earlier one wrote."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from gateway.database_error import DatabaseError
from gateway.indexes import Missing, build, missing_indexes
from models import Migration, StreamHead, User
from models.base import Record, collection, utc_now
from models.records import MigrationRecord
from realtime.lease import hold, holding
from realtime.retention import remember_oldest
from resolvers.activity.actor import ACTOR_STEP
from resolvers.agent.agent_rebuild import AGENT_STEP
from resolvers.kit.migration_step import MigrationStep, Work, over_all
from resolvers.kit.numbers_rebuild import NUMBER_STEPS
from resolvers.kit.sort_keys_rebuild import SORT_STEPS
from resolvers.lane.card_facts_rebuild import FACTS_STEP
from resolvers.lane.changelog_rebuild import CHANGELOG_STEP
from resolvers.lane.rebuild import LANE_STEPS
from resolvers.mission.messages_rebuild import MESSAGES_STEP
from resolvers.mission.runs_rebuild import RUNS_STEP
from resolvers.project.slug import SLUG_STEP


async def _streams(work: Work) -> None:
    await over_all(StreamHead, work, remember_oldest, ["floor"])


STEPS: Sequence[MigrationStep] = (
    MigrationStep("streams-oldest", "What streams hold", _streams),
    *LANE_STEPS,
    FACTS_STEP,
    *SORT_STEPS,
    AGENT_STEP,
    MESSAGES_STEP,
    RUNS_STEP,
    *NUMBER_STEPS,
    CHANGELOG_STEP,
    SLUG_STEP,
    ACTOR_STEP,
)
"""In the order in which they are done, after the indexes. A new one goes to the end."""

WORK = "migration"
RESTORE = "restore"
"""What is remembered in place of a step while a dump is being restored."""
LEASE = timedelta(seconds=30)
POLL_SECONDS = 1.0

log = logging.getLogger("orrery.migrations")


class Progress(Protocol):
    """Who is told how far it is."""

    def begin(self, what: str, total: int | None = None) -> None: ...

    def advance(self, units: int = 1) -> None: ...


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to be done."""

    indexes: Sequence[Missing]
    steps: Sequence[MigrationStep]

    def __bool__(self) -> bool:
        return bool(self.indexes or self.steps)

    @property
    def told(self) -> str:
        """All of it, in words."""
        indexes = [f"indexes ({', '.join(index.told for index in self.indexes)})"] if self.indexes else []
        return " and ".join([*indexes, *([", ".join(step.title for step in self.steps)] if self.steps else [])])


async def find_pending(db: AsyncDatabase[Record]) -> Pending:
    """What this release needs and the database does not have yet."""
    names = [step.name for step in STEPS]
    done = await collection(Migration).find({"_id": {"$in": names}, "done_at": {"$ne": None}}, {"_id": 1}).to_list()
    known = {migration["_id"] for migration in done}
    return Pending(await missing_indexes(db), [step for step in STEPS if step.name not in known])


async def is_new() -> bool:
    """Whether nobody has used the database yet, so that a migration takes no time."""
    return await collection(User).find_one({}, {"_id": 1}) is None


async def migrate(db: AsyncDatabase[Record], progress: Progress) -> list[str]:
    """Do what is pending, one process at a time; what was done, a line each.

    What was interrupted is gone on with: indexes that are there stay, and a step begins where it had got.
    Raises `DatabaseError`.
    """
    async with alone(progress):
        return await finish(db, progress)


async def finish(db: AsyncDatabase[Record], progress: Progress) -> list[str]:
    """The same for one who is `alone` already."""
    pending = await find_pending(db)
    return [
        *[await _index(index, progress) for index in pending.indexes],
        *[await _step(step, progress) for step in pending.steps],
    ]


async def is_half_restored() -> bool:
    """Whether a restore into the database has begun and not ended."""
    return await collection(Migration).find_one({"_id": RESTORE}) is not None


async def _index(missing: Missing, progress: Progress) -> str:
    documents = collection(missing.model)
    name, count = documents.name, await documents.estimated_document_count()
    progress.begin(f"Indexing {count} documents of {name}")
    try:
        await build(missing)
    except OperationFailure as error:
        reason = str((error.details or {}).get("errmsg", "the server gave no reason")).rstrip(".")
        raise DatabaseError(f"An index of {name} could not be built: {reason}.") from error
    return f"Built {missing.told} over {count} documents."


async def _step(step: MigrationStep, progress: Progress) -> str:
    work = _Work(step, await collection(Migration).find_one({"_id": step.name}), progress)
    await step.run(work)
    await work.remember({"done_at": utc_now()})
    return f"{step.title}: {work.done} done."


class _Work:
    """How far one step is, kept in the database."""

    def __init__(self, step: MigrationStep, known: MigrationRecord | None, progress: Progress) -> None:
        self._step = step
        self._progress = progress
        self.place: Any = None if known is None else known.get("place")
        self.done = 0
        self.expect(0)

    def expect(self, total: int) -> None:
        self._progress.begin(self._step.title, total or None)

    async def reached(self, place: Any, units: int) -> None:
        self.place = place
        self.done += units
        await self.remember({"place": place})
        self._progress.advance(units)

    async def remember(self, values: Record) -> None:
        await collection(Migration).update_one({"_id": self._step.name}, {"$set": values}, upsert=True)


@asynccontextmanager
async def alone(progress: Progress) -> AsyncIterator[None]:
    """Hold the work while the block runs, once whoever else does it has ended."""
    holder = secrets.token_hex(8)
    while not await hold(WORK, holder, LEASE):
        progress.begin("Waiting for another process that migrates this database")
        await asyncio.sleep(POLL_SECONDS)
    async with holding(WORK, holder, LEASE):
        yield


class Logged:
    """Progress for a log: each part as it begins. Of a `new` database there is nothing to tell."""

    def __init__(self, *, new: bool) -> None:
        self._level = logging.DEBUG if new else logging.INFO

    def begin(self, what: str, total: int | None = None) -> None:
        log.log(self._level, "%s%s", what, f" ({total})" if total else "")

    def advance(self, units: int = 1) -> None:
        pass
