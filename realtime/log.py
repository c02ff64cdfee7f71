"""The durable event log: every change and its events in one transaction, numbered per stream without holes."""

import asyncio
import secrets
import weakref
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import uniform
from typing import Any, Generic, TypeVar

from bson import ObjectId
from pymongo import AsyncMongoClient, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from models import LoggedEvent, StreamHead
from models.base import Record, collection, utc_now
from models.errors import RateLimited
from models.ids import Kind, kind_of, new_id
from realtime.cursor import Cursor
from realtime.events import Event

T = TypeVar("T")
Listener = Callable[[dict[ObjectId, "Cursor"]], Awaitable[None]]

_RETRY_FOR = 10.0  # seconds that one write may take in all, conflicts with other processes included


@dataclass(slots=True)
class Change:
    """One transaction on its way. Pass `session` to every read and write that belongs to it."""

    session: AsyncClientSession
    actor_id: ObjectId | None
    at: datetime = field(default_factory=utc_now)
    events: dict[ObjectId, list[Event]] = field(default_factory=dict)
    written: ObjectId | None = None

    def append(self, stream_id: ObjectId, *events: Event) -> None:
        """Record what happened in the history of a workspace, an organization or a user."""
        self.events.setdefault(stream_id, []).extend(events)


@dataclass(frozen=True, slots=True)
class Committed(Generic[T]):
    """What a change returned, and the cursor of its last event in the stream that it was written for."""

    value: T
    cursor: Cursor


class EventLog:
    """Writes changes with their events, and reads events back.

    One change at a time per stream in a process: they would only conflict in the database. Conflicts with other
    processes are retried here with a short random pause, so no client ever sees one.
    """

    def __init__(self, client: AsyncMongoClient[Record]) -> None:
        self._client = client
        self._locks: weakref.WeakValueDictionary[ObjectId, asyncio.Lock] = weakref.WeakValueDictionary()
        self._listeners: list[Listener] = []

    def on_commit(self, listener: Listener) -> None:
        """Call `listener` with the new head of every stream that a commit touched."""
        self._listeners.append(listener)

    async def write(
        self, stream_id: ObjectId, actor_id: ObjectId | None, body: Callable[[Change], Awaitable[T]]
    ) -> Committed[T]:
        """Run `body` in a transaction and commit it with the events that it appended.

        `body` may run more than once, so it must touch nothing but the database. What it raises aborts the
        transaction: nothing is written. Raises RateLimited when the streams stayed busy, or the database away, for
        10 s.
        """
        lock = self._locks.setdefault(stream_id, asyncio.Lock())
        async with lock:
            value, heads = await self._attempt(body, actor_id)
        for listener in self._listeners:
            await listener(heads)
        if stream_id not in heads:  # a change that turned out to change nothing
            return Committed(value, await self.head(stream_id))
        return Committed(value, heads[stream_id])

    async def _attempt(
        self, body: Callable[[Change], Awaitable[T]], actor_id: ObjectId | None
    ) -> tuple[T, dict[ObjectId, Cursor]]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + _RETRY_FOR
        pause = 0.002
        while True:
            async with self._client.start_session() as session:
                change = Change(session, actor_id)
                try:
                    await session.start_transaction(
                        read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
                    )
                    value = await body(change)
                    heads = await self._append(change)
                    await _commit(session, deadline)
                    return value, heads
                except PyMongoError as error:
                    if change.written and await self._is_committed(change.written, deadline):
                        return value, heads
                    if not _is_transient(error):
                        raise
                    if clock() > deadline:
                        raise RateLimited("Too many changes at once here; try again in a moment") from error
                finally:
                    if session.in_transaction:
                        await session.abort_transaction()
            await asyncio.sleep(uniform(0, pause))
            pause = min(pause * 2, 0.1)

    async def _is_committed(self, event_id: ObjectId, deadline: float) -> bool:
        """Whether a commit whose answer was lost took place: its first event is in the log, or it is not.

        A server that was killed forgets which transactions it had committed, so asking it to commit again proves
        nothing; the event does, for it was written in the same transaction.
        """
        while True:
            try:
                return await collection(LoggedEvent).find_one({"_id": event_id}, {"_id": 1}) is not None
            except PyMongoError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.1)

    async def _append(self, change: Change) -> dict[ObjectId, Cursor]:
        documents: list[Record] = []
        heads: dict[ObjectId, Cursor] = {}
        for stream_id in sorted(change.events):
            events = change.events[stream_id]
            head = await _advance(stream_id, len(events), change.session)
            first = head["seq"] - len(events) + 1
            heads[stream_id] = Cursor(head["epoch"], head["seq"])
            documents += [_document(event, stream_id, first + i, change) for i, event in enumerate(events)]
        if documents:
            change.written = documents[0]["_id"]
            await collection(LoggedEvent).insert_many(documents, session=change.session)
        return heads

    async def head(self, stream_id: ObjectId) -> Cursor:
        """Where a stream stands now."""
        return (await self.bounds(stream_id))[0]

    async def bounds(self, stream_id: ObjectId) -> tuple[Cursor, int]:
        """Where a stream stands now, and the last seq that the log no longer holds.

        A stream without history is given its epoch here, so that its start can be resumed.
        """
        found = await collection(StreamHead).find_one({"_id": stream_id}) or await _advance(stream_id, 0)
        return Cursor(found["epoch"], found["seq"]), found["floor"]

    async def read(self, stream_id: ObjectId, after: int, limit: int = 500) -> Sequence[Record]:
        """The events of a stream after a seq, oldest first, at most `limit`."""
        cursor = collection(LoggedEvent).find({"stream_id": stream_id, "seq": {"$gt": after}}).sort("seq", 1)
        return await cursor.limit(limit).to_list()

    async def heads(self, stream_ids: Iterable[ObjectId]) -> dict[ObjectId, int]:
        """The last seq of several streams, in one query."""
        found = collection(StreamHead).find({"_id": {"$in": list(stream_ids)}}, {"seq": 1})
        return {head["_id"]: head["seq"] async for head in found}


async def _advance(stream_id: ObjectId, by: int, session: AsyncClientSession | None = None) -> Record:
    """The head of a stream after giving out `by` numbers; a new stream gets its epoch."""
    head = await collection(StreamHead).find_one_and_update(
        {"_id": stream_id},
        {"$inc": {"seq": by}, "$setOnInsert": {"epoch": secrets.token_hex(4), "floor": 0}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if head is None:
        raise RuntimeError("an upsert returned no document")
    return head


def _document(event: Event, stream_id: ObjectId, seq: int, change: Change) -> Record:
    document: dict[str, Any] = {
        "_id": new_id(Kind.EVENT),
        "stream_id": stream_id,
        "seq": seq,
        "type": event.type,
        "workspace_id": stream_id if kind_of(stream_id) is Kind.WORKSPACE else None,
        "project_id": event.project_id,
        "card_id": event.card_id,
        "mission_id": event.mission_id,
        "actor_id": change.actor_id,
        "at": change.at,
        "data": event.data(),
    }
    return document


def _is_transient(error: PyMongoError) -> bool:
    """Whether the transaction was not committed and may be run again."""
    if error.has_error_label("TransientTransactionError"):
        return True
    return isinstance(error, OperationFailure) and error.code == 112  # WriteConflict


async def _commit(session: AsyncClientSession, deadline: float) -> None:
    """Commit, asking again as long as the server leaves the outcome open."""
    while True:
        try:
            return await session.commit_transaction()
        except PyMongoError as error:
            unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not unknown or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)
