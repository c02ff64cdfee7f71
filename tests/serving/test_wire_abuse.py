"""What a peer may not do on a socket: the close code it is told, and a log without a traceback."""

import asyncio
import json
import logging
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gateway.database import Database
from gateway.settings import Settings
from tests.gateway.lab import Board, Lab
from tests.loopback import NO_TLS
from tests.patience import PATIENCE
from tests.serving.transports.websocket_lab import closing, hear, say
from tests.serving.wire_lab import EVENTS, dial, gateway_of, sign_in, title, watch

MEGABYTE = 1024 * 1024
FEW = 3


@pytest.fixture(autouse=True)
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a peer does is worth a warning, let alone a traceback.

    What other gateways of this process do beside, whose buses complain where a test before held up the loop, is no
    peer's doing.
    """
    with caplog.at_level(logging.INFO):
        yield
    loud = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING or record.exc_info]
    assert [record.getMessage() for record in loud if record.name != "orrery.bus"] == []


@pytest.fixture
async def few(settings: Settings, database: Database) -> AsyncIterator[str]:
    """A gateway where a user may have three connections, and one page of another host may connect."""
    chosen = replace(
        settings, max_connections_per_user=FEW, allowed_origins=frozenset({"https://app.example", "http://[::1]:8080"})
    )
    async with gateway_of(chosen, database) as address:
        yield address


async def tell(socket: ClientConnection, frame: str | bytes) -> tuple[int, str]:
    """Send something, and how the socket was closed for it."""
    with suppress(ConnectionClosed):
        await socket.send(frame)
    return await closing(socket)


def masked(first: int, payload: bytes, *, mask: bool = True) -> bytes:
    """A frame whose first byte is given; its mask is zero."""
    head = struct.pack("!BBH", first, (0x80 if mask else 0) | 126, len(payload))
    return head + (bytes(4) if mask else b"") + payload


# --- messages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        "1",
        "null",
        '"ping"',
        "{",
        "[" * 60_000,
        '{"a":' * 12_000,
        "{}",
        '{"type": "start", "id": "1", "payload": {"query": "{ viewer { id } }"}}',
        '{"type": "connection_terminate"}',
        '{"type": "connection_init", "payload": "token"}',
        '{"type": "subscribe", "id": {}, "payload": {"query": "{ viewer { id } }"}}',
        '{"type": "subscribe", "id": "1", "payload": "{ viewer { id } }"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": "1", "payload": {"query": {}}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { id } }", "variables": "{}"}}',
        json.dumps({"type": "subscribe", "id": "x" * 513, "payload": {"query": "{ viewer { id } }"}}),
        json.dumps({"type": "complete", "id": "x" * 60_000}),
        '{"type": "ping", "payload": 1}',
        b'{"type": "ping"}',
        b"\x00" * 1_000,
    ],
    ids=lambda frame: repr(frame[:50]),
)
@pytest.mark.parametrize("greeted", [False, True], ids=["before", "after"])
async def test_what_is_no_message_closes_with_4400(address: str, lab: Lab, frame: str | bytes, greeted: bool) -> None:
    async with dial(address) as socket:
        if greeted:
            await sign_in(socket, None)

        code, reason = await tell(socket, frame)

    assert code == 4400
    assert reason.startswith("Invalid message: ")


@pytest.mark.parametrize("greeted", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("size", [65_537, 100_000, 16 * MEGABYTE])
@pytest.mark.parametrize("piece", ["[", b"["], ids=["text", "binary"])
async def test_a_frame_over_64_kb_closes_with_1009(
    address: str, lab: Lab, size: int, piece: str | bytes, greeted: bool
) -> None:
    # Not as a context manager: at its end the client would abort a transport that it has closed.
    socket = await dial(address)
    if greeted:
        await sign_in(socket, None)

    code, _ = await tell(socket, piece * size)

    assert code == 1009


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (masked(0x81, b'{"type":"ping\xff"}'), 1007),
        (masked(0x81, b"\xed\xa0\x80"), 1007),
        (masked(0x81, b'{"type":"ping"}', mask=False), 1002),
        (masked(0xC1, b'{"type":"ping"}'), 1002),
        (masked(0x83, b'{"type":"ping"}'), 1002),
        (masked(0x80, b'{"type":"ping"}'), 1002),
        (masked(0x89, b"x" * 126), 1002),
        (b"\x81\xff" + struct.pack("!Q", 1 << 62) + bytes(4), 1009),
        (masked(0x01, b"[" * 40_000) + masked(0x80, b"[" * 40_000), 1009),
        (masked(0x01, b"[") + masked(0x00, b"[") * 300, 1009),
    ],
    ids=[
        "invalid UTF-8",
        "half a surrogate pair",
        "unmasked",
        "reserved bit",
        "reserved opcode",
        "continues nothing",
        "long control frame",
        "announces 4 EB",
        "too long in fragments",
        "too many fragments",
    ],
)
async def test_a_frame_that_breaks_the_websocket_protocol_closes_with_its_code(
    address: str, lab: Lab, written: bytes, expected: int
) -> None:
    async with dial(address) as socket:
        await sign_in(socket, None)
        socket.transport.write(written)

        code, _ = await closing(socket)

    assert code == expected


async def test_a_message_of_64_kb_is_taken(address: str, lab: Lab) -> None:
    ping = {"type": "ping", "payload": {"padding": ""}}
    padding = "x" * (65_536 - len(json.dumps(ping)))
    async with dial(address) as socket:
        await say(socket, "ping", payload={"padding": padding})
        assert await hear(socket) == {"type": "pong", "payload": {"padding": padding}}


async def test_others_are_served_while_a_peer_sends_nonsense(address: str, board: Board) -> None:
    async with dial(address) as reader:
        await sign_in(reader, board.ann.token)
        await watch(reader, board.project)
        for frame in ("[" * 60_000, "x" * MEGABYTE, b"\xff"):
            async with dial(address) as hostile:
                await tell(hostile, frame)

        await board.card("One")

        assert await title(reader) == "One"


# --- the order of things -----------------------------------------------------------------------------------------


async def test_a_subscribe_before_the_init_closes_with_4401(address: str, board: Board) -> None:
    payload = {"query": EVENTS, "variables": {"p": board.project}}
    async with dial(address) as socket:
        await say(socket, "subscribe", id="1", payload=payload)
        assert await closing(socket) == (4401, "Unauthorized")


async def test_a_second_init_closes_with_4429_and_ends_what_runs(address: str, board: Board) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await watch(socket, board.project)
        await say(socket, "connection_init")
        assert await closing(socket) == (4429, "Too many initialisation requests")


async def test_an_id_in_use_closes_with_4409(address: str, board: Board) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await watch(socket, board.project, id="twice")
        await say(socket, "subscribe", id="twice", payload={"query": "{ viewer { id } }"})
        assert await closing(socket) == (4409, "Subscriber for twice already exists")


@pytest.mark.parametrize(
    "payload", [{"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}, {"Authorization": 1}, {"authorization": "x"}]
)
async def test_an_init_with_a_wrong_credential_closes_with_4403(
    address: str, lab: Lab, payload: dict[str, Any]
) -> None:
    async with dial(address) as socket:
        await say(socket, "connection_init", payload=payload)
        assert await closing(socket) == (4403, "Forbidden")


async def test_a_socket_without_an_init_closes_with_4408_after_five_seconds(address: str, lab: Lab) -> None:
    clock = asyncio.get_running_loop().time
    async with dial(address) as socket:
        opened = clock()
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}

        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionClosed):
                await socket.recv()

    assert (socket.close_code, socket.close_reason) == (4408, "Connection initialisation timeout")
    assert 4.9 < clock() - opened < 8


# --- the handshake -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocols", [("",), ("graphql-ws",), ("GRAPHQL-TRANSPORT-WS",), ("mqtt", "graphql-ws")])
async def test_another_sub_protocol_closes_with_4406(address: str, lab: Lab, protocols: tuple[str, ...]) -> None:
    async with dial(address, *protocols) as socket:
        assert await closing(socket) == (4406, "Subprotocol not acceptable")


async def test_the_right_sub_protocol_is_chosen_among_others(address: str, lab: Lab) -> None:
    async with dial(address, "graphql-ws", "graphql-transport-ws") as socket:
        assert socket.subprotocol == "graphql-transport-ws"
        await sign_in(socket, None)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil.example"])
async def test_a_page_of_another_host_may_not_open_a_socket(few: str, lab: Lab, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with dial(few, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_pages_of_this_host_and_of_those_allowed_may_open_a_socket(few: str, lab: Lab) -> None:
    for origin in (f"http://{few}", "https://app.example", "http://[::1]:8080"):
        async with dial(few, origin=origin) as socket:
            await sign_in(socket, None)


async def test_a_socket_is_not_compressed_whatever_its_client_offers(address: str, lab: Lab) -> None:
    offer = {"sec-websocket-extensions": "permessage-deflate; client_max_window_bits"}
    async with dial(address, additional_headers=offer) as socket:
        assert socket.response is not None
        assert "sec-websocket-extensions" not in socket.response.headers


# --- how much ----------------------------------------------------------------------------------------------------


async def test_the_21st_operation_is_refused_and_the_twenty_go_on(address: str, board: Board) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        for number in range(20):
            await watch(socket, board.project, id=str(number))
        await say(socket, "subscribe", id="20", payload={"query": "{ viewer { id } }"})
        refused = await hear(socket)
        await board.card("One")
        heard = [await hear(socket) for _ in range(20)]

    assert (refused["type"], refused["id"]) == ("error", "20")
    assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert {message["id"] for message in heard} == {str(number) for number in range(20)}


async def test_a_user_has_no_more_connections_than_allowed_and_others_are_not_counted(
    few: str, lab: Lab, board: Board
) -> None:
    bob = await lab.person("bob@example.com")
    stream = {"accept": "text/event-stream", "authorization": f"Bearer {board.ann.token}"}
    body = {"query": EVENTS, "variables": {"p": board.project}}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{few}", timeout=PATIENCE)
        )
        # Given two sockets and an event stream
        first, second = [await stack.enter_async_context(dial(few)) for _ in range(2)]
        for socket in (first, second):
            await sign_in(socket, board.ann.token)
        request = client.build_request("POST", "/graphql", json=body, headers=stream)
        events = await client.send(request, stream=True)
        assert events.status_code == 200

        # When the same user opens one more of either, and another user does
        async with dial(few) as third:
            await say(third, "connection_init", payload={"authorization": f"Bearer {board.ann.token}"})
            closed = await closing(third)
        refused = await client.post("/graphql", json=body, headers=stream)
        async with dial(few) as his:
            await sign_in(his, bob.token)

        # Then only the first is refused, until one of hers has ended
        assert closed == (4429, "Too many connections of one user")
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
        await events.aclose()
        await first.close()
        for _ in range(2):
            await _admitted(few, board.ann.token, stack)


async def test_connections_of_nobody_are_counted_by_their_address(few: str, board: Board) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(FEW):
            await sign_in(await stack.enter_async_context(dial(few)), None)
        async with dial(few) as one_more, dial(few) as hers:
            await say(one_more, "connection_init")
            assert (await closing(one_more))[0] == 4429
            await sign_in(hers, board.ann.token)


async def _admitted(address: str, token: str, stack: AsyncExitStack) -> None:
    """A socket that is acknowledged, once the end of another one has been noticed."""
    async with asyncio.timeout(PATIENCE):
        while True:
            socket = await stack.enter_async_context(dial(address))
            await say(socket, "connection_init", payload={"authorization": f"Bearer {token}"})
            with suppress(ConnectionClosed):
                assert json.loads(await socket.recv()) == {"type": "connection_ack"}
                return
            await asyncio.sleep(0.02)


# --- what a socket is for ----------------------------------------------------------------------------------------


async def test_a_mutation_over_a_socket_is_one_result_and_complete(address: str, board: Board) -> None:
    query = "mutation ($i: CardCreateInput!) { cardCreate(input: $i) { card { title } } }"
    values = {"projectId": board.project, "columnId": board.todo, "title": "Sent by socket"}
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await say(socket, "subscribe", id="m", payload={"query": query, "variables": {"i": values}})
        answer, complete = await hear(socket), await hear(socket)

    assert answer == {
        "type": "next",
        "id": "m",
        "payload": {"data": {"cardCreate": {"card": {"title": "Sent by socket"}}}},
    }
    assert complete == {"type": "complete", "id": "m"}
