import asyncio
import contextlib
import gc
import socket
import struct
from dataclasses import replace

import bson
import pytest

from gateway.database import Database, DatabaseError, connect
from gateway.settings import Settings
from models import DOCUMENTS

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


async def test_dates_come_back_with_their_time_zone(database: Database) -> None:
    assert database.client.codec_options.tz_aware


async def test_an_unreachable_server_ends_the_start_with_one_sentence(
    settings: Settings, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.database.OPTIONS", {"serverSelectionTimeoutMS": 200})
    url = f"mongodb://reader:hunter2@127.0.0.1:{silent_port}/board"

    with pytest.raises(DatabaseError) as caught:
        await connect(replace(settings, mongodb_url=url))

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

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        with pytest.raises(DatabaseError, match=reason):
            await connect(replace(settings, mongodb_url=f"mongodb://127.0.0.1:{port}/x?directConnection=true"))
    finally:
        server.close()
        await server.wait_closed()


async def answer_hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, extra: dict[str, object]) -> None:
    """Speak just enough of the wire protocol to greet a driver as a server with the given properties."""
    reply = {"ok": 1, "isWritablePrimary": True, "minWireVersion": 0, "maxBsonObjectSize": 16777216} | extra
    with contextlib.suppress(asyncio.IncompleteReadError), contextlib.closing(writer):
        while True:
            length, request, _, opcode = struct.unpack("<iiii", await reader.readexactly(16))
            await reader.readexactly(length - 16)
            if opcode == OP_QUERY:
                head, body = (1, struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(reply))
            else:
                head, body = (OP_MSG, struct.pack("<ib", 0, 0) + bson.encode(reply))
            writer.write(struct.pack("<iiii", 16 + len(body), 0, request, head) + body)
