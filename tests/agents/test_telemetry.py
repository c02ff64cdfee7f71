"""What operators are told of missions: spans where a process collects them, and numbers for `/metrics`."""

from collections.abc import Iterator

import orjson
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agents.runtime.child import telemetry
from models import MissionRun
from models.base import collection, utc_now
from models.records import WorkspaceRecord
from realtime.counts import COUNTS
from resolvers.kit.context import Context
from resolvers.mission.run import take, waiting_runs
from tests.agents.lab import comment, desk, working
from tests.agents.model_server import Fault, Json, Turn, turns

pytestmark = pytest.mark.usefixtures("nothing_due")

CANARY = "A word that nobody else may read"


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What reaches the exporter. The provider of a process can be set only once, so that it is lent here."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr("pydantic_ai.models.instrumented.get_tracer_provider", lambda: provider)
    caches = (telemetry._tracer, telemetry.instrumentation)
    for cache in caches:
        cache.cache_clear()
    yield exporter
    for cache in caches:
        cache.cache_clear()
    provider.shutdown()


def script(request: Json, before: int) -> Turn:
    """A comment, and one on a card that there is not."""
    if before == 0:
        nowhere = {"cardId": "0" * 24, "content": CANARY}
        return Turn(CANARY, (comment(request, CANARY), ("comment", nowhere)))
    return Turn("Done.")


async def test_a_mission_is_a_span_with_those_of_its_requests_and_tools_and_holds_nothing_that_was_said(
    owner: Context, workspace: WorkspaceRecord, exported: InMemorySpanExporter
) -> None:
    # When a mission is done, and somebody collects
    async with desk(owner, workspace, script) as at, working(at.owner.services):
        mission_id = await at.ask(CANARY)
        await at.ended(mission_id)

    # Then
    spans = exported.get_finished_spans()
    [whole] = [span for span in spans if span.name == "invoke_agent Atlas"]
    below = [span for span in spans if span.parent is not None and whole.context is not None]
    chats = [span for span in below if of(span, "gen_ai.operation.name") == "chat"]
    tools = [span for span in below if span.name == "execute_tool comment"]
    assert of(whole, "gen_ai.agent.id") == str(at.agent["_id"])
    assert of(whole, "gen_ai.conversation.id") == str(mission_id)
    assert [of(span, "gen_ai.request.model") for span in chats] == ["scripted"] * 2
    assert [of(span, "gen_ai.usage.input_tokens") for span in chats] == [used[0] for used in at.model.bill]
    assert [of(span, "error.type") for span in tools] == [None, "BAD_USER_INPUT"]
    assert CANARY not in orjson.dumps([dict(span.attributes or {}) for span in spans], default=str).decode()


async def test_requests_tokens_and_cost_are_counted_by_model(owner: Context, workspace: WorkspaceRecord) -> None:
    async with desk(owner, workspace, turns(Turn("Done."))) as at, working(at.owner.services):
        COUNTS.taken()
        at.model.faults.append(Fault(status=529))
        await at.ended(await at.ask())

    counted = {(name, *labels): amount for name, labels, amount in COUNTS.taken()}
    [(read, written)] = at.model.bill
    assert counted == {
        ("model_requests", "scripted", "failed"): 1,
        ("model_requests", "scripted", "answered"): 1,
        ("model_tokens", "scripted", "input"): read,
        ("model_tokens", "scripted", "output"): written,
        ("model_cost", "scripted"): read + 2 * written,
    }
    assert COUNTS.taken() == []


async def test_a_lost_lease_and_the_wait_of_missions_are_counted(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given two missions that nobody works on, one of them since its holder went away
    async with desk(owner, workspace, turns(Turn("Done."))) as at:
        lost, _ = await at.ask(), await at.ask()
        COUNTS.taken()
        assert await take(at.owner.services, lost, "one") is not None
        assert COUNTS.taken() == []
        count, seconds = await waiting_runs()
        assert (count, seconds >= 0) == (1, True)

        # When another one takes it
        await collection(MissionRun).update_one({"_id": lost}, {"$set": {"due_at": utc_now()}})
        assert await take(at.owner.services, lost, "another") is not None

        # Then
        assert COUNTS.taken() == [("leases_lost", ["runtime"], 1)]


def of(span: ReadableSpan, name: str) -> object:
    return (span.attributes or {}).get(name)
