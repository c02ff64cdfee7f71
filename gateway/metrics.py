"""What `/metrics` shows: counted in this process, added up over all workers where there are several.

Several workers share a folder that their parent names in PROMETHEUS_MULTIPROC_DIR; prometheus_client then keeps every
number in a file there, and whichever worker is asked adds them up.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from realtime.counts import COUNTS, Increment
from realtime.hub import Hub
from serving.transports.connections import Connections

TRANSPORTS = ("websocket", "sse")
LAG_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TICK_SECONDS = 1.0
"""How old the numbers of the other workers may be."""


@dataclass(slots=True)
class Metrics:
    """The counters of one application, apart from those of any other in the process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    operations: Counter = field(init=False)
    deletions: Gauge = field(init=False)
    unsent: Counter = field(init=False)
    live: "LiveMetrics" = field(init=False)
    agents: "AgentMetrics" = field(init=False)
    # By their labels, which prometheus_client looks up slowly, under a lock.
    _counters: dict[tuple[str, str], Counter] = field(init=False, default_factory=dict)
    _clocks: dict[tuple[str, int], tuple[Counter, Histogram]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.requests = Counter(
            "orrery_http_requests", "HTTP requests by method and status", ["method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "orrery_http_request_seconds", "Time to the start of the answer", ["method"], registry=self.registry
        )
        self.operations = Counter(
            "orrery_graphql_operations",
            "GraphQL operations over HTTP by kind and outcome",
            ["kind", "outcome"],
            registry=self.registry,
        )
        # Every process counts all of them.
        self.deletions = Gauge(
            "orrery_pending_deletions",
            "Deletions that have something left to take",
            registry=self.registry,
            multiprocess_mode="livemax",
        )
        self.unsent = Counter(
            "orrery_log_entries_dropped",
            "Entries of the log that were not sent, as their collector is too slow or away",
            registry=self.registry,
        )
        self.agents = AgentMetrics(self.registry)
        self.live = LiveMetrics(self.registry, self.agents)

    def count(self, kind: str, outcome: str) -> None:
        """One GraphQL operation ended."""
        counter = self._counters.get((kind, outcome))
        if counter is None:
            counter = self._counters[kind, outcome] = self.operations.labels(kind, outcome)
        counter.inc()

    def answered(self, method: str, status: int, seconds: float) -> None:
        """One HTTP request began to be answered."""
        found = self._clocks.get((method, status))
        if found is None:
            labelled = self.requests.labels(method, str(status)), self.seconds.labels(method)
            found = self._clocks[method, status] = labelled
        found[0].inc()
        found[1].observe(seconds)

    def text(self) -> bytes:
        """All of it in the format of Prometheus."""
        if not is_shared():
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


class AgentMetrics:
    """The work of agents, as all processes together count it (`realtime.counts`)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"orrery_{name}", text, labels, registry=registry)

        self._counters = {
            "model_requests": counter("model_requests", "Requests to models", "model", "outcome"),
            "model_tokens": counter("model_tokens", "Tokens; those that were cached are input too", "model", "kind"),
            "model_cost": counter("model_cost_micro_usd", "Millionths of a US dollar that models cost", "model"),
            "leases_lost": counter("mission_leases_lost", "Missions whose holder was not heard of any more", "holder"),
        }
        # Every process sees all of them.
        self._due = Gauge(
            "orrery_missions_due",
            "Missions that the runtime is to work on, and nobody does yet: at most 1,000 are counted",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._oldest = Gauge(
            "orrery_missions_due_seconds",
            "For how long the one of these has waited that waits longest",
            registry=registry,
            multiprocess_mode="livemax",
        )

    def take(self, increments: Iterable[Increment]) -> None:
        """Add what was counted somewhere."""
        for name, labels, amount in increments:
            self._counters[name].labels(*labels).inc(amount)

    def wait(self, count: int, seconds: float) -> None:
        """How many missions wait to be worked on, and how long the first of them has."""
        self._due.set(count)
        self._oldest.set(seconds)


class LiveMetrics:
    """The live path. What happens often is counted by the hub in plain numbers, and taken over from there by `look`."""

    def __init__(self, registry: CollectorRegistry, agents: AgentMetrics) -> None:
        self._agents = agents

        def gauge(name: str, text: str, mode: str, labels: tuple[str, ...] = ()) -> Gauge:
            return Gauge(f"orrery_{name}", text, labels, registry=registry, multiprocess_mode=mode)  # type: ignore[arg-type]

        def counter(name: str, text: str) -> Counter:
            return Counter(f"orrery_{name}", text, registry=registry)

        self.workers = gauge("workers", "Processes that serve", "livesum")
        self.connections = gauge("live_connections", "Open sockets and event streams", "livesum", ("transport",))
        self.subscribers = gauge("live_subscribers", "Running subscriptions", "livesum", ("transport",))
        self.queued = gauge("live_queued_events", "Events that wait for slow readers", "livesum")
        self.longest = gauge("live_longest_queue", "Events that wait for the slowest reader", "livemax")
        self.bus_connected = gauge("bus_connected", "Whether the bus of every process is connected", "livemin")
        self.lag = Histogram(
            "orrery_live_lag_seconds",
            "From the writing of an event to its hand-out to the sockets of all who asked the same",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self._counters = {
            "events": counter("live_events", "Events handed out, once for all who asked the same"),
            "deliveries": counter("live_deliveries", "Events handed out, once for each subscriber"),
            "dropped": counter("live_dropped_events", "Events that slow readers were told to fetch again"),
            "reconnects": counter("bus_reconnects", "How often the bus had to be connected again"),
        }
        self._seen = dict.fromkeys(self._counters, 0)

    def look(self, hub: Hub, connections: Connections) -> None:
        """Take over what is counted elsewhere."""
        self._agents.take(COUNTS.taken())
        stats = hub.stats
        self.workers.set(1)
        for transport in TRANSPORTS:
            self.connections.labels(transport).set(connections.by_transport[transport])
            self.subscribers.labels(transport).set(stats.by_transport[transport])
        queued, longest = hub.queued()
        self.queued.set(queued)
        self.longest.set(longest)
        self.bus_connected.set(hub.bus.is_connected)
        self._advance(
            {
                "events": stats.events,
                "deliveries": stats.deliveries,
                "dropped": stats.dropped,
                "reconnects": max(0, hub.bus.connections - 1),
            }
        )

    @contextlib.asynccontextmanager
    async def watching(self, hub: Hub, connections: Connections) -> AsyncIterator[None]:
        """Keep the numbers fresh for the other workers while the block runs; alone, whoever asks looks first."""
        hub.stats.on_lag = self.lag.observe
        self.look(hub, connections)
        task = asyncio.create_task(self._tick(hub, connections), name="metrics") if is_shared() else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
            self.look(hub, connections)

    async def _tick(self, hub: Hub, connections: Connections) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.look(hub, connections)

    def _advance(self, now: Mapping[str, int]) -> None:
        for name, value in now.items():
            if value > self._seen[name]:
                self._counters[name].inc(value - self._seen[name])
                self._seen[name] = value


def is_shared() -> bool:
    """Whether the numbers are those of several workers."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ
