"""The writer: changes of one stream queue up in the process, and those that wait share a transaction.

They would only conflict in the database, where one commit costs as much as several small writes. Changes of other
streams, and those of other processes, run beside them; a conflict with one is retried here, so no client ever sees it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import uniform
from typing import Any

from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from models import LoggedEvent
from models.base import Record, collection
from models.errors import RateLimited
from models.ids import Kind, kind_of, new_id
from realtime.change import Change
from realtime.cursor import Cursor
from realtime.events import Event
from realtime.heads import WRITE_CONFLICT, advance

Heads = dict[ObjectId, Cursor]
Outcome = tuple[Any, Heads]

MAX_BATCH = 25
PATIENCE = 10.0
"""Seconds that one change may take in all: its turn, conflicts and a database that is away included."""


@dataclass(eq=False, slots=True)
class Waiting:
    """A change that waits for its turn."""

    body: Callable[[Change], Awaitable[Any]]
    actor_id: ObjectId | None
    deadline: float
    done: asyncio.Future[Outcome]


class _BodyFailed(Exception):  # noqa: N818
    def __init__(self, place: int, error: Exception) -> None:
        super().__init__(place)
        self.place = place
        self.error = error


class Writer:
    """Commits changes with their events. `committed` is told the new heads after every commit."""

    def __init__(self, client: AsyncMongoClient[Record], committed: Callable[[Heads], None]) -> None:
        self._client = client
        self._committed = committed
        self._queues: dict[ObjectId, deque[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(
        self, stream_id: ObjectId, actor_id: ObjectId | None, body: Callable[[Change], Awaitable[Any]]
    ) -> Outcome:
        """What `body` returned, and the cursor of its last event in each stream that it appended to."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(body, actor_id, loop.time() + PATIENCE, loop.create_future())
        queue = self._queues.get(stream_id)
        if queue is not None:
            queue.append(waiting)
        else:
            queue = self._queues[stream_id] = deque([waiting])
            # A task of its own: a caller that is cancelled half-way must not end the changes of others.
            task = loop.create_task(self._drain(stream_id, queue), name="log-writer")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await waiting.done

    async def _drain(self, stream_id: ObjectId, queue: deque[Waiting]) -> None:
        limit = MAX_BATCH
        try:
            while queue:
                batch = [queue.popleft() for _ in range(min(limit, len(queue)))]
                limit = MAX_BATCH
                try:
                    await self._commit(batch)
                except _BodyFailed as failure:
                    # What a body saw of those before it never happened. Only the first one's failure is its own:
                    # the others go back, those before the failed one alone, so that it comes first afterwards.
                    if failure.place == 0:
                        _settle(batch.pop(0), failure.error)
                    queue.extendleft(reversed(batch))
                    limit = failure.place or MAX_BATCH
                except Exception as error:
                    for waiting in batch:
                        _settle(waiting, error)
                except BaseException:
                    queue.extendleft(reversed(batch))
                    raise
        finally:
            del self._queues[stream_id]
            for waiting in queue:
                waiting.done.cancel()

    async def _commit(self, batch: Sequence[Waiting]) -> None:
        """Run the bodies of a batch in one transaction, as often as conflicts make it necessary."""
        clock = asyncio.get_running_loop().time
        pause = 0.002
        while batch := [waiting for waiting in batch if not waiting.done.done()]:
            try:
                outcomes, heads = await self._attempt(batch)
            except PyMongoError as error:
                if not _is_transient(error):
                    raise
                for waiting in batch:
                    if clock() > waiting.deadline:
                        _settle(waiting, RateLimited("Too many changes at once here; try again in a moment"))
                await asyncio.sleep(uniform(0, pause))
                pause = min(pause * 2, 0.1)
                continue
            self._committed(heads)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(outcome)
            return

    async def _attempt(self, batch: Sequence[Waiting]) -> tuple[list[Outcome], Heads]:
        deadline = max(waiting.deadline for waiting in batch)
        async with self._client.start_session() as session:
            try:
                await session.start_transaction(
                    read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
                )
                changes: list[Change] = []
                values: list[Any] = []
                for place, waiting in enumerate(batch):
                    change = Change(session, waiting.actor_id)
                    changes.append(change)
                    values.append(await _run(waiting, change, place))
                cursors, heads, documents = await _number(changes, session)
                if documents:
                    await collection(LoggedEvent).insert_many(documents, session=session)
                try:
                    await _commit_transaction(session, deadline)
                except PyMongoError:
                    if not documents or not await _is_committed(documents[0]["_id"], deadline):
                        raise
                return list(zip(values, cursors, strict=True)), heads
            finally:
                if session.in_transaction:
                    await session.abort_transaction()


async def _run(waiting: Waiting, change: Change, place: int) -> Any:
    try:
        return await waiting.body(change)
    except PyMongoError as error:
        if _is_transient(error):
            raise
        raise _BodyFailed(place, error) from error
    except Exception as error:
        raise _BodyFailed(place, error) from error


async def _number(changes: Sequence[Change], session: AsyncClientSession) -> tuple[list[Heads], Heads, list[Record]]:
    """Give the events of changes their numbers: the cursors of each change, the new heads, the log's documents."""
    counts: dict[ObjectId, int] = {}
    for change in changes:
        for stream_id, events in change.events.items():
            counts[stream_id] = counts.get(stream_id, 0) + len(events)
    if not counts:
        return [{} for _ in changes], {}, []
    try:
        heads = await advance(counts, session)
    except DuplicateKeyError as error:  # another process began the stream at the same moment
        error._add_error_label("TransientTransactionError")
        raise
    seqs = {stream_id: heads[stream_id].seq - count for stream_id, count in counts.items()}
    documents: list[Record] = []
    cursors: list[Heads] = []
    for change in changes:
        for stream_id, events in change.events.items():
            for event in events:
                seqs[stream_id] += 1
                documents.append(_document(event, stream_id, seqs[stream_id], change))
        cursors.append({one: Cursor(heads[one].epoch, seqs[one]) for one in change.events})
    return cursors, heads, documents


def _document(event: Event, stream_id: ObjectId, seq: int, change: Change) -> Record:
    return {
        "_id": new_id(Kind.EVENT),
        "stream_id": stream_id,
        "seq": seq,
        "type": event.type,
        "workspace_id": stream_id if kind_of(stream_id) is Kind.WORKSPACE else None,
        "project_id": event.project_id,
        "card_id": event.card_id,
        "mission_id": event.mission_id,
        "actor_id": event.actor_id or change.actor_id,
        "at": change.at,
        "data": event.data(),
    }


def _settle(waiting: Waiting, error: Exception) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(error)


def _is_transient(error: PyMongoError) -> bool:
    """Whether the transaction was not committed and may be run again."""
    if error.has_error_label("TransientTransactionError"):
        return True
    return isinstance(error, OperationFailure) and error.code == WRITE_CONFLICT


async def _commit_transaction(session: AsyncClientSession, deadline: float) -> None:
    """Commit, asking again as long as the server leaves the outcome open."""
    while True:
        try:
            return await session.commit_transaction()
        except PyMongoError as error:
            unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not unknown or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)


async def _is_committed(event_id: ObjectId, deadline: float) -> bool:
    """Whether a commit whose answer was lost took place: its first event is in the log, or it is not.

    A server that was killed forgets which transactions it had committed, so asking it to commit again proves nothing;
    the event does, for it was written in the same transaction. The read is linearizable: a server that was the primary,
    and does not know yet that it is not, would answer of a past without the commit.
    """
    events = collection(LoggedEvent).with_options(read_concern=ReadConcern("linearizable"))
    while True:
        try:
            return await events.find_one({"_id": event_id}, {"_id": 1}) is not None
        except PyMongoError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)
