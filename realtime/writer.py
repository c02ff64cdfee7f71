"""The writer: changes of one stream queue up in the process, and those that wait share a transaction.

They would only conflict in the database, where one commit costs as much as several small writes. Changes of other
streams, and those of other processes, run beside them; a conflict with one is retried here, so no client ever sees it.

Nobody's changes hold up those of others for long: actors take turns, a transaction ends once it is heavy, half of it
goes back to the queue where it met a conflict, and a large change gives up its place among those that work at a time.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import asdict
from functools import partial
from random import uniform
from typing import Any

from bson import Binary, ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from models import LoggedEvent
from models.base import Record, collection, insert_all
from models.errors import RateLimited
from models.ids import Kind, kind_of, new_id
from models.records import LoggedEventRecord
from models.turns import in_turns
from realtime.change import Change, Together
from realtime.cursor import Cursor
from realtime.events import Event
from realtime.heads import WRITE_CONFLICT, advance, occupy
from realtime.places import Place, Places
from realtime.sharing import Sharing
from realtime.writer_queue import BUSY, Heads, Outcome, Queue, Waiting

MAX_BATCH = 25
MAX_WEIGHT = 100
"""Events of a transaction, from which on it takes no further change: one that is heavier by itself is alone in it."""
EVENTS_AT_ONCE = MAX_BATCH
"""Events that one command writes, which every other writer waits for."""
PATIENCE = 10.0
"""Seconds that one change may take in all: its turn, conflicts and a database that is away included."""
MAX_OF_ACTOR = 200
"""Changes that one actor may have under way in this process: seconds of work, which nobody waits for in vain."""
MAX_CHANGES = 5_000
"""Changes that may be under way in this process: what is refused at once costs nothing."""
MAX_TRANSACTIONS = 32
"""Transactions that are open at a time, those of large changes included; below the connections of a pool, so that reads
find one."""


class _BodyFailed(Exception):  # noqa: N818
    def __init__(self, waiting: Waiting, number: int, error: Exception) -> None:
        super().__init__(number)
        self.waiting = waiting
        self.number = number
        self.error = error


class _OccupiedError(Exception):
    """The stream is another transaction's."""


class Writer:
    """Commits changes with their events. `committed` is told the new heads after every commit."""

    def __init__(
        self, client: AsyncMongoClient[Record], committed: Callable[[Heads], None], transactions: int = MAX_TRANSACTIONS
    ) -> None:
        self._client = client
        self._committed = committed
        self._beginning: list[Callable[[Binary], Awaitable[None]]] = []
        self._queues: dict[ObjectId, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: Counter[ObjectId] = Counter()
        self._total = 0
        self._sharing = Sharing()
        self._at_work = Places(transactions)
        self._aside = Places(MAX_TRANSACTIONS)
        self._open = asyncio.Semaphore(MAX_TRANSACTIONS)

    async def write(
        self,
        stream_id: ObjectId,
        actor_id: ObjectId | None,
        body: Callable[[Change], Awaitable[Any]],
        *,
        is_aside: bool = False,
    ) -> Outcome:
        """What `body` returned, and the cursor of its last event in each stream that it appended to.

        What `is_aside` waits for nobody's changes of other streams: it is the gateway's own, and such queues are few.

        Raises RateLimited, and has done nothing, where the actor or everybody together has too many changes under way,
        and where its turn did not come in time.
        """
        loop = asyncio.get_running_loop()
        self._admit(actor_id)
        waiting = Waiting(body, actor_id, loop.time() + PATIENCE, loop.create_future())
        timer = loop.call_at(waiting.deadline, waiting.expire)
        try:
            self._queue(stream_id, waiting, is_aside=is_aside)
            return await waiting.done
        finally:
            timer.cancel()
            self._dismiss(actor_id)

    def before_transaction(self, listener: Callable[[Binary], Awaitable[None]]) -> None:
        self._beginning.append(listener)

    def _admit(self, actor_id: ObjectId | None) -> None:
        """Count a change in, or refuse it. What has no actor is the gateway's own work, bounded where it begins."""
        if self._total >= MAX_CHANGES or (actor_id is not None and self._under_way[actor_id] >= MAX_OF_ACTOR):
            raise RateLimited(BUSY)
        self._total += 1
        if actor_id is not None:
            self._under_way[actor_id] += 1

    def _dismiss(self, actor_id: ObjectId | None) -> None:
        self._total -= 1
        if actor_id is not None:
            self._under_way[actor_id] -= 1
            if not self._under_way[actor_id]:
                del self._under_way[actor_id]

    def _queue(self, stream_id: ObjectId, waiting: Waiting, *, is_aside: bool = False) -> None:
        queue = self._queues.get(stream_id)
        if queue is not None:
            queue.add(waiting)
            return
        queue = self._queues[stream_id] = Queue(is_aside=is_aside)
        queue.add(waiting)
        # A task of its own: a caller that is cancelled half-way must not end the changes of others.
        task = asyncio.get_running_loop().create_task(self._drain(stream_id, queue), name="log-writer")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, stream_id: ObjectId, queue: Queue) -> None:
        clock = asyncio.get_running_loop().time
        limit, batch = MAX_BATCH, list[Waiting]()
        try:
            while True:
                await self._sharing.wait(stream_id)
                async with self._place(stream_id, queue) as place, self._open:
                    if not (batch := queue.take(limit)):
                        return
                    limit = MAX_BATCH
                    try:
                        await self._commit(stream_id, batch, queue, place)
                    except _BodyFailed as failure:
                        # What a body saw of those before it never happened. Only the first one's failure is its own:
                        # the others go back, those before the failed one alone, so that it comes first afterwards.
                        if failure.number == 0:
                            failure.waiting.fail(failure.error)
                        limit = failure.number or MAX_BATCH
                    except Exception as error:
                        for waiting in batch:
                            waiting.fail(error)
                queue.put_back(batch, clock())
        finally:
            del self._queues[stream_id]
            for waiting in (*batch, *queue):
                waiting.done.cancel()

    def _place(self, stream_id: ObjectId, queue: Queue) -> AbstractAsyncContextManager[Place]:
        """A place for the next transaction of a queue."""
        return self._aside.one(stream_id) if queue.is_aside else self._at_work.one(queue.next_actor() or stream_id)

    async def _commit(self, stream_id: ObjectId, batch: Sequence[Waiting], queue: Queue, place: Place) -> None:
        """Run the first bodies of a batch in one transaction, as often as conflicts make it necessary.

        Those that it is too heavy for, or that a conflict has left out, stay unanswered, and all where the stream is
        somebody else's at the moment.
        """
        clock = asyncio.get_running_loop().time
        pause = 0.002
        while batch := [waiting for waiting in batch if not waiting.is_over]:
            began = clock()
            try:
                outcomes, heads = await self._attempt(stream_id, batch, queue, place)
            except _OccupiedError:
                self._sharing.met(stream_id)
                return
            except PyMongoError as error:
                if not _is_transient(error):
                    raise
                self._sharing.met(stream_id)
                # Whoever is met may stay for seconds: nobody of another stream waits for that.
                place.leave()
                for waiting in batch:
                    if clock() > waiting.deadline:
                        waiting.fail(RateLimited(BUSY))
                # The shorter a transaction is, the less it meets.
                batch = batch[: (len(batch) + 1) // 2]
                await asyncio.sleep(uniform(0, pause))
                pause = min(pause * 2, 0.1)
                continue
            self._sharing.had(stream_id, began)
            self._committed(heads)
            for waiting, outcome in zip(batch, outcomes, strict=False):
                waiting.answer(outcome)
            return

    async def _attempt(
        self, stream_id: ObjectId, batch: Sequence[Waiting], queue: Queue, place: Place
    ) -> tuple[list[Outcome], Heads]:
        deadline = max(waiting.deadline for waiting in batch)
        async with self._client.start_session() as session:
            for listener in self._beginning:
                await listener(session.session_id["id"])
            try:
                await session.start_transaction(
                    read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
                )
                if self._sharing.is_shared(stream_id):
                    with _met_at_head():
                        await occupy(stream_id, session)
                changes: list[Change] = []
                values: list[Any] = []
                together = Together()
                for number, waiting in enumerate(batch):
                    is_awaited = partial(queue.is_awaited, batch, waiting)
                    change = Change(
                        session, waiting.actor_id, together=together, is_awaited=is_awaited, leave_place=place.leave
                    )
                    changes.append(change)
                    values.append(await _run(waiting, change, number))
                    if sum(map(_weight, changes)) >= MAX_WEIGHT:
                        break
                await changes[-1].settle()
                with _met_at_head():
                    cursors, heads, documents = await _number(changes, session)
                if documents:
                    await insert_all(LoggedEvent, documents, max(changes, key=_weight), EVENTS_AT_ONCE)
                try:
                    await _commit_transaction(session, deadline)
                except PyMongoError:
                    if not documents or not await _is_committed(documents[0]["_id"], deadline):
                        raise
                return list(zip(values, cursors, strict=True)), heads
            finally:
                if session.in_transaction:
                    await session.abort_transaction()


@contextmanager
def _met_at_head() -> Iterator[None]:
    try:
        yield
    except PyMongoError as error:
        if _is_transient(error):
            raise _OccupiedError from error
        raise


async def _run(waiting: Waiting, change: Change, number: int) -> Any:
    try:
        return await waiting.body(change)
    except PyMongoError as error:
        if _is_transient(error):
            raise
        raise _BodyFailed(waiting, number, error) from error
    except Exception as error:
        raise _BodyFailed(waiting, number, error) from error


async def _number(
    changes: Sequence[Change], session: AsyncClientSession
) -> tuple[list[Heads], Heads, list[LoggedEventRecord]]:
    """Give the events of changes their numbers: the cursors of each change, the new heads, the log's documents."""
    counts: dict[ObjectId, int] = {}
    for change in changes:
        for stream_id, events in change.events.items():
            counts[stream_id] = counts.get(stream_id, 0) + len(events)
    counting = changes[0].together.counting
    if not counts and not counting.numbers:
        return [{} for _ in changes], {}, []
    try:
        heads = await advance(counts, session, counting)
    except DuplicateKeyError as error:  # another process began the stream at the same moment
        error._add_error_label("TransientTransactionError")
        raise
    seqs = {stream_id: heads[stream_id].seq - count for stream_id, count in counts.items()}
    documents: list[LoggedEventRecord] = []
    cursors: list[Heads] = []
    for change in changes:
        for stream_id, events in change.events.items():
            async for event in in_turns(events):
                seqs[stream_id] += 1
                documents.append(_document(event, stream_id, seqs[stream_id], change))
        cursors.append({stream: Cursor(heads[stream].epoch, seqs[stream]) for stream in change.events})
    return cursors, heads, documents


def _document(event: Event, stream_id: ObjectId, seq: int, change: Change) -> LoggedEventRecord:
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
        "approved_by": change.approved_by,
        "at": change.at,
        "data": event.data(),
        "cause": None if change.cause is None else asdict(change.cause),
        "confined": event.confined,
    }


def _weight(change: Change) -> int:
    """How much a change weighs: as many events as it has appended."""
    return sum(map(len, change.events.values()))


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
