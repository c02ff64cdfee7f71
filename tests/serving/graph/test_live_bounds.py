"""Running subscriptions when a reader stalls, and when the database is away while an event is executed."""

import asyncio
from typing import Any

import pytest
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import AutoReconnect, OperationFailure
from starlette.applications import Starlette

from gateway.graph import served_graph
from gateway.settings import Settings
from models import User, reach
from models.base import collection
from realtime.payload import EventPayload
from serving.graph.engine import GraphEngine
from serving.graph.live import Live
from serving.transports.protocol import OperationRequest
from tests.gateway.lab import Board
from tests.patience import until
from tests.serving.graph.test_live_sharing import SHARED, Sink, subject_of, watch

WIDE = """
subscription ($p: ID!) {
  projectEvents(projectId: $p, types: ["CardCreated"]) {
    __typename
    ... on CardCreated { card { title project { FIELDS } } }
  }
}
"""


class Stalling(Sink):
    """A client that stops reading after the first payload."""

    def write(self, delivery: EventPayload) -> bool:
        return super().write(delivery) and len(self.deliveries) < 1


@pytest.fixture
def engine(gateway: Starlette, settings: Settings) -> GraphEngine:
    return GraphEngine(served_graph(), gateway.state.services, limits=settings.limits, production=False)


def breaks(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> list[int]:
    """Reading people fails so many times; the list grows with each attempt."""
    read, attempts = AsyncCursor.to_list, list[int]()

    async def to_list(self: Any, *args: Any) -> Any:
        if self.collection.name == collection(User).name:
            attempts.append(1)
            if len(attempts) <= times:
                raise error
        return await read(self, *args)

    monkeypatch.setattr(AsyncCursor, "to_list", to_list)
    return attempts


async def test_an_event_waits_for_a_database_that_is_away(
    engine: GraphEngine, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a subscriber whose selection has to be read from the database
    monkeypatch.setattr(reach, "AWAY_SECONDS", 0.01)
    sink = await watch(engine, await subject_of(board.ann), SHARED, p=board.project)
    await sink.until(1)

    # When a card is created, and the database cannot be reached for a moment
    attempts = breaks(monkeypatch, AutoReconnect("gone"), times=2)
    await board.card("Lens 4")
    await sink.until(2)

    # Then the event comes whole
    assert "errors" not in sink.payloads[1]
    assert sink.payloads[1]["data"]["projectEvents"]["card"]["title"] == "Lens 4"
    assert len(attempts) == 3
    sink.live.close()


async def test_a_failure_that_will_not_pass_is_told_with_its_event(
    engine: GraphEngine, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = await watch(engine, await subject_of(board.ann), SHARED, p=board.project)
    await sink.until(1)

    breaks(monkeypatch, OperationFailure("not allowed"), times=100)
    await board.card("Lens 4")
    await sink.until(2)

    assert sink.payloads[1]["errors"][0]["extensions"]["code"] == "INTERNAL"
    sink.live.close()


async def test_whoever_leaves_an_event_that_waits_for_the_database_leaves_nothing_behind(
    engine: GraphEngine, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "AWAY_SECONDS", 0.01)
    sink = await watch(engine, await subject_of(board.ann), SHARED, p=board.project)
    await sink.until(1)
    attempts = breaks(monkeypatch, AutoReconnect("gone"), times=1_000_000)
    await board.card("Lens 4")
    await until(lambda: len(attempts) >= 3)

    sink.live.close()
    await asyncio.sleep(0.05)
    seen = len(attempts)
    await asyncio.sleep(0.1)

    assert len(attempts) == seen
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "feed"]


async def test_what_waits_for_a_reader_that_stalls_is_bounded_by_what_is_sent(
    engine: GraphEngine, board: Board
) -> None:
    # Given a selection that makes 50 KB of each small event, and a reader that stops
    name = "x" * 100
    fields = " ".join(f"{name}{place:03}: name" for place in range(450))
    query = WIDE.replace("FIELDS", fields)
    subject = await subject_of(board.ann)
    first = await watch(engine, subject, query, p=board.project)
    await first.until(1)
    live = await engine.start(subject, OperationRequest(query, {"p": board.project}))
    assert isinstance(live, Live)
    slow = Stalling(live)
    await slow.until(1)

    # When thirty cards are created
    for count in range(30):
        await board.card(f"Card {count}")
    await first.until(31)

    # Then about a megabyte waits
    size = len(first.deliveries[-1].payload)
    assert size > 45_000
    waiting = slow.live._subscription.queued
    assert 0 < waiting * size <= 1_000_000
    for sink in (first, slow):
        sink.live.close()
