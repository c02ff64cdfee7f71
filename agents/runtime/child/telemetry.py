"""Traces of missions by the semantic conventions of OpenTelemetry for generative AI, where the process has a provider.

A span of the agent for each time that a mission is worked on, below it those of requests to models (with the metrics
that the library that speaks to them writes) and of calls of tools. None of them holds what was said, or an argument.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from pydantic_ai.models.instrumented import InstrumentationSettings

from models.errors import OrreryError
from models.records import AgentRecord, MissionCallRecord
from resolvers.mission.run import Held


@cache
def instrumentation() -> InstrumentationSettings | bool:
    """How requests to models are traced; False where nobody collects it."""
    if _tracer() is None:
        return False
    return InstrumentationSettings(
        include_content=False, include_binary_content=False, include_model_request_parameters=False
    )


@contextmanager
def agent_span(held: Held) -> Iterator[None]:
    """The work on a mission, by whoever holds it."""
    agent: AgentRecord = held.agent
    told = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.id": str(agent["_id"]),
        "gen_ai.agent.name": agent["name"],
        "gen_ai.conversation.id": str(held.mission_id),
        "orrery.workspace.id": str(held.workspace_id),
    }
    with _span(f"invoke_agent {agent['name']}", told):
        yield


@contextmanager
def tool_span(call: MissionCallRecord) -> Iterator[None]:
    """A call of a tool; what it is refused for is the kind of its error."""
    told = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": call["tool"],
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": str(call["_id"]),
        "gen_ai.conversation.id": str(call["mission_id"]),
    }
    with _span(f"execute_tool {call['tool']}", told):
        yield


@contextmanager
def _span(name: str, told: Mapping[str, Any]) -> Iterator[None]:
    tracer = _tracer()
    if tracer is None:
        yield
        return
    options: Any = {"record_exception": False, "set_status_on_exception": False}  # texts of errors may quote content
    with tracer.start_as_current_span(name, kind=SpanKind.INTERNAL, attributes=dict(told), **options) as span:
        try:
            yield
        except Exception as error:
            span.set_attribute("error.type", error.code if isinstance(error, OrreryError) else type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise


@cache
def _tracer() -> Any:
    provider = trace.get_tracer_provider()
    return None if isinstance(provider, trace.ProxyTracerProvider) else provider.get_tracer("orrery")
