"""Whether the database's transactions are what everything here stands on: tried out, since some servers only say so."""

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from models import Probe
from models.base import Record, utc_now
from models.ids import inner_id

WRITE_CONFLICT = 112


async def find_fault(db: AsyncDatabase[Record]) -> str | None:
    """What the database's transactions do that they must not, as the end of a sentence; None where nothing is wrong."""
    probes, probe = db[Probe.Settings.name], inner_id()
    await probes.insert_one({"_id": probe, "value": 0, "at": utc_now()})
    try:
        return await _abort(probes, probe) or await _conflict(probes, probe)
    finally:
        await probes.delete_one({"_id": probe})


async def _abort(probes: AsyncCollection[Record], probe: ObjectId) -> str | None:
    """A transaction that changes the probe and is aborted."""
    async with probes.database.client.start_session() as session:
        await _begin(session)
        await _set(probes, probe, 1, session)
        seen = await _value(probes, probe)
        if session.in_transaction:
            await session.abort_transaction()
    if seen != 0:
        return "shows others what a transaction has not committed"
    if await _value(probes, probe) != 0:
        return "keeps what a transaction wrote that was aborted"
    return None


async def _conflict(probes: AsyncCollection[Record], probe: ObjectId) -> str | None:
    """Two transactions that know the same state of the probe and both change it."""
    client = probes.database.client
    async with client.start_session() as first, client.start_session() as second:
        await _begin(first)
        await _begin(second)
        await _value(probes, probe, second)
        await _set(probes, probe, 2, first)
        await first.commit_transaction()
        if await _value(probes, probe) != 2:
            return "does not show what a transaction has committed"
        if await _value(probes, probe, second) != 0:
            return "shows a transaction what was committed after it began"
        if not await _is_refused(probes, probe, second):
            return "lets two transactions change the same document without a conflict"
    return None


async def _is_refused(probes: AsyncCollection[Record], probe: ObjectId, session: AsyncClientSession) -> bool:
    try:
        await _set(probes, probe, 3, session)
        await session.commit_transaction()
    except OperationFailure as error:
        if error.code != WRITE_CONFLICT and not error.has_error_label("TransientTransactionError"):
            raise
        return True
    return False


async def _begin(session: AsyncClientSession) -> None:
    await session.start_transaction(read_concern=ReadConcern("snapshot"))


async def _set(probes: AsyncCollection[Record], probe: ObjectId, value: int, session: AsyncClientSession) -> None:
    await probes.update_one({"_id": probe}, {"$set": {"value": value}}, session=session)


async def _value(
    probes: AsyncCollection[Record], probe: ObjectId, session: AsyncClientSession | None = None
) -> int | None:
    found = await probes.find_one({"_id": probe}, session=session)
    return None if found is None else int(found["value"])
