"""Inputs of the operations on pipelines."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models import Pipeline
from models.enums import PipelineStepType
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.json import check_json
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import AgentId, Flag, Input, NotNull, Prose, WorkspaceId

MAX_STEPS = 50
MAX_ARGUMENTS = 16 * 1024
MAX_WRITTEN = 256 * 1024
"""Bytes of JSON that the arguments of a step, and all steps together, may have."""

StepId = Annotated[str, Text(1, 60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


def _json(value: Any) -> Any:
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > MAX_ARGUMENTS:
        raise PydanticCustomError("json", "must have at most 16 KB as JSON")
    return value


class PipelineConditionInput(Input):
    """What a CONDITION step asks of a step before it."""

    step: StepId = Field(description="The step whose result is looked at, one that this one comes after.")
    path: Annotated[str, Text(0, 200)] = Field(
        "", description="Where in the result, by keys with dots between; empty for all of it."
    )
    equals: Annotated[Any, AfterValidator(_json)] = Field(None, description="The value to be there.")
    negated: Flag = Field(False, description="Whether any other value is to be there.")


class PipelineStepInput(Input):
    """A step of a pipeline. What its type needs may be filled in later: without it the pipeline is not run."""

    id: StepId = Field(description="What other steps call it: letters, digits, - and _.")
    type: PipelineStepType = Field(description="What it does.")
    after: Annotated[list[StepId], Field(max_length=MAX_STEPS)] = Field(
        default_factory=list, description="The steps that it waits for."
    )
    agent_id: AgentId | None = Field(None, description="Whom an AGENT step asks.")
    text: Annotated[str, Text(0, 5000, strip=False), Prose] | None = Field(
        None, description="What an AGENT step asks, an APPROVAL step has people decide, a NOTIFY step tells."
    )
    tool: Annotated[str, Text(1, 100)] | None = Field(None, description="The operation that a TOOL step runs.")
    arguments: Annotated[dict[str, Any], AfterValidator(_json)] = Field(
        default_factory=dict, description="Its arguments, as the mutation takes them, its input's fields among them."
    )
    condition: PipelineConditionInput | None = Field(None, description="What a CONDITION step asks.")


def _check_steps(steps: Sequence[PipelineStepInput]) -> Sequence[PipelineStepInput]:
    """Each step has a name of its own and waits for steps that there are, and none waits for itself in the end."""
    after = {step.id: step.after for step in steps}
    if len(after) < len(steps):
        raise PydanticCustomError("steps", "has two steps of one id")
    for step_id, before in after.items():
        for other in before:
            if other not in after:
                raise PydanticCustomError(
                    "steps", "{step} comes after {other}, which is no step", {"step": step_id, "other": other}
                )
    try:
        order = list(TopologicalSorter(after).static_order())
    except CycleError as error:
        raise PydanticCustomError("steps", "go in a circle: {path}", {"path": " → ".join(error.args[1])}) from error
    ahead: dict[str, set[str]] = {}
    for step_id in order:
        ahead[step_id] = {*after[step_id], *(each for before in after[step_id] for each in ahead[before])}
    for step in steps:
        if step.condition is not None and step.condition.step not in ahead[step.id]:
            raise PydanticCustomError(
                "steps",
                "{step} asks of {other}, which it does not come after",
                {"step": step.id, "other": step.condition.step},
            )
    if len(orjson.dumps([step.model_dump(mode="python") for step in steps], default=str)) > MAX_WRITTEN:
        raise PydanticCustomError("steps", "must have at most 256 KB together, as JSON")
    return steps


Steps = Annotated[list[PipelineStepInput], Field(max_length=MAX_STEPS), AfterValidator(_check_steps)]


@fields_of(Pipeline, CREATE)
class PipelineCreate(Input):
    """A new pipeline."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    steps: Steps = Field(description="Its steps, at most 50, in no circle; there may be none yet.")


@fields_of(Pipeline, UPDATE)
class PipelineUpdate(Input):
    """What changes of a pipeline."""

    steps: Annotated[Steps | None, NotNull] = Field(None, description="All its steps from now on.")
