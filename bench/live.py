"""Live: one event to a thousand sockets, side by side with the peers."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import orjson
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.crowd import Ask, Crowd, Loop, Poster
from bench.live_own import own_figures
from bench.node import installed
from bench.reports import MISSION_EVENTS, Reports
from bench.servers import Server, embedded, gateway, node_peer, python_peer
from bench.tenants import Tenants, settle

SOCKETS = 1_000
EVENTS = 50
SLOW_EVENTS = 10
"""For the one that would take longer than all others together."""


@dataclass
class Fan:
    """A server with its crowd; `publish` lets so many events happen."""

    name: str
    server: Server
    crowd: Crowd
    publish: Callable[[int], None]
    events: int = EVENTS
    rates: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def live(rounds: int) -> None:
    """Measure all, and print the tables."""
    console = Console()
    secret_key = secrets.token_hex(32)
    with (
        asyncio.Runner() as runner,
        embedded(runner) as database,
        Progress(console=console, transient=True) as show,
        ExitStack() as stack,
    ):
        tenants = runner.run(settle(database.url, secret_key, 10, 1))
        _fan_out(stack, database, secret_key, tenants, rounds, show)
    own_figures(rounds)


def _fan_out(
    stack: ExitStack, database: Server, secret_key: str, tenants: Tenants, rounds: int, show: Progress
) -> None:
    loop = Loop()
    ours = stack.enter_context(gateway(database, secret_key))
    fans = [_ours(loop, ours, tenants)]
    peers = [
        ("stock Strawberry, broadcaster", stack.enter_context(python_peer("live_stock", database))),
        ("bare Starlette, one text to all", stack.enter_context(python_peer("live_bare", database))),
    ]
    if installed():
        peers.append(("graphql-yoga, graphql-ws", stack.enter_context(node_peer("live_yoga", database))))
        peers.append(("mercurius with jit", stack.enter_context(node_peer("live_mercurius", database))))
    fans += [_peer(loop, name, server, tenants.places[0].mission) for name, server in peers]
    fans[1].events = SLOW_EVENTS
    asks = [Ask(MISSION_EVENTS, {"id": tenants.places[0].mission}, tenants.tokens[0]) for _ in range(SOCKETS)]
    for fan in fans:
        fan.crowd.open(asks, show, f"opening {SOCKETS:,} sockets: {fan.name}")
    loop.rest(1)
    work = show.add_task(f"{EVENTS} events to {SOCKETS:,} sockets", total=(rounds + 1) * len(fans))
    for number in range(rounds + 1):
        for fan in fans:
            _round(loop, fan)
            show.advance(work)
        if not number:  # warming up
            for fan in fans:
                fan.rates.clear()
                fan.processor.clear()
    show.remove_task(work)
    for fan in fans:
        fan.crowd.close()
    _show(fans, rounds)


def _round(loop: Loop, fan: Fan) -> None:
    fan.crowd.expect(fan.events)
    before = fan.server.seconds()
    start = perf_counter()
    fan.publish(fan.events)
    loop.run(lambda: fan.crowd.messages >= SOCKETS * fan.events, pulse=0.002)
    fan.rates.append(SOCKETS * fan.events / (perf_counter() - start))
    fan.processor.append((fan.server.seconds() - before) / fan.events / SOCKETS)
    loop.rest(0.2)
    if any(seat.count != fan.events for seat in fan.crowd.seats):
        raise RuntimeError(f"{fan.name!r} sent some sockets more events than others.")


def _ours(loop: Loop, server: Server, tenants: Tenants) -> Fan:
    report = Reports(loop, server.url, tenants.places[0])
    return Fan("ours, each committed to the log", server, Crowd(loop, server.url, greets=True), report)


def _peer(loop: Loop, name: str, server: Server, mission: str) -> Fan:
    poster = Poster(loop, server.url, "/publish")

    def publish(count: int) -> None:
        poster.post(orjson.dumps({"mission": mission, "numbers": list(range(count))}))

    return Fan(name, server, Crowd(loop, server.url, greets=False), publish)


def _show(fans: list[Fan], rounds: int) -> None:
    table = Table(
        title=f"one event to {SOCKETS:,} sockets, {EVENTS} events, {rounds} rounds in turn", title_justify="left"
    )
    for heading in ("server", "messages a second", "ours is", "its processor, µs a message", "of ours"):
        table.add_column(heading, justify="left" if heading == "server" else "right")
    ours = fans[0]
    for fan in fans:
        spent = median(fan.processor) * 1e6
        table.add_row(
            fan.name,
            f"{median(fan.rates):,.0f}",
            f"{median(mine / theirs for mine, theirs in zip(ours.rates, fan.rates, strict=True)):.2f} x",
            f"{spent:.1f}",
            f"{median(theirs / mine for mine, theirs in zip(ours.processor, fan.processor, strict=True)):.2f} x",
        )
    Console().print(table)
