"""A stream that several processes write to."""

import asyncio

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Label
from models.base import collection
from models.ids import Kind, new_id
from realtime import sharing
from realtime.change import Change
from realtime.log import EventLog
from tests.patience import until
from tests.realtime.log_lab import Body, appends, logged, new_label

ANN, BOB = new_id(Kind.USER), new_id(Kind.USER)


@pytest.fixture
def stream() -> ObjectId:
    return new_id(Kind.WORKSPACE)


def touches(label_id: ObjectId, stream: ObjectId, seconds: float = 0.0) -> Body:
    """A body that writes to a document which all of them write to, and takes its time."""

    async def body(change: Change) -> None:
        await collection(Label).update_one({"_id": label_id}, {"$inc": {"version": 1}}, session=change.session)
        await asyncio.sleep(seconds)
        await appends(stream)(change)

    return body


@pytest.mark.parametrize("first", ["the document", "the head"])
async def test_a_process_with_much_to_do_keeps_no_other_one_out(
    database: Database, stream: ObjectId, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    # Given a process whose queue is long, and which has met nobody yet
    monkeypatch.setattr(sharing, "UNKNOWN", 0.1)
    busy, other = EventLog(database.client), EventLog(database.client)
    label = new_label(stream, "Shared")
    await collection(Label).insert_one(label)
    flood = [asyncio.create_task(busy.write(stream, ANN, touches(label["_id"], stream, 0.005))) for _ in range(100)]
    await until(lambda: logged(stream))

    # When another one changes the same
    mine = touches(label["_id"], stream) if first == "the document" else appends(stream)
    committed = await other.write(stream, BOB, mine)

    # Then it has a turn before the queue is at its end, and nobody's change is lost or made twice
    assert committed.cursor.seq < 100
    await asyncio.gather(*flood)
    assert [event["seq"] for event in await logged(stream)] == list(range(1, 102))


async def test_a_stream_that_nobody_else_writes_to_is_not_occupied(database: Database, stream: ObjectId) -> None:
    log = EventLog(database.client)

    await asyncio.gather(*(log.write(stream, ANN, appends(stream)) for _ in range(50)))

    heads = await log.heads([stream])
    assert heads[stream].seq == 50
    assert not log._writer._sharing.is_shared(stream)
