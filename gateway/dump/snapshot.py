"""One moment of the whole database, read for as long as it takes while others write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from gateway.dump.error import DumpError
from models import Probe
from models.base import Record, utc_now
from models.ids import inner_id

SNAPSHOT_TOO_OLD = 239


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session all of whose reads are of one moment.

    `streams` says that a collection is read as it is sent; else the database gathers it whole before it sends any.
    """

    session: AsyncClientSession
    streams: bool


@asynccontextmanager
async def snapshot(db: AsyncDatabase[Record]) -> AsyncIterator[Snapshot]:
    """A snapshot, proved to be one when it is opened and again in the end. Raises `DumpError`.

    MongoDB has sessions for that, which outlast the minute that a transaction may take. The embedded database takes
    such a session and shows it what was written later; its transactions are what they should be, and have no end.
    """
    for open_one in (_session, _transaction):
        async with open_one(db) as opened:
            trial = _Trial(db, opened.session)
            if await trial.begin():
                try:
                    yield opened
                    await trial.end()
                except PyMongoError as error:
                    raise _told(error) from error
                finally:
                    await trial.forget()
                return
    raise DumpError("The database cannot show one moment of all its data while others write.")


class _Trial:
    """A document that is written once the snapshot is there, and so is none of its documents."""

    def __init__(self, db: AsyncDatabase[Record], session: AsyncClientSession) -> None:
        self._probes = db[Probe.Settings.name]
        self._session = session
        self._id = inner_id()

    async def begin(self) -> bool:
        """Whether what is written now is not seen."""
        await self._is_hidden()  # the first read is what the moment is of
        await self._probes.insert_one({"_id": self._id, "value": 0, "at": utc_now()})
        if await self._is_hidden():
            return True
        await self.forget()
        return False

    async def end(self) -> None:
        """Raise `DumpError` where the moment has not lasted until now."""
        if not await self._is_hidden():
            raise DumpError("The database did not keep to one moment while it was read.")

    async def forget(self) -> None:
        await self._probes.delete_one({"_id": self._id})

    async def _is_hidden(self) -> bool:
        return await self._probes.find_one({"_id": self._id}, session=self._session) is None


@asynccontextmanager
async def _session(db: AsyncDatabase[Record]) -> AsyncIterator[Snapshot]:
    async with db.client.start_session(snapshot=True) as session:
        yield Snapshot(session, streams=True)


@asynccontextmanager
async def _transaction(db: AsyncDatabase[Record]) -> AsyncIterator[Snapshot]:
    async with (
        db.client.start_session() as session,
        await session.start_transaction(read_concern=ReadConcern("snapshot")),
    ):
        yield Snapshot(session, streams=False)
        await session.abort_transaction()


def _told(error: PyMongoError) -> DumpError:
    if getattr(error, "code", None) == SNAPSHOT_TOO_OLD:
        return DumpError(
            "The dump took longer than the database keeps the past: raise minSnapshotHistoryWindowInSeconds, which is "
            "300 by default, and run it again."
        )
    return DumpError(f"The database failed while it was read ({type(error).__name__}): run it again.")
