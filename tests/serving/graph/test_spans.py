"""OpenTelemetry, where a process has set it up: an operation and each of its fields is a span."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from serving.graph.insight import tracer
from tests.gateway.lab import Board

TITLES = """
query Titles($id: ID!) { project(id: $id) { columns { cards(first: 5) { nodes { title } } } } }
"""


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What reaches the exporter. The provider of a process can be set only once, so that it is lent here."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    tracer.cache_clear()
    yield exporter
    monkeypatch.undo()
    tracer.cache_clear()
    provider.shutdown()


async def test_an_operation_is_a_span_with_those_of_its_fields(board: Board, exported: InMemorySpanExporter) -> None:
    await board.card("One")
    await board.card("Two")
    exported.clear()

    answer = await board.ann.http.post(
        "/graphql", json={"query": TITLES, "operationName": "Titles", "variables": {"id": board.project}}
    )

    assert "extensions" not in answer.json()  # spans are for the operator, not for the client
    spans = {span.name: span for span in exported.get_finished_spans()}
    whole = spans.pop("graphql query")
    assert dict(whole.attributes or {}) == {"graphql.operation.type": "query", "graphql.operation.name": "Titles"}
    path = "graphql project.columns.cards.nodes.title"
    assert {"graphql project", "graphql project.columns", path} <= spans.keys()
    assert (spans[path].attributes or {})["graphql.field.objects"] == 2
    assert (spans[path].attributes or {})["graphql.field.parent_type"] == "Card"
    for span in spans.values():
        assert span.parent is not None
        assert span.parent.span_id == whole.context.span_id
        assert whole.start_time is not None
        assert span.start_time is not None
        assert span.end_time is not None
        assert whole.end_time is not None
        assert whole.start_time <= span.start_time <= span.end_time <= whole.end_time


async def test_a_mutation_is_a_span_of_its_own_kind(board: Board, exported: InMemorySpanExporter) -> None:
    await board.card("One")

    names = [span.name for span in exported.get_finished_spans()]
    assert names[-1] == "graphql mutation"
    assert "graphql cardCreate.card" in names


async def test_nothing_is_traced_where_nobody_set_it_up(board: Board) -> None:
    tracer.cache_clear()

    assert tracer() is None
    await board.card("One")
