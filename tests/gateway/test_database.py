import asyncio
import contextlib
import gc
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import bson
import pytest
from pymongo import AsyncMongoClient, ReadPreference
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from gateway import database_check
from gateway.database import Database, DatabaseError, connect
from gateway.database_options import options
from gateway.settings import Settings
from models import DOCUMENTS
from models.base import Record, utc_now

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OP_QUERY, OP_MSG = 2004, 2013


@pytest.fixture
def silent_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_every_index_of_every_document_exists_after_a_start(database: Database) -> None:
    for document in DOCUMENTS:
        declared = {model.name for model in document.get_settings().indexes}
        created = await document.get_pymongo_collection().index_information()

        assert declared <= created.keys(), document.__name__


async def test_moments_come_back_as_they_were_written_with_their_time_zone(database: Database) -> None:
    kept = database.db["moments"]
    moments = [datetime(1, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), utc_now()]
    await kept.insert_one({"_id": 1, "inside": [{"at": moment} for moment in moments]})

    [found] = await kept.find({"inside.at": moments[1]}).to_list()
    rows = await (await kept.aggregate([{"$project": {"inside": 1}}])).to_list()

    assert [inside["at"] for inside in found["inside"]] == moments
    assert rows[0]["inside"] == found["inside"]
    assert {inside["at"].utcoffset() for inside in found["inside"]} == {timedelta(0)}


async def test_an_unreachable_server_ends_the_start_with_one_sentence(
    settings: Settings, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_check, "LOOK_SECONDS", 0.2)
    url = f"mongodb://reader:hunter2@127.0.0.1:{silent_port}/board"

    with pytest.raises(DatabaseError) as caught:
        await connect(replace(settings, mongodb_url=url, mongodb_patience=timedelta(0)))

    assert f"127.0.0.1:{silent_port}" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


# The driver leaves sockets of connections that it opens ahead to the collector, where their client is closed at once.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")
async def test_a_wrong_password_ends_the_start_with_one_sentence(settings: Settings, database: Database) -> None:
    host, port = await database.client.address or ("", 0)
    url = f"mongodb://orrery:hunter2@{host}:{port}/orrery?authSource=admin"

    with pytest.raises(DatabaseError, match="refuses the credentials") as caught:
        await connect(replace(settings, mongodb_url=url))
    gc.collect()

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://a:b:c@localhost/x",
        "mongodb://localhost/x?w=-3",
        "mongodb://localhost/x?nonsense=1",
        "mongodb://localhost:port/x",
    ],
)
async def test_a_malformed_url_ends_the_start_with_one_sentence(url: str, settings: Settings) -> None:
    with pytest.raises(DatabaseError, match=r"^ORRERY_MONGODB_URL is not a valid MongoDB URL\.$"):
        await connect(replace(settings, mongodb_url=url))


@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        ({"maxWireVersion": 27}, "stands alone"),
        ({"maxWireVersion": 9, "setName": "rs"}, "too old"),
    ],
)
async def test_a_server_that_cannot_serve_is_named_as_such(
    hello: dict[str, object], reason: str, settings: Settings
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer_hello(reader, writer, hello)

    async with listening(serve) as url:
        with pytest.raises(DatabaseError, match=reason):
            await connect(replace(settings, mongodb_url=url))


BUSY = {"ok": 0, "code": 50, "codeName": "MaxTimeMSExpired", "errmsg": "operation exceeded time limit"}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (BUSY, "is too busy to answer in time."),
        (
            {"ok": 0, "code": 10107, "codeName": "NotWritablePrimary", "errmsg": "not primary"},
            "none of them is the primary",
        ),
        ({"ok": 0, "code": 8, "codeName": "UnknownError", "errmsg": "the disk is full"}, "fails: the disk is full."),
        ({"ok": 0, "code": 13, "codeName": "Unauthorized", "errmsg": "not allowed"}, "refuses the credentials"),
    ],
)
async def test_what_a_server_answers_is_the_cause_that_is_named(
    answer: dict[str, object], sentence: str, settings: Settings
) -> None:
    async with listening(greeting_then(answer)) as url:
        with pytest.raises(DatabaseError, match=sentence) as caught:
            await connect(replace(settings, mongodb_url=url, mongodb_patience=timedelta(0)))

    assert "127.0.0.1" in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_cluster_that_shards_a_collection_is_refused(settings: Settings) -> None:
    def answer(command: str) -> dict[str, object]:
        names = {"id": bson.Int64(0), "ns": "x.$cmd.listCollections", "firstBatch": [{"name": "cards"}]}
        asked: dict[str, dict[str, object]] = {"listCollections": {"cursor": names}, "collStats": {"sharded": True}}
        return asked.get(command, {"maxWireVersion": 21, "msg": "isdbgrid"})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer_all(reader, writer, answer)

    async with listening(serve) as url:
        with pytest.raises(DatabaseError, match=r"^The collection cards of the cluster at \S+ is sharded: "):
            await connect(replace(settings, mongodb_url=url))


async def test_a_start_waits_for_a_busy_server_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database_check, "PAUSE", 0)
    # Busy twice, then of a mind to refuse: what it says last is what ends the start.
    answers = [BUSY, BUSY, {"ok": 0, "code": 13, "codeName": "Unauthorized", "errmsg": "not allowed"}]

    async with listening(greeting_then(*answers)) as url:
        with pytest.raises(DatabaseError, match="refuses the credentials"):
            await connect(replace(settings, mongodb_url=url))

    told = [record.getMessage() for record in caplog.records if record.name == "orrery.database"]
    assert len(told) == 2
    assert all("too busy to answer in time. Trying again for up to" in one for one in told)


async def test_what_correctness_needs_wins_over_the_url(settings: Settings, database: Database) -> None:
    host, port = await database.client.address or ("", 0)
    asked = "readPreference=secondary&readPreferenceTags=dc:far&maxStalenessSeconds=120&readConcernLevel=available"
    asked += "&w=1&journal=false&wTimeoutMS=1&retryWrites=false&maxPoolSize=3&minPoolSize=3&timeoutMS=1"
    url = f"mongodb://{host}:{port}/x?{asked}"

    async with AsyncMongoClient[Record](url, **options(replace(settings, mongodb_pool=30))) as client:
        assert client.read_preference == ReadPreference.PRIMARY
        assert client.read_concern == ReadConcern("majority")
        assert client.write_concern == WriteConcern("majority", wtimeout=0, j=True)
        assert client.options.retry_writes
        assert client.options.timeout == 20
        assert client.options.pool_options.max_pool_size == 30


@pytest.mark.parametrize(("workers", "pool", "ahead"), [(1, 100, 16), (16, 100, 4), (64, 100, 1), (1, 8, 8)])
def test_many_workers_open_few_connections_ahead(workers: int, pool: int, ahead: int, settings: Settings) -> None:
    given = options(replace(settings, workers=workers, mongodb_pool=pool))

    assert (given["minPoolSize"], given["maxPoolSize"]) == (ahead, pool)


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[str]:
    """The URL of a server of this machine that answers as told."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"mongodb://127.0.0.1:{port}/x?directConnection=true"
    finally:
        server.close()
        await server.wait_closed()


def greeting_then(*answers: dict[str, object]) -> Serve:
    """A server that greets as the primary of a set, and gives these answers to `listCollections`, the last for ever."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def answer(command: str) -> dict[str, object]:
            if command != "listCollections":
                return {"maxWireVersion": 21, "setName": "rs"}
            return left.pop(0) if len(left) > 1 else left[0]

        await answer_all(reader, writer, answer)

    return serve


async def answer_hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, extra: dict[str, object]) -> None:
    await answer_all(reader, writer, lambda _: extra)


async def answer_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Callable[[str], dict[str, object]]
) -> None:
    """Speak just enough of the wire protocol to answer a driver's commands, each by its name."""
    greeting = {"ok": 1, "isWritablePrimary": True, "minWireVersion": 0, "maxBsonObjectSize": 16777216}
    with contextlib.suppress(asyncio.IncompleteReadError), contextlib.closing(writer):
        while True:
            length, request, _, opcode = struct.unpack("<iiii", await reader.readexactly(16))
            sent = await reader.readexactly(length - 16)
            command = "hello" if opcode == OP_QUERY else next(iter(bson.decode(sent[5:])))
            reply = greeting | answer(command)
            if opcode == OP_QUERY:
                head, body = (1, struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(reply))
            else:
                head, body = (OP_MSG, struct.pack("<ib", 0, 0) + bson.encode(reply))
            writer.write(struct.pack("<iiii", 16 + len(body), 0, request, head) + body)


@pytest.mark.parametrize(
    ("told", "at_a_time"), [({"version": "8.0.0"}, 32), ({"version": "7.0.0", "secantusVersion": "0.7.0"}, 2)]
)
async def test_a_process_works_at_few_transactions_at_a_time_in_the_embedded_database_alone(
    told: Record, at_a_time: int
) -> None:
    async def command(name: str) -> Record:
        assert name == "buildInfo"
        return told

    client = cast(database_check.Client, SimpleNamespace(admin=SimpleNamespace(command=command)))
    server = database_check.Server(client, "db.example", timedelta(0))

    assert await database_check.transactions_at_a_time(server, 32) == at_a_time


async def test_what_is_connected_to_knows_how_many_transactions_it_takes(database: Database) -> None:
    assert database.transactions == database_check.AT_WORK_IN_EMBEDDED
