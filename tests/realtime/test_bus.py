"""The bus in memory, and over a real Redis that is killed and comes back."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import monotonic

import pytest
from broadcaster._backends.memory import MemoryBackend

from gateway.database import Database
from models.ids import Kind, new_id
from realtime.bus import MAX_AGE, MAX_WAITING_SIZE, Bus
from realtime.hub import Hub
from realtime.log import EventLog
from tests.patience import PATIENCE, until
from tests.realtime.log_lab import appends, reading
from tests.realtime.redis_lab import RedisServer


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


async def test_messages_that_wait_travel_together_and_arrive_one_by_one(inbox: Inbox) -> None:
    bus = Bus("memory://", inbox)

    for n in range(3000):
        bus.publish(f"{n}:{'x' * 200}\u2028")
    await bus.start()
    await inbox.until(f"2999:{'x' * 200}\u2028")
    await bus.stop()

    assert [int(message.partition(":")[0]) for message in inbox.messages] == list(range(3000))


async def test_what_waited_too_long_for_a_connection_is_dropped(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus("memory://", inbox)
    bus.publish("stale")
    now = monotonic()
    monkeypatch.setattr("realtime.bus.monotonic", lambda: now + MAX_AGE + 1)
    bus.publish("fresh")

    await bus.start()
    await inbox.until("fresh")
    await bus.stop()

    assert inbox.messages == ["fresh"]


async def test_of_the_hints_about_one_thing_that_wait_only_the_furthest_is_sent(inbox: Inbox) -> None:
    bus = Bus("memory://", inbox)
    for about, rank in (("a", 1), ("b", 1), ("a", 3), ("a", 2)):
        bus.hint(about, rank, f"{about}{rank}")
    bus.publish("end")

    await bus.start()
    await inbox.until("end")
    bus.hint("a", 1, "a1 once nothing waits")
    await inbox.until("a1 once nothing waits")
    await bus.stop()

    assert inbox.messages == ["a3", "b1", "end", "a1 once nothing waits"]


async def test_messages_that_wait_and_hints_that_do_push_each_other_out_of_no_place(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.bus.MAX_WAITING", 2)
    bus = Bus("memory://", inbox)

    for n in range(4):
        bus.hint(f"{n}", 1, f"hint {n}")
        bus.publish(f"{n}")
    await bus.start()
    await inbox.until("3")
    await bus.stop()

    assert inbox.messages == ["hint 2", "hint 3", "2", "3"]


async def test_the_bus_outlives_its_redis(redis: RedisServer, buses: tuple[Bus, Bus], inbox: Inbox) -> None:
    # Given a bus that works
    buses[0].publish("before")
    await inbox.until("before")

    # When Redis is killed and comes back
    redis.kill()
    buses[0].publish("meanwhile")
    redis.start()

    # Then messages arrive again
    async with asyncio.timeout(PATIENCE):
        while "after" not in inbox.messages:
            buses[0].publish("after")
            await asyncio.sleep(0.05)
    assert [bus.is_connected for bus in buses] == [True, True]
    assert [bus.connections for bus in buses] == [2, 2]


async def test_a_redis_that_hangs_is_left_and_found_again(
    redis: RedisServer, buses: tuple[Bus, Bus], inbox: Inbox
) -> None:
    assert redis.process is not None
    redis.process.send_signal(signal.SIGSTOP)
    try:
        await until(lambda: not any(bus.is_connected for bus in buses))
    finally:
        redis.process.send_signal(signal.SIGCONT)

    async with asyncio.timeout(PATIENCE):
        while "after" not in inbox.messages:
            buses[0].publish("after")
            await asyncio.sleep(0.05)


async def test_a_subscription_that_is_cut_is_taken_up_again_at_once(redis: RedisServer, inbox: Inbox) -> None:
    # Given a bus whose heartbeat would never find out
    bus = Bus(redis.url, inbox, heartbeat=3600, patience=3600)
    await bus.start()
    try:
        # When Redis cuts the subscription, but not the connection that messages are sent over
        redis.command("CLIENT", "KILL", "TYPE", "pubsub")
        await until(lambda: bus.connections == 2)

        # Then it is connected again all the same
        bus.publish("after")
        await inbox.until("after")
    finally:
        await bus.stop()
    # Nothing of the first connection is left.
    assert str(redis.command("CLIENT", "LIST")).count("id=") == 1


async def test_a_process_starts_without_its_bus() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        bus = Bus(f"redis://127.0.0.1:{closed.getsockname()[1]}", Inbox(), patience=0.1)

        await bus.start()
        bus.publish("nobody hears it")
        is_connected = bus.is_connected
        await bus.stop()

    assert not is_connected


async def test_what_waits_for_a_server_that_is_away_takes_bounded_memory(inbox: Inbox) -> None:
    # Given a bus that is not connected, and messages of half a megabyte
    bus = Bus("memory://", inbox)
    text = "x" * 500_000

    # When more are sent than can be kept
    for number in range(100):
        bus.publish(f"{number} {text}")

    # Then the last ones wait, up to so many characters
    kept = [int(message.partition(" ")[0]) for _, message in bus._waiting]
    assert kept == list(range(100 - len(kept), 100))
    assert len(text) * len(kept) <= MAX_WAITING_SIZE < len(text) * (len(kept) + 1) + 1_000

    # And all of them go out, and leave room for others, when it is there
    await bus.start()
    await inbox.until(f"99 {text}")
    bus.publish("afterwards")
    await inbox.until("afterwards")
    await bus.stop()
    assert len(inbox.messages) == len(kept) + 1


async def test_what_waited_too_long_makes_room_while_nothing_is_sent(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus("memory://", inbox)
    bus.publish("old")
    now = monotonic()
    monkeypatch.setattr("realtime.bus.monotonic", lambda: now + MAX_AGE + 1)

    bus.publish("new")

    assert [message for _, message in bus._waiting] == ["new"]


async def test_a_message_that_cannot_be_read_costs_no_connection(inbox: Inbox) -> None:
    # Given a receiver that does not know what to make of some messages
    def receive(message: str) -> None:
        if message == "odd":
            raise ValueError(message)
        inbox(message)

    bus = Bus("memory://", receive)
    await bus.start()

    # When one of them comes among others
    for message in ("before", "odd", "after"):
        bus.publish(message)
    await inbox.until("after")
    await bus.stop()

    # Then the others are received, over the connection that there was
    assert inbox.messages == ["before", "after"]
    assert bus.connections == 1


class _Refusing(MemoryBackend):
    """A server that lets one connect and listen, and takes no message."""

    async def publish(self, channel: str, message: str) -> None:
        raise ConnectionError("not allowed")


async def test_a_server_that_ends_every_connection_at_once_is_left_alone_for_longer_and_longer(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a bus whose connections stand, and end as soon as something is sent
    monkeypatch.setattr("realtime.bus.backends", lambda url: lambda: _Refusing(url))
    polls = list[None]()
    bus = Bus("memory://", inbox, on_connect=lambda: polls.append(None))
    await bus.start()

    # When that goes on for a while
    await asyncio.sleep(1.6)

    # Then neither it nor the database was asked again ten times a second
    assert bus.connections <= 6
    await until(lambda: bus.connections >= 2)
    await bus.stop()
    assert bus.connections == len(polls)


def test_a_bus_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kafka"):
        Bus("kafka://127.0.0.1", lambda _: None)


@asynccontextmanager
async def two_processes(database: Database, url: str) -> AsyncIterator[tuple[Hub, Hub]]:
    """The hubs of two processes whose slow polls do not come round: what arrives, arrives over the bus."""
    pair = tuple(Hub(EventLog(database.client), url, poll_seconds=3600.0) for _ in range(2))
    for hub in pair:
        await hub.start()
    try:
        yield pair[0], pair[1]
    finally:
        for hub in pair:
            await hub.stop()


@pytest.mark.parametrize("bus", ["redis", "mongodb"])
async def test_hubs_of_two_processes_hear_of_each_others_commits(
    database: Database, redis: RedisServer, bus: str
) -> None:
    stream = new_id(Kind.WORKSPACE)
    url = redis.url if bus == "redis" else "mongodb://"
    async with two_processes(database, url) as (first, second), reading(second, stream) as reader:
        # When the first one writes, and sends something ephemeral
        for _ in range(3):
            await first.log.write(stream, None, appends(stream))
        head = (await first.log.write(stream, None, appends(stream, 3))).cursor
        first.broadcast(stream, head, {"type": "Delta", "mission_id": stream, "data": {"text": "hé\x00"}})
        await reader.until(lambda r: "Delta" in r.types)

    # Then the second one's subscriber gets all of it, in order
    assert reader.seqs == list(range(1, head.seq + 1))
    delta = reader.events[-1]
    assert (delta["type"], delta["mission_id"], delta["data"]) == ("Delta", stream, {"text": "hé\x00"})
    assert delta["cursor"] == str(head)


@pytest.mark.parametrize(
    "seconds", [1.0, pytest.param(20.0, marks=pytest.mark.slow("the outage itself lasts that long"))]
)
async def test_no_event_is_lost_or_doubled_while_redis_is_away(
    database: Database, redis: RedisServer, seconds: float
) -> None:
    stream = new_id(Kind.WORKSPACE)
    async with two_processes(database, redis.url) as (first, second), reading(second, stream) as reader:

        async def write(count: int, pause: float) -> None:
            for _ in range(count):
                await first.log.write(stream, None, appends(stream))
                await asyncio.sleep(pause)

        # Given events that flow
        await write(5, 0.01)
        await reader.until(lambda r: len(r.seqs) == 5)

        # When Redis is killed, and comes back, while events go on
        redis.kill()
        await write(20, seconds / 20)
        redis.start()
        await write(20, 0.05)

        # Then all of them arrive, without a poll
        await reader.until(lambda r: len(r.seqs) >= 45)
        assert reader.seqs == list(range(1, 46))

        # And then the bus is as quick as before: in some round, whatever else the machine does
        await until(lambda: first.bus.is_connected and second.bus.is_connected)

        async def is_quick() -> bool:
            waits = []
            for _ in range(10):
                seq = reader.seqs[-1] + 1
                await write(1, 0)
                written_at = monotonic()
                await reader.until(lambda r, seq=seq: r.seqs[-1] == seq)  # type: ignore[misc]
                waits.append(monotonic() - written_at)
            return median(waits) < 0.25

        await until(is_quick)
    assert reader.seqs == list(range(1, reader.seqs[-1] + 1))
