"""Pipelines: steps of agents, tools and people that wait for each other."""

import strawberry

import models
from models.pipeline import PipelineCondition as Condition
from models.pipeline import PipelineStep as Step
from schema.fields import shows
from schema.node import Node


@shows(Condition, "What a step asks of what one before it came to.")
class PipelineCondition:
    pass


@shows(Step, "A step of a pipeline, which begins once those that it comes after have ended well.")
class PipelineStep:
    condition: PipelineCondition | None = strawberry.field()


@shows(models.Pipeline, "Steps of agents, tools and people that wait for each other.")
class Pipeline(Node):
    steps: list[PipelineStep] = strawberry.field()
