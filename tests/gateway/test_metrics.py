"""What `/metrics` says of the live path."""

import asyncio
import contextlib
import re
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.database import Database
from gateway.graph import served_graph
from gateway.metrics import Metrics
from gateway.settings import Settings
from realtime.bus import Bus
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.payload import EventPayload
from resolvers.kit.context import Services
from serving.graph.engine import GraphEngine
from serving.graph.live import Live
from serving.transports.connections import Connection, Connections
from serving.transports.protocol import OperationRequest
from tests.gateway.lab import Board, Lab
from tests.patience import PATIENCE, until
from tests.realtime.redis_lab import RedisServer
from tests.serving.graph.test_live_sharing import subject_of

WATCH = "subscription ($p: ID!) { projectEvents(projectId: $p) { __typename ... on Event { cursor } } }"


class Reader:
    """A client over a transport; a slow one takes nothing after what it was given first."""

    def __init__(self, transport: str, live: Live, *, slow: bool = False) -> None:
        self.transport = transport
        self.live = live
        self.taken = 0
        self._slow = slow
        live.open(self)

    def write(self, delivery: EventPayload) -> bool:
        self.taken += 1
        return not self._slow

    def end(self, errors: object = None) -> None:
        raise AssertionError(errors)


class Figures:
    """The figures of a gateway."""

    def __init__(self, lab: Lab) -> None:
        self._client = lab.client()
        self.before: dict[str, float] = {}

    async def read(self) -> dict[str, float]:
        text = (await self._client.get("/metrics")).text
        return {name: float(value) for name, value in re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)}

    async def rise(self) -> dict[str, float]:
        """By how much each one has risen since this was last asked."""
        now = await self.read()
        risen = {name: value - self.before.get(name, 0) for name, value in now.items()}
        self.before = now
        return risen


async def subscribe(lab: Lab, board: Board) -> Live:
    services: Services = lab.app.state.services
    engine = GraphEngine(served_graph(), services, limits=Settings("").limits, production=False)
    subject = await subject_of(board.ann)
    live = await engine.start(subject, OperationRequest(WATCH, {"p": board.project}))
    assert isinstance(live, Live)
    return live


async def test_subscribers_are_counted_by_their_transport_while_they_read(lab: Lab, board: Board) -> None:
    figures = Figures(lab)
    await figures.rise()

    readers = [Reader(kind, await subscribe(lab, board)) for kind in ("websocket", "websocket", "sse")]
    begun = await figures.rise()
    readers[0].live.close()
    readers[0].live.close()
    left = await figures.rise()
    for reader in readers:
        reader.live.close()
    ended = await figures.rise()

    name = "orrery_live_subscribers"
    assert [begun[f'{name}{{transport="{kind}"}}'] for kind in ("websocket", "sse")] == [2, 1]
    assert [left[f'{name}{{transport="{kind}"}}'] for kind in ("websocket", "sse")] == [-1, 0]
    assert [ended[f'{name}{{transport="{kind}"}}'] for kind in ("websocket", "sse")] == [-1, -1]


async def test_events_are_counted_with_their_lag(lab: Lab, board: Board) -> None:
    figures = Figures(lab)
    readers = [Reader("websocket", await subscribe(lab, board)) for _ in range(3)]
    await until(lambda: all(one.taken == 1 for one in readers))
    await figures.rise()

    await board.card("One")
    await board.card("Two")
    await until(lambda: all(one.taken == 3 for one in readers))
    risen = await figures.rise()
    for reader in readers:
        reader.live.close()

    # The three asked the same: two hand-outs, six deliveries.
    assert risen["orrery_live_events_total"] == 2
    assert risen["orrery_live_deliveries_total"] == 6
    assert risen["orrery_live_lag_seconds_count"] == 2
    assert 0 < risen["orrery_live_lag_seconds_sum"] < 60
    assert risen['orrery_live_lag_seconds_bucket{le="+Inf"}'] == 2


async def test_what_waits_for_a_slow_reader_is_counted_and_what_it_lost_too(
    lab: Lab, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.subscription.MAX_QUEUED", 2)
    figures = Figures(lab)
    slow, quick = [Reader("sse", await subscribe(lab, board), slow=slow) for slow in (True, False)]
    await until(lambda: slow.taken == quick.taken == 1)
    await figures.rise()

    for n in range(5):
        await board.card(f"{n}")
    await until(lambda: quick.taken == 6)
    risen = await figures.rise()
    slow.live.close()
    quick.live.close()
    emptied = await figures.read()

    assert risen["orrery_live_queued_events"] == risen["orrery_live_longest_queue"] == 2
    assert risen["orrery_live_dropped_events_total"] == 3
    assert emptied["orrery_live_queued_events"] == emptied["orrery_live_longest_queue"] == 0


async def test_the_state_of_the_bus_and_its_reconnects_are_shown(database: Database, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    hub, metrics, connections = Hub(EventLog(database.client)), Metrics(), Connections()
    hub.bus = Bus(redis.url, lambda _: None, heartbeat=0.1, patience=0.5)

    def shown() -> tuple[float | None, float | None]:
        metrics.live.look(hub, connections)
        return tuple(
            metrics.registry.get_sample_value(name) for name in ("orrery_bus_connected", "orrery_bus_reconnects_total")
        )  # type: ignore[return-value]

    await hub.bus.start()
    states = [shown()]
    redis.kill()
    await until(lambda: not hub.bus.is_connected)
    states.append(shown())
    redis.start()
    await until(lambda: hub.bus.is_connected)
    states.append(shown())
    await hub.bus.stop()
    redis.kill()

    assert states == [(1, 0), (0, 0), (1, 1)]


async def test_connections_are_counted_by_their_transport() -> None:
    class Socket(Connection):
        transport = "websocket"

    class Stream(Connection):
        transport = "sse"

    connections = Connections()
    with contextlib.ExitStack() as stack:
        for one in (Socket(), Socket(), Stream()):
            stack.enter_context(connections.track(one))
        counted = dict(connections.by_transport)
    assert counted == {"websocket": 2, "sse": 1}
    assert sum(connections.by_transport.values()) == 0


async def test_a_gateway_that_has_not_started_shows_its_counters_all_the_same(settings: Settings) -> None:
    figures = Figures(Lab(create_app(settings)))

    async with asyncio.timeout(PATIENCE):
        assert "orrery_live_events_total" in await figures.read()
