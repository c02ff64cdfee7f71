"""The agent board's WebSocket beside subscriptions of the graph: the same events, to a thousand clients of each."""

import asyncio
import secrets
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.crowd import Ask, BoardAsk, Crowd, Loop
from bench.reports import Reports
from bench.servers import embedded, gateway
from bench.tenants import settle

SOCKETS = 1_000
EVENTS = 50
MISSION_EVENTS = """subscription ($id: ID!) { workspaceEvents(workspaceId: $id, types: ["MissionProgressed"]) {
  __typename ... on MissionProgressed { cursor at mission { id progress status } } } }"""


def board_socket(rounds: int) -> None:
    """Measure both in turn, and print the table."""
    console, secret_key = Console(), secrets.token_hex(32)
    with (
        asyncio.Runner() as runner,
        embedded(runner) as database,
        Progress(console=console, transient=True) as show,
    ):
        loop = Loop()
        with gateway(database, secret_key) as server:  # it prepares the database
            tenants = runner.run(settle(database.url, secret_key, 10, 1))
            place, token = tenants.places[0], tenants.tokens[0]
            report = Reports(loop, server.url, place)
            graph = Crowd(loop, server.url, greets=True)
            board = Crowd(loop, server.url, greets=False, event=b'"agent_progress"')
            rates: dict[str, list[float]] = {"graph": [], "board": []}
            asks: dict[str, list[Ask]] = {
                "graph": [Ask(MISSION_EVENTS, {"id": place.workspace}, token) for _ in range(SOCKETS)],
                "board": [BoardAsk(place.project, token) for _ in range(SOCKETS)],
            }
            for name, crowd in (("graph", graph), ("board", board)):
                crowd.open(asks[name], show, f"opening {SOCKETS:,} sockets: {name}")
                loop.rest(1)
                for number in range(rounds + 1):
                    rate = _round(loop, crowd, report)
                    if number:  # the first warms up
                        rates[name].append(rate)
                crowd.close()
                loop.rest(1)
        _show(console, rates)


def _round(loop: Loop, crowd: Crowd, report: Reports) -> float:
    crowd.expect(EVENTS)
    start = perf_counter()
    report(EVENTS)
    loop.run(lambda: crowd.messages >= SOCKETS * EVENTS, pulse=0.002)
    rate = SOCKETS * EVENTS / (perf_counter() - start)
    loop.rest(0.2)
    return rate


def _show(console: Console, rates: dict[str, list[float]]) -> None:
    table = Table(title=f"one event to {SOCKETS:,} sockets, {EVENTS} events", title_justify="left")
    for heading in ("door", "messages a second", "of the graph's"):
        table.add_column(heading)
    graph = median(rates["graph"])
    for name, found in rates.items():
        table.add_row(name, f"{median(found):,.0f}", f"{median(found) / graph:.2f} x")
    console.print(table)
