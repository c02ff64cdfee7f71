"""The durable event log: every change and its events in one transaction, numbered per stream without holes."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

from bson import Binary, ObjectId
from pymongo import AsyncMongoClient

from models import LoggedEvent
from models.base import Record, collection
from models.records import LoggedEventRecord
from realtime.change import Change, Committed
from realtime.cursor import Cursor
from realtime.heads import bounds, heads_of
from realtime.writer import MAX_TRANSACTIONS, Writer
from realtime.writer_queue import Heads

T = TypeVar("T")
Listener = Callable[[Heads], None]

READ_LIMIT = 500


class EventLog:
    """Writes changes with their events, and reads events back."""

    def __init__(self, client: AsyncMongoClient[Record], *, transactions: int = MAX_TRANSACTIONS) -> None:
        """`transactions` is how many changes of several streams it works at at a time, large ones aside."""
        self._listeners: list[Listener] = []
        self._writer = Writer(client, self._tell, transactions)

    def on_commit(self, listener: Listener) -> None:
        """Call `listener` with the new head of every stream that a commit touched. It must not block."""
        self._listeners.append(listener)

    async def write(
        self, stream_id: ObjectId, actor_id: ObjectId | None, body: Callable[[Change], Awaitable[T]]
    ) -> Committed[T]:
        """Run `body` in a transaction and commit it with the events that it appended.

        `body` may run more than once, so it must touch nothing but the database. What it raises undoes what it wrote.
        Raises RateLimited when the stream stayed busy, or the database away, for 10 s. A caller that is cancelled
        leaves the outcome open.
        """
        value, heads = await self._writer.write(stream_id, actor_id, body)
        if stream_id not in heads:  # a change that turned out to change nothing
            return Committed(value, await self.head(stream_id))
        return Committed(value, heads[stream_id])

    async def aside(self, queue: ObjectId, body: Callable[[Change], Awaitable[T]]) -> T:
        """Run `body` as `write` does, for work that is nobody's change and belongs to no one stream; what it returned.

        Works of one `queue` come one after the other, and share no transaction with anybody's changes, nor wait for
        those. There are as many queues as kinds of such work.
        """
        value, _ = await self._writer.write(queue, None, body, is_aside=True)
        returned: T = value
        return returned

    def before_transaction(self, listener: Callable[[Binary], Awaitable[None]]) -> None:
        """Call `listener` with the id of the session of each transaction, before that begins. It must not raise."""
        self._writer.before_transaction(listener)

    async def head(self, stream_id: ObjectId) -> Cursor:
        """Where a stream stands now."""
        return (await bounds(stream_id))[0]

    async def bounds(self, stream_id: ObjectId) -> tuple[Cursor, int]:
        """Where a stream stands now, and the last seq that the log no longer holds (0: it holds all)."""
        return await bounds(stream_id)

    async def heads(self, stream_ids: Iterable[ObjectId]) -> Heads:
        """Where several streams stand, in one query; unknown streams are left out."""
        return await heads_of(stream_ids)

    async def read(
        self, stream_id: ObjectId, after: int, limit: int = READ_LIMIT, types: Collection[str] = ()
    ) -> Sequence[LoggedEventRecord]:
        """The next `limit` events of a stream after a seq, oldest first; of these, those of `types` where some are
        named."""
        events = collection(LoggedEvent)
        # There are no holes, so the upper bound cuts nothing off; a database that sorts first would read all the rest.
        where: Record = {"stream_id": stream_id, "seq": {"$gt": after, "$lte": after + limit}}
        found = events.find(where | ({"type": {"$in": list(types)}} if types else {}))
        return await found.sort("seq", 1).to_list()

    def _tell(self, heads: Heads) -> None:
        for listener in self._listeners:
            listener(heads)


__all__ = ["Change", "Committed", "EventLog", "Heads"]
