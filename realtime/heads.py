"""The heads of streams: the counters that number events without holes."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Counting:
    """What a transaction knows of heads: `heads` as they were before it, None for a stream that is new, and the last
    `numbers` that it has given to objects of a stream, by what is counted there."""

    heads: dict[ObjectId, StreamHeadRecord | None] = field(default_factory=dict)
    numbers: dict[ObjectId, dict[str, int]] = field(default_factory=dict)

    async def read(self, stream_ids: Iterable[ObjectId], session: AsyncClientSession) -> None:
        """Read the heads that are not known yet."""
        if unknown := [stream_id for stream_id in stream_ids if stream_id not in self.heads]:
            found = await collection(StreamHead).find({"_id": {"$in": unknown}}, session=session).to_list()
            self.heads |= {**dict.fromkeys(unknown), **{head["_id"]: head for head in found}}

    def count(self, stream_id: ObjectId, what: str, many: int) -> int:
        """The first of the next `many` numbers of a stream whose head is known."""
        numbers = self.numbers.setdefault(stream_id, {})
        if what not in numbers:
            head = self.heads[stream_id]
            numbers[what] = 0 if head is None else head.get("numbers", {}).get(what, 0)
        numbers[what] += many
        return numbers[what] - many + 1


async def advance(
    by: Mapping[ObjectId, int], session: AsyncClientSession, counting: Counting | None = None
) -> dict[ObjectId, Cursor]:
    """Give out the next numbers of streams within a transaction; the cursors say the last number of each.

    What was counted in streams is written with them. A new stream gets its epoch. Any number of streams takes two
    requests: on the embedded database a write costs more by being sent than by its size, and `findAndModify` reads the
    whole collection. Where something was counted, the first of the two has been made.
    """
    counting = counting or Counting()
    counts = {**dict.fromkeys(counting.numbers, 0), **by}
    await counting.read(counts, session)
    after: dict[ObjectId, Cursor] = {}
    updates: list[UpdateOne] = []
    for stream_id, count in sorted(counts.items()):
        known = counting.heads[stream_id]
        head = known or _new(stream_id)
        after[stream_id] = Cursor(head["epoch"], head["seq"] + count)
        update = _advanced(known, after[stream_id], count)
        numbers = {f"numbers.{what}": last for what, last in counting.numbers.get(stream_id, {}).items()}
        if numbers:
            update["$set"] = {**update.get("$set", {}), **numbers}
        updates.append(UpdateOne({"_id": stream_id}, update, upsert=True))
    await collection(StreamHead).bulk_write(updates, session=session)
    return {stream_id: after[stream_id] for stream_id in by}


async def reserve(by: Mapping[ObjectId, int], what: str) -> dict[ObjectId, int]:
    """The first of some numbers of what is counted in streams, outside of any transaction: those that nothing is given
    in the end stay unused. What is in no history is left out."""
    heads, key = collection(StreamHead), f"numbers.{what}"
    while True:
        last: dict[ObjectId, int | None] = {}
        for ids in portions(by):
            async for head in heads.find({"_id": {"$in": ids}}, {key: 1}):
                last[head["_id"]] = head.get("numbers", {}).get(what)
        updates = [
            UpdateOne({"_id": stream_id, key: known}, {"$set": {key: (known or 0) + by[stream_id]}})
            for stream_id, known in last.items()
        ]
        if not updates or (await heads.bulk_write(updates, ordered=False)).matched_count == len(updates):
            return {stream_id: (known or 0) + 1 for stream_id, known in last.items()}


async def occupy(stream_id: ObjectId, session: AsyncClientSession) -> None:
    """Keep everybody else from advancing a stream until this transaction ends."""
    await collection(StreamHead).update_one({"_id": stream_id}, {"$inc": {"turns": 1}}, session=session)


def _advanced(known: StreamHeadRecord | None, after: Cursor, count: int) -> Record:
    """The update of a head; what retention finds it by changes seldom."""
    if known is None:
        oldest_at = utc_now() if count else None
        begun = {"epoch": after.epoch, "floor": 0, "oldest_at": oldest_at, "size": size_of(count)}
        return {"$inc": {"seq": count}, "$setOnInsert": begun}
    changes: Record = {}
    # Not where there are events of before retention knew of it: the back-fill looks at them.
    if count and known["seq"] == known["floor"] and known.get("oldest_at") is None:
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
