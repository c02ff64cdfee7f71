"""A command that is sent and waited for without tasks ends as it does in the driver."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import bson
import pymongo
import pytest
from pymongo import network_layer
from pymongo.asynchronous import pool
from pymongo.errors import ProtocolError, _OperationCancelled
from pymongo.network_layer import AsyncNetworkingInterface, PyMongoProtocol
from pymongo.pool_shared import _CancellationContext

from gateway import driver_speed
from gateway.database import Database

OP_MSG, UNKNOWN = 2013, 999
MOST = 48_000_000

Receive = Callable[[Any, int | None, int], Awaitable[Any]]


def reply(to: int, code: int = OP_MSG) -> bytes:
    body = struct.pack("<IB", 0, 0) + bson.encode({"ok": 1})
    return struct.pack("<iiii", 16 + len(body), 7, to, code) + body


@asynccontextmanager
async def connected(answer: bytes | None, timeout: float | None = None) -> AsyncIterator[Any]:
    """A connection to a server that sends `answer` for whatever it gets; nothing of it for b"", and hangs up for None.

    `timeout` is the socket's, in seconds.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(100) and answer is not None:
            writer.write(answer)
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        pair = await asyncio.get_running_loop().create_connection(lambda: PyMongoProtocol(timeout), *address)
        interface = AsyncNetworkingInterface(pair)
        yield SimpleNamespace(conn=interface, cancel_context=_CancellationContext())
        await interface.close()


BOTH = pytest.mark.parametrize(
    ("send", "receive"),
    [
        (network_layer.async_sendall, network_layer.async_receive_message),
        (driver_speed.send, driver_speed.receive),
    ],
    ids=["driver", "quick"],
)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked often whether a connection was given up."""
    monkeypatch.setattr(network_layer, "_POLL_TIMEOUT", 0.01)
    monkeypatch.setattr(driver_speed, "LOOK_SECONDS", 0.01)


@BOTH
async def test_answers_are_those_of_their_commands(send: Any, receive: Receive) -> None:
    async with connected(reply(1) + reply(2), timeout=60) as connection:
        await send(connection.conn.get_conn, b"ask")
        found = [(await receive(connection, number, MOST)).unpack_response() for number in (1, 2)]

    assert found == [[{"ok": 1}], [{"ok": 1}]]


@BOTH
async def test_an_answer_that_does_not_come_is_waited_for_as_long_as_it_may_take(send: Any, receive: Receive) -> None:
    async with connected(b"", timeout=0.02) as connection:
        await send(connection.conn.get_conn, b"ask")
        with pytest.raises(TimeoutError, match="timed out"):
            await receive(connection, 1, MOST)
    async with connected(b"", timeout=60) as connection:
        await send(connection.conn.get_conn, b"ask")
        with pymongo.timeout(0.02), pytest.raises(TimeoutError, match="timed out"):
            await receive(connection, 1, MOST)


@BOTH
@pytest.mark.parametrize("at", ["before", "meanwhile"])
async def test_a_command_ends_with_its_connection(at: str, send: Any, receive: Receive) -> None:
    async with connected(b"", timeout=60) as connection:
        await send(connection.conn.get_conn, b"ask")
        if at == "before":
            connection.cancel_context.cancel()
        waiting = asyncio.ensure_future(receive(connection, 1, MOST))
        if at == "meanwhile":
            await asyncio.sleep(0.03)
            assert not waiting.done()
            connection.cancel_context.cancel()
        with pytest.raises(_OperationCancelled):
            await waiting


@BOTH
async def test_what_is_no_answer_is_told(send: Any, receive: Receive) -> None:
    for answer, error, message in (
        (None, OSError, "connection closed"),
        (reply(2), ProtocolError, "response id"),
        (reply(1, UNKNOWN), ProtocolError, "opcode"),
        (reply(1), ProtocolError, "larger than"),
    ):
        async with connected(answer, timeout=60) as connection:
            await send(connection.conn.get_conn, b"ask")
            with pytest.raises(error, match=message):
                await receive(connection, 1, 20 if message == "larger than" else MOST)


@BOTH
async def test_one_who_is_cancelled_waits_no_longer_and_nobody_reads_the_answer(send: Any, receive: Receive) -> None:
    async with connected(b"", timeout=60) as connection:
        await send(connection.conn.get_conn, b"ask")
        waiting = asyncio.ensure_future(receive(connection, 1, MOST))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not connection.conn.get_conn._done_messages


@BOTH
async def test_nothing_is_sent_over_a_closed_connection(send: Any, receive: Receive) -> None:
    async with connected(b"", timeout=60) as connection:
        connection.conn.get_conn.transport.close()
        with pytest.raises(OSError, match="closed"):
            await send(connection.conn.get_conn, b"ask")
        with pytest.raises(OSError, match="closed"):
            await receive(connection, 1, MOST)


def test_the_driver_sends_and_receives_like_this_once_a_database_is_open(database: Database) -> None:
    assert vars(pool)["async_sendall"] is driver_speed.send
    assert vars(pool)["async_receive_message"] is driver_speed.receive
