"""What is kept, counted and told of the calls of a model."""

from collections.abc import Sequence

from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from agents.runtime.child import history
from agents.runtime.child.own_tools import Described
from models import MissionCall
from models.base import to_record, utc_now
from models.enums import MissionActivityKind, MissionCallState
from models.mission_run import call_id
from models.records import MissionCallRecord
from realtime.counts import COUNTS
from resolvers.mission.report import Report
from resolvers.mission.run import Held
from resolvers.usage.usage import Usage

SHOWN = 300
"""Characters of a call's arguments in its report."""


def parameters_of(described: Sequence[Described]) -> ModelRequestParameters:
    """What a model is told of what it may call."""
    tools = [
        ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.schema, strict=False)
        for tool in described
    ]
    return ModelRequestParameters(function_tools=tools)


def call_of(held: Held, n: int, index: int, asked: history.Asked) -> MissionCallRecord:
    """A call that a model asks for, as it is kept."""
    refused = asked.problem is not None
    return to_record(
        MissionCall(
            id=call_id(held.mission_id, n, index),
            workspace_id=held.workspace_id,
            mission_id=held.mission_id,
            n=n,
            index=index,
            tool=asked.tool[:100],
            arguments=asked.arguments,
            state=MissionCallState.REFUSED if refused else MissionCallState.PENDING,
            result=asked.problem,
            finished_at=utc_now() if refused else None,
        )
    )


def count_usage(model: str, used: Usage) -> None:
    """Count what a call of a model came to, for `/metrics`."""
    for kind, tokens in (("input", used.input_tokens), ("cached", used.cached_tokens), ("output", used.output_tokens)):
        COUNTS.add("model_tokens", model, kind, amount=tokens)
    COUNTS.add("model_cost", model, amount=used.cost)


def done_by(call: MissionCallRecord) -> Report:
    """The report of a call that was made."""
    return Report(MissionActivityKind.ACTION, shown(call), tool=call["tool"])


def shown(call: MissionCallRecord) -> str:
    """A call, as reports tell of it."""
    arguments = call["arguments"]
    return f"{call['tool']} {arguments if len(arguments) <= SHOWN else arguments[:SHOWN] + '…'}"
