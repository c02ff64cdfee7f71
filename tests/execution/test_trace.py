"""Traces: what every field of an execution was found for, and spans made of it."""

import asyncio
from typing import Any

from graphql import parse

from execution import Batch, Trace, execute
from tests.execution.support import schema_of

SDL = "type Query { cards: [Card] } type Card { title: String user: User } type User { name: String }"
QUERY = parse("{ cards { t: title user { name } } }")


def test_a_trace_tells_fields_levels_and_objects() -> None:
    trace = Trace()
    ann = {"name": "Ann"}
    cards = [{"title": "t", "user": ann}, {"title": "u", "user": ann}, {"title": "v"}]
    execute(schema_of(SDL), QUERY, {"cards": cards}, trace=trace)
    assert [(field.path, field.type_name, field.level, field.objects) for field in trace.fields] == [
        (("cards",), "Query", 1, 1),
        (("cards", "t"), "Card", 2, 3),
        (("cards", "user"), "Card", 2, 3),
        (("cards", "user", "name"), "User", 3, 1),
    ]
    assert {level: objects for level, (objects, _) in trace.levels().items()} == {1: 1, 2: 3, 3: 1}
    assert all(field.busy > 0 for field in trace.fields)


async def test_a_trace_tells_waiting_from_working() -> None:
    async def load(parents: list[Any], *_rest: Any) -> list[Any]:
        await asyncio.sleep(0)
        return [None for _ in parents]

    schema = schema_of(SDL)
    schema.type_map["Card"].fields["user"].extensions["batch"] = Batch(load)  # type: ignore[attr-defined]
    trace = Trace()
    found: Any = execute(schema, QUERY, {"cards": [{}]}, trace=trace)
    await found
    waited = {field.path[-1]: field.waited for field in trace.fields}
    assert waited["t"] == 0
    assert waited["user"] > 0


def test_a_trace_is_written_as_spans() -> None:
    class Span:
        def __init__(self, name: str, start_time: int) -> None:
            self.name = name
            self.start = start_time
            self.facts: dict[str, Any] = {}

        def set_attribute(self, key: str, value: Any) -> None:
            self.facts[key] = value

        def end(self, end_time: int | None = None) -> None:
            assert end_time is not None
            assert end_time >= self.start

    class Tracer:
        def __init__(self) -> None:
            self.spans: list[Span] = []

        def start_span(self, name: str, *, start_time: int | None = None) -> Span:
            self.spans.append(Span(name, start_time or 0))
            return self.spans[-1]

    trace, tracer = Trace(), Tracer()
    execute(schema_of(SDL), QUERY, {"cards": [{}, {}]}, trace=trace)
    trace.emit(tracer)
    assert [span.name for span in tracer.spans] == ["graphql cards", "graphql cards.t", "graphql cards.user"]
    assert tracer.spans[1].facts["graphql.field.objects"] == 2
