"""The bus over nothing but the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from pymongo.errors import OperationFailure

from gateway.database import Database
from models import BusMessage
from models.base import collection
from models.ids import Kind, new_id
from realtime.bus import CHANNEL, Bus
from realtime.change_stream import ChangeStreamBackend
from realtime.hub import Hub
from realtime.log import EventLog
from tests.patience import PATIENCE, until
from tests.realtime.log_lab import appends, reading


async def heard(backend: ChangeStreamBackend, count: int) -> list[str]:
    """The next messages of a backend."""
    async with asyncio.timeout(PATIENCE):
        return [(await backend.next_published()).message for _ in range(count)]


@asynccontextmanager
async def connected(backend: ChangeStreamBackend) -> AsyncIterator[ChangeStreamBackend]:
    await backend.connect()
    await backend.subscribe(CHANNEL)
    try:
        yield backend
    finally:
        await backend.disconnect()


async def test_a_commit_is_heard_without_anything_being_sent(clean: Database) -> None:
    event_log, stream = EventLog(clean.client), new_id(Kind.WORKSPACE)
    async with connected(ChangeStreamBackend()) as backend:
        await event_log.write(stream, None, appends(stream, 2))
        await event_log.write(stream, None, appends(stream))

        messages = await heard(backend, 2)

    assert [orjson.loads(message) for message in messages] == [
        {"stream": str(stream), "seq": 2},
        {"stream": str(stream), "seq": 3},
    ]
    assert await collection(BusMessage).count_documents({}) == 0


async def test_every_message_arrives_even_where_two_are_the_same(clean: Database) -> None:
    async with connected(ChangeStreamBackend()) as receiver, connected(ChangeStreamBackend()) as sender:
        for message in ("one", "one", "two"):
            await sender.publish(CHANNEL, message)

        assert await heard(receiver, 3) == ["one", "one", "two"]
        # One document a process, however much it sends.
        assert await collection(BusMessage).count_documents({}) == 1
    assert await collection(BusMessage).count_documents({}) == 0


async def test_a_heartbeat_comes_back_and_is_written_nowhere(clean: Database) -> None:
    async with connected(ChangeStreamBackend()) as backend:
        await backend.publish(CHANNEL, "")

        assert await heard(backend, 1) == [""]
    assert await collection(BusMessage).count_documents({}) == 0


async def test_a_connection_that_was_lost_goes_on_where_it_was(clean: Database) -> None:
    # Given a receiver that has heard one message, and whose connection is lost
    receiver = ChangeStreamBackend()
    async with connected(ChangeStreamBackend()) as sender:
        async with connected(receiver):
            await sender.publish(CHANNEL, "before")
            assert await heard(receiver, 1) == ["before"]

        # When others send meanwhile
        await sender.publish(CHANNEL, "meanwhile")
        await sender.publish(CHANNEL, "later")

        # Then it gets that afterwards, and nothing twice
        async with connected(receiver):
            assert await heard(receiver, 2) == ["meanwhile", "later"]


async def test_a_place_that_the_server_no_longer_holds_is_given_up(clean: Database) -> None:
    receiver = ChangeStreamBackend()
    receiver._position = {"_data": "aa"}

    with pytest.raises(OperationFailure):
        await receiver.connect()

    async with connected(receiver), connected(ChangeStreamBackend()) as sender:
        await sender.publish(CHANNEL, "afresh")
        assert await heard(receiver, 1) == ["afresh"]


async def test_what_a_lost_place_hid_is_read_from_the_log_at_once(clean: Database) -> None:
    # Given two processes without slow polls, and a subscriber of the second one
    first, second = (Hub(EventLog(clean.client), "mongodb", poll_seconds=3600.0) for _ in range(2))
    await first.start()
    await second.start()
    stream = new_id(Kind.WORKSPACE)
    async with reading(second, stream) as reader:
        await first.log.write(stream, None, appends(stream))
        await reader.until(lambda r: r.seqs == [1])

        # When the second one's change stream ends, events are written, and it cannot be resumed
        backend = second.bus._backend()
        assert isinstance(backend, ChangeStreamBackend)
        assert backend._stream is not None
        await backend._stream.close()
        await first.log.write(stream, None, appends(stream, 3))
        backend._position = {"_data": "aa"}

        # Then they arrive nevertheless, and later ones too
        await reader.until(lambda r: len(r.seqs) == 4)
        await first.log.write(stream, None, appends(stream))
        await reader.until(lambda r: len(r.seqs) == 5)
    await first.stop()
    await second.stop()

    assert reader.seqs == [1, 2, 3, 4, 5]


async def test_a_bus_that_stops_leaves_nothing_in_the_database(clean: Database) -> None:
    messages: list[str] = []
    bus = Bus("mongodb", messages.append)
    await bus.start()
    bus.publish("hello")
    await until(lambda: messages == ["hello"])

    await bus.stop()

    assert await collection(BusMessage).count_documents({}) == 0
