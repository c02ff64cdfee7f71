"""The heads of streams: the counters that number events without holes."""

import secrets
from collections.abc import Iterable, Mapping

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, OperationFailure

from models import StreamHead
from models.base import Record, collection, utc_now
from models.ids import portions
from models.records import StreamHeadRecord
from realtime.cursor import Cursor

WRITE_CONFLICT = 112


async def advance(by: Mapping[ObjectId, int], session: AsyncClientSession) -> dict[ObjectId, Cursor]:
    """Give out the next numbers of streams within a transaction; the cursors say the last number of each.

    A new stream gets its epoch. Any number of streams takes two requests: on the embedded database a write costs more
    by being sent than by its size, and `findAndModify` reads the whole collection.
    """
    heads = collection(StreamHead)
    found = await heads.find({"_id": {"$in": list(by)}}, session=session).to_list()
    known = {head["_id"]: head for head in found}
    new = {stream_id: _new(stream_id) for stream_id in by if stream_id not in known}
    after = {
        stream_id: Cursor(head["epoch"], head["seq"] + by[stream_id]) for stream_id, head in {**known, **new}.items()
    }
    await heads.bulk_write(
        [
            UpdateOne({"_id": stream_id}, _advanced(known.get(stream_id), after[stream_id], count), upsert=True)
            for stream_id, count in sorted(by.items())
        ],
        session=session,
    )
    return after


async def occupy(stream_id: ObjectId, session: AsyncClientSession) -> None:
    """Keep everybody else from advancing a stream until this transaction ends."""
    await collection(StreamHead).update_one({"_id": stream_id}, {"$inc": {"turns": 1}}, session=session)


def _advanced(known: StreamHeadRecord | None, after: Cursor, count: int) -> Record:
    """The update of a head; what retention finds it by changes seldom."""
    if known is None:
        begun = {"epoch": after.epoch, "floor": 0, "oldest_at": utc_now(), "size": size_of(count)}
        return {"$inc": {"seq": count}, "$setOnInsert": begun}
    changes: Record = {}
    # Not where there are events of before retention knew of it: the back-fill looks at them.
    if known["seq"] == known["floor"] and known.get("oldest_at") is None:
        changes["oldest_at"] = utc_now()
    if (size := size_of(after.seq - known["floor"])) != known.get("size"):
        changes["size"] = size
    return {"$inc": {"seq": count}, **({"$set": changes} if changes else {})}


def size_of(count: int) -> int:
    """How long a history of so many events is told to be: in powers of two, so that it seldom changes."""
    return count.bit_length()


async def bounds(stream_id: ObjectId) -> tuple[Cursor, int]:
    """Where a stream stands, and the last seq that the log no longer holds.

    A stream without history is given its epoch here, so that its start can be resumed.
    """
    heads = collection(StreamHead)
    while (found := await heads.find_one({"_id": stream_id})) is None:
        try:
            await collection(StreamHead).insert_one(_new(stream_id))
        except DuplicateKeyError:
            continue
        except OperationFailure as error:
            if error.code != WRITE_CONFLICT:
                raise
    return Cursor(found["epoch"], found["seq"]), found["floor"]


async def heads_of(stream_ids: Iterable[ObjectId]) -> dict[ObjectId, Cursor]:
    """Where several streams stand, in one query for every hundred; unknown streams are left out."""
    heads = collection(StreamHead)
    found: dict[ObjectId, Cursor] = {}
    for ids in portions(stream_ids):
        for head in await heads.find({"_id": {"$in": ids}}, {"seq": 1, "epoch": 1}).to_list():
            found[head["_id"]] = Cursor(head["epoch"], head["seq"])
    return found


def _new(stream_id: ObjectId) -> StreamHeadRecord:
    return {"_id": stream_id, "epoch": secrets.token_hex(4), "seq": 0, "floor": 0, "oldest_at": None, "size": 0}
