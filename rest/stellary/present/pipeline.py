"""Pipelines and their steps."""

from typing_extensions import TypedDict

import models
from models.pipeline import PipelineCondition as Condition
from models.pipeline import PipelineStep as Step
from models.records import PipelineRecord, PipelineStepRecord
from rest.present import presents, shown


@presents(Condition, without=("id",))
class PipelineCondition(TypedDict):
    """What the result of a step has to be, at a path of it."""


@presents(Step, without=("id",))
class PipelineStep(TypedDict):
    """A step; it begins once those that it comes `after` have ended well."""

    id: str
    condition: PipelineCondition | None


@presents(models.Pipeline)
class Pipeline(TypedDict):
    """Steps of agents, tools and people that wait for each other."""

    steps: list[PipelineStep]


def pipeline(record: PipelineRecord) -> Pipeline:
    return {**shown(Pipeline, record), "steps": [_step(step) for step in record["steps"]]}


def _step(step: PipelineStepRecord) -> PipelineStep:
    condition = step["condition"]
    return {
        **shown(PipelineStep, step),
        "id": step["id"],
        "condition": None if condition is None else shown(PipelineCondition, condition),
    }
