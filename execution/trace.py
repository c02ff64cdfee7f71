"""What an execution spent: time and objects per field and level, on request."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter_ns, time_ns
from typing import Any, Protocol

from execution.columns import Column, Run
from execution.pending import Deliver
from execution.plan import FieldPlan


@dataclass(slots=True)
class FieldTrace:
    """One field at one place of the operation; times in nanoseconds, `start` counted from that of the trace.

    `busy` is time on the event loop, `waited` what passed until its awaitables were there.
    """

    path: tuple[str, ...]
    type_name: str
    level: int
    objects: int
    start: int
    busy: int = 0
    waited: int = 0


class Span(Protocol):
    """The part of an OpenTelemetry span that is used."""

    def set_attribute(self, key: str, value: Any) -> Any:
        """Name a fact about the span."""

    def end(self, end_time: int | None = None) -> None:
        """End the span at a time in nanoseconds since the epoch."""


class Tracer(Protocol):
    """The part of an OpenTelemetry tracer that is used."""

    def start_span(self, name: str, *, start_time: int | None = None) -> Any:
        """Start a span at a time in nanoseconds since the epoch."""


class Trace:
    """Collects the fields of one execution; give it to `execute(trace=...)` and read `fields` afterwards."""

    def __init__(self) -> None:
        self.epoch = time_ns()
        self.began = perf_counter_ns()
        self.fields: list[FieldTrace] = []
        self._of: dict[tuple[int, int], FieldTrace] = {}
        self._kept: list[Run] = []

    @contextmanager
    def resolving(self, run: Run, field: FieldPlan) -> Iterator[None]:
        """Time the resolution of a field for all sources of a run."""
        path = _path(run, field)
        start = perf_counter_ns()
        entry = FieldTrace(path, field.parent_type.name, len(path), len(run.sources), start - self.began)
        self.fields.append(entry)
        self._of[id(run), id(field)] = entry
        self._kept.append(run)
        try:
            yield
        finally:
            entry.busy += perf_counter_ns() - start

    def waiting(self, column: Column, deliver: Deliver) -> Deliver:
        """Time a wait of a column, and its continuations."""
        entry = self._of[id(column.run), id(column.field)]
        start = perf_counter_ns()

        def settled(arrived: Sequence[int], results: list[Any]) -> None:
            nonlocal start
            now = perf_counter_ns()
            entry.waited += now - start
            start = now
            try:
                deliver(arrived, results)
            finally:
                entry.busy += perf_counter_ns() - now

        return settled

    def levels(self) -> dict[int, tuple[int, int]]:
        """Per level: how many objects its fields were found for (those of its largest field), and nanoseconds busy."""
        found: dict[int, tuple[int, int]] = {}
        for field in self.fields:
            objects, busy = found.get(field.level, (0, 0))
            found[field.level] = (max(objects, field.objects), busy + field.busy)
        return found

    def emit(self, tracer: Tracer) -> None:
        """Write one span per field to an OpenTelemetry tracer."""
        for field in self.fields:
            start = self.epoch + field.start
            span: Span = tracer.start_span(f"graphql {'.'.join(field.path)}", start_time=start)
            span.set_attribute("graphql.field.path", ".".join(field.path))
            span.set_attribute("graphql.field.parent_type", field.type_name)
            span.set_attribute("graphql.field.level", field.level)
            span.set_attribute("graphql.field.objects", field.objects)
            span.end(end_time=start + field.busy + field.waited)


def _path(run: Run, field: FieldPlan) -> tuple[str, ...]:
    names = [field.response_name]
    above = run.above
    while above is not None:
        names.append(above.field.response_name)
        above = above.run.above
    return tuple(reversed(names))
