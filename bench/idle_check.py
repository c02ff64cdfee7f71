"""What it takes to say whether an agent need begin, beyond what the database takes: for a new agent, and for one that
has had thousands of cards.

The gateway is in this process, so that the driver tells when each command of a request begins and ends. What the
commands of a request take side by side counts once. Where others use the same cores, what lies beyond the database has
waits for a core in it; the processor time of it, in which that of the client is too, has none.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter, process_time

import httpx
from bson import ObjectId
from pymongo import monitoring
from rich.console import Console
from rich.table import Table

from bench.servers import embedded
from bench.timing import percentile
from gateway.app import create_app
from gateway.garbage import keep_what_is_loaded
from gateway.settings import Settings
from models import Agent, Card
from models.base import collection, to_record, utc_now

HAD, OPEN = 6_000, 500
"""Cards that are done, and those that are not."""
ASKED = 200
"""Times in each round."""
GOAL = 10
BASE = "/orkosi/api"
ACCOUNT = {"username": "rui", "email": "rui@example.org", "terms_accepted": True, "privacy_accepted": True}
Moment = tuple[float, float]
"""Seconds of the clock, and of the processor."""
Spans = list[tuple[Moment, Moment]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the milliseconds that it took, those in which no command was under way, how many of these were the
    processor's, and how many commands there were."""

    whole: float
    beyond: float
    processor: float
    commands: int

    @property
    def database(self) -> float:
        return self.whole - self.beyond


def _now() -> Moment:
    return perf_counter(), process_time()


class _Commands(monitoring.CommandListener):
    """When the commands of a request begin and end, `by` their numbers."""

    def __init__(self) -> None:
        self.asking: ContextVar[Spans | None] = ContextVar("asking", default=None)
        self._begun: dict[int, Moment] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self._begun[event.request_id] = _now()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        began, spans = self._begun.pop(event.request_id), self.asking.get()
        if spans is not None:
            spans.append((began, _now()))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self._begun.pop(event.request_id, None)

    @contextmanager
    def watched(self) -> Iterator[Spans]:
        """Those of the block, and of what it begins."""
        spans: Spans = []
        token = self.asking.set(spans)
        try:
            yield spans
        finally:
            self.asking.reset(token)


def idle_check(rounds: int) -> None:
    """Measure, and print the table."""
    keep_what_is_loaded()  # as a gateway that serves
    commands = _Commands()
    monitoring.register(commands)  # only clients that are made later have it
    with asyncio.Runner() as runner, embedded(runner) as database:
        found = runner.run(_measure(database.url, commands, rounds))
    title = f"Whether an agent need begin, {rounds * ASKED} times: milliseconds, p50 / p99"
    table = Table(title=title, title_justify="left")
    for heading in ("its cards", "commands", "whole", "database", f"beyond it (goal {GOAL})", "of that, processor"):
        table.add_column(heading, justify="left" if heading == "its cards" else "right")
    for name, asked in found.items():
        kinds = ([getattr(each, kind) for each in asked] for kind in ("whole", "database", "beyond", "processor"))
        shown = (f"{percentile(kind, 0.5):.1f} / {percentile(kind, 0.99):.1f}" for kind in kinds)
        table.add_row(name, f"{percentile([each.commands for each in asked], 0.5)}", *shown)
    Console().print(table)


async def _measure(url: str, commands: _Commands, rounds: int) -> dict[str, list[Asked]]:
    app = create_app(Settings(secret_key=secrets.token_hex(32), mongodb_url=url))
    names = {"new": "none", "busy": f"{HAD:,} done, {OPEN} open"}
    found: dict[str, list[Asked]] = {told: [] for told in names.values()}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://127.0.0.1:3001{BASE}") as client,
    ):
        made = await client.post("/auth/register", json={**ACCOUNT, "password": secrets.token_hex(16)})
        client.headers["authorization"] = f"Bearer {made.json()['token']}"
        for name in names:
            (await client.post("/agents", json={"name": name})).raise_for_status()
        await _assign("busy")
        for _ in range(rounds):
            for name, told in names.items():
                for _ in range(ASKED):
                    found[told].append(await _ask(client, commands, name))
    return found


async def _ask(client: httpx.AsyncClient, commands: _Commands, name: str) -> Asked:
    with commands.watched() as spans:
        began = _now()
        answer = await client.get("/agent-runs/idle-check", params={"agent_name": name})
        ended = _now()
    if answer.json()["skip"] is not (name == "new"):
        raise RuntimeError(answer.text)
    return Asked((ended[0] - began[0]) * 1000, *_between(began, spans, ended), len(spans))


async def _assign(name: str) -> None:
    """Cards of an agent, written straight into the database."""
    agent = await collection(Agent).find_one({"slug": name})
    assert agent is not None
    shared = {"workspace_id": agent["workspace_id"], "project_id": ObjectId(), "assignee_id": agent["user_id"]}
    for start in range(0, HAD + OPEN, 500):
        cards = [
            to_record(
                Card(
                    **shared,
                    number=number + 1,
                    title=f"Card {number}",
                    rank="a",
                    completed_at=utc_now() if number < HAD else None,
                )
            )
            for number in range(start, start + 500)
        ]
        await collection(Card).insert_many(cards)


def _between(began: Moment, spans: Spans, ended: Moment) -> tuple[float, float]:
    """The milliseconds in which there was no command, of the clock and of the processor."""
    clock = processor = 0.0
    until = began
    for begin, end in [*sorted(spans), (ended, ended)]:
        if begin[0] > until[0]:
            clock, processor = clock + begin[0] - until[0], processor + begin[1] - until[1]
        until = max(until, end)
    return clock * 1000, processor * 1000
