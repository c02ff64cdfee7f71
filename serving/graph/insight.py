"""What a request may ask to be told of its execution: its cost, before or with the answer, and where the time went.

A client asks in the `extensions` of its request: `{"cost": true}` adds the estimate to the answer, `{"cost": "dryRun"}`
answers with the cost per path and executes nothing, `{"trace": true}` adds time and objects per field.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from graphql import DocumentNode, GraphQLSchema

from execution import Trace
from execution.cost import Estimate, estimate
from execution.limits import Limits


def asks(request: Mapping[str, Any] | None, name: str) -> Any:
    """What a request's extensions say under a name; None where they say nothing."""
    return (request or {}).get(name)


def told_cost(found: Estimate, limits: Limits) -> dict[str, Any]:
    """`extensions.cost` of an answer, in objects."""
    return {"estimate": found.total, "limit": limits.cost, **({"paths": dict(found.paths)} if found.paths else {})}


def cost_by_path(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, Any] | None,
    limits: Limits,
) -> Estimate:
    """The estimate of an operation with every path that leads to objects."""
    return estimate(schema, document, operation_name, variables, limits.list_size, by_path=True)


def told_trace(trace: Trace) -> dict[str, Any]:
    """`extensions.trace` of an answer; times in milliseconds."""
    return {
        "fields": [
            {
                "path": ".".join(field.path),
                "parentType": field.type_name,
                "level": field.level,
                "objects": field.objects,
                "startMs": field.start / 1e6,
                "busyMs": field.busy / 1e6,
                "waitedMs": field.waited / 1e6,
            }
            for field in trace.fields
        ],
        "levels": [
            {"level": level, "objects": objects, "busyMs": busy / 1e6}
            for level, (objects, busy) in sorted(trace.levels().items())
        ],
    }


@cache
def tracer() -> Any:
    """The OpenTelemetry tracer of this process; None where OpenTelemetry is not installed or has no provider."""
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    provider = trace.get_tracer_provider()
    return None if isinstance(provider, trace.ProxyTracerProvider) else provider.get_tracer("orrery")


def write_spans(tracer: Any, trace: Trace, kind: str, name: str | None) -> None:
    """A span of the whole operation, with those of its fields below it."""
    with tracer.start_as_current_span(f"graphql {kind}", start_time=trace.epoch) as span:
        span.set_attribute("graphql.operation.type", kind)
        if name is not None:
            span.set_attribute("graphql.operation.name", name)
        trace.emit(tracer)
