"""Live, ours alone: what idle subscriptions weigh, how late events come, and what other workspaces cost."""

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from statistics import median
from time import time

import orjson
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.crowd import Ask, Crowd, Loop
from bench.reports import MISSION_EVENTS, Reports
from bench.servers import Server, embedded, gateway, redis
from bench.tenants import Tenants, settle

PEOPLE = 11
"""One user may have a thousand sockets."""
IDLE = 10_000
MANY = 5_000
MANY_EVENTS = 10
WATCHERS = 100
RATE = 50
SECONDS = 10
SHARE = 10
"""Sockets on each workspace."""
FEW_PLACES = 10
MANY_PLACES = 1_000
PLACE_EVENTS = 50


def own_figures(rounds: int) -> None:
    """Measure each with a gateway of its own, and print the table."""
    table = Table(title="ours, with the client on the same two cores", title_justify="left")
    for heading in ("work", "found", "goal"):
        table.add_column(heading, justify="left" if heading == "work" else "right")
    console = Console()
    with Progress(console=console, transient=True) as show, asyncio.Runner() as runner:
        steps = show.add_task("live, ours alone", total=len(FIGURES))
        for figure in FIGURES:
            with ExitStack() as stack:
                secret_key = secrets.token_hex(32)
                database = stack.enter_context(embedded(runner))
                for row in figure(Bench(stack, runner, database, secret_key, show), rounds):
                    table.add_row(*row)
            show.advance(steps)
    console.print(table)


class Bench:
    """A database to put tenants in, and gateways over it."""

    def __init__(
        self, stack: ExitStack, runner: asyncio.Runner, database: Server, secret_key: str, show: Progress
    ) -> None:
        self.stack = stack
        self.show = show
        self._runner = runner
        self._database = database
        self._secret_key = secret_key

    def tenants(self, places: int) -> Tenants:
        return self._runner.run(settle(self._database.url, self._secret_key, PEOPLE, places))

    def gateway(self, **variables: str) -> Server:
        return self.stack.enter_context(gateway(self._database, self._secret_key, **variables))

    @contextmanager
    def crowd(self, loop: Loop, server: Server, asks: Sequence[Ask]) -> Iterator[Crowd]:
        crowd = Crowd(loop, server.url, greets=True)
        try:
            crowd.open(asks, self.show, f"opening {len(asks):,} sockets")
            yield crowd
        finally:
            crowd.close()


Rows = Iterator[tuple[str, str, str]]


def _idle(bench: Bench, _: int) -> Rows:
    tenants, loop, server = bench.tenants(1), Loop(), bench.gateway()
    with bench.crowd(loop, server, _asks(tenants, 100)):  # what is made once
        loop.rest(1)
        before = server.process.memory_info().rss
        with bench.crowd(loop, server, _asks(tenants, IDLE - 100)):
            loop.rest(5)
            grown = server.process.memory_info().rss - before
            spent = server.seconds()
            loop.rest(10)
            spent = (server.seconds() - spent) / 10
    yield f"{IDLE:,} idle subscriptions, memory of each", f"{grown / (IDLE - 100) / 1000:.1f} kB", "45 kB"
    yield f"{IDLE:,} idle subscriptions, processor", f"{spent:.0%} of a core", ""


def _many(bench: Bench, rounds: int) -> Rows:
    tenants, loop, server = bench.tenants(1), Loop(), bench.gateway()
    report = Reports(loop, server.url, tenants.places[0])
    late: list[float] = []
    with bench.crowd(loop, server, _asks(tenants, MANY)) as crowd:
        loop.rest(1)
        work = bench.show.add_task(f"one event to {MANY:,} sockets", total=MANY_EVENTS * rounds)
        for _ in range(MANY_EVENTS * rounds):
            crowd.expect(1)
            sent = time()
            report(1)
            loop.run(lambda: crowd.messages >= MANY)
            late += [arrival - sent for arrival in crowd.arrivals[0]]
            loop.rest(0.05)
            bench.show.advance(work)
        bench.show.remove_task(work)
    yield f"one event to {MANY:,} sockets, from the request on: p50", _milliseconds(late, 0.5), ""
    yield f"one event to {MANY:,} sockets, from the request on: p99", _milliseconds(late, 0.99), "1,000 ms"


def _late_in_memory(bench: Bench, _: int) -> Rows:
    server = bench.gateway()
    yield from _late(bench, server, server, "memory bus", 50)


def _late_over_redis(bench: Bench, _: int) -> Rows:
    url = bench.stack.enter_context(redis())
    writer, reader = bench.gateway(ORRERY_BUS_URL=url), bench.gateway(ORRERY_BUS_URL=url)
    yield from _late(bench, writer, reader, "redis bus", 100)


def _late_over_mongodb(bench: Bench, _: int) -> Rows:
    writer, reader = bench.gateway(ORRERY_BUS_URL="mongodb"), bench.gateway(ORRERY_BUS_URL="mongodb")
    yield from _late(bench, writer, reader, "mongodb bus", 100)


def _late(bench: Bench, writer: Server, reader: Server, bus: str, goal: int) -> Rows:
    """Events at a steady rate, from the start of their transactions to each socket."""
    tenants, loop = bench.tenants(1), Loop()
    report = Reports(loop, writer.url, tenants.places[0])
    late: list[float] = []
    events = RATE * SECONDS
    with bench.crowd(loop, reader, _asks(tenants, WATCHERS)) as crowd:
        loop.rest(1)
        work = bench.show.add_task(f"{RATE} events a second over the {bus}", total=events)
        crowd.expect(events)
        start, sent = time(), 0

        def done() -> bool:
            nonlocal sent
            while sent < events and time() >= start + sent / RATE:
                report(1)
                sent += 1
                bench.show.update(work, completed=sent)
            return crowd.messages >= events * WATCHERS

        loop.run(done, pulse=0.001)
        bench.show.remove_task(work)
        for shown, arrivals in zip(crowd.shown, crowd.arrivals, strict=True):
            event = orjson.loads(shown)["payload"]["data"]["missionEvents"]
            written = datetime.fromisoformat(event["at"]).timestamp()
            late += [arrival - written for arrival in arrivals]
    what = f"{RATE} events/s to {WATCHERS} sockets, {bus}, from the start of the transaction on"
    yield f"{what}: p50", _milliseconds(late, 0.5), ""
    yield f"{what}: p99", _milliseconds(late, 0.99), f"{goal} ms"


def _places(bench: Bench, rounds: int) -> Rows:
    tenants, loop, server = bench.tenants(MANY_PLACES), Loop(), bench.gateway()
    spent: list[float] = []
    with ExitStack() as stack:
        report = Reports(loop, server.url, tenants.places[0])
        first = stack.enter_context(bench.crowd(loop, server, _asks_of(tenants, range(FEW_PLACES))))
        watching = first.seats[:SHARE]
        for places in (FEW_PLACES, MANY_PLACES):
            if places == MANY_PLACES:
                stack.enter_context(bench.crowd(loop, server, _asks_of(tenants, range(FEW_PLACES, MANY_PLACES))))
            loop.rest(2)
            found: list[float] = []
            for _ in range(rounds):
                idle = server.seconds()
                loop.rest(2)
                idle = server.seconds() - idle
                first.expect(PLACE_EVENTS)
                start, before = time(), server.seconds()
                report(PLACE_EVENTS)
                loop.run(lambda: first.messages >= PLACE_EVENTS * SHARE)
                loop.rest(max(0.0, start + 2 - time()))
                found.append((server.seconds() - before - idle) / PLACE_EVENTS * 1000)
                if any(seat.count != PLACE_EVENTS for seat in watching):
                    raise RuntimeError("An event went to the wrong sockets.")
            spent.append(median(found))
            yield (
                f"{SHARE} sockets on each of {places:,} workspaces, events on one: processor of an event",
                f"{spent[-1]:.1f} ms",
                "" if places == FEW_PLACES else f"as above ({spent[0]:.1f} ms)",
            )


def _asks(tenants: Tenants, count: int) -> list[Ask]:
    variables = {"id": tenants.places[0].mission}
    return [Ask(MISSION_EVENTS, variables, tenants.tokens[number % PEOPLE]) for number in range(count)]


def _asks_of(tenants: Tenants, places: range) -> list[Ask]:
    return [
        Ask(MISSION_EVENTS, {"id": tenants.places[place].mission}, tenants.tokens[number])
        for place in places
        for number in range(SHARE)
    ]


def _milliseconds(seconds: list[float], share: float) -> str:
    return f"{sorted(seconds)[int(len(seconds) * share)] * 1000:,.0f} ms"


FIGURES = (_idle, _many, _late_in_memory, _late_over_redis, _late_over_mongodb, _places)
