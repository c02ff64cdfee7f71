"""Pipelines: steps of agents, tools and people that wait for each other."""

import strawberry

import models
from models.pipeline import PipelineCondition as Condition
from models.pipeline import PipelineStep as Step
from models.pipeline_run import PipelineStepRun as StepRun
from resolvers.kit.load import one_by
from resolvers.kit.nouns import MISSION, PROPOSAL
from resolvers.pipeline.pipeline import pipelines_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import MissionRef, ProposalRef, WorkspaceRef


@shows(Condition, "What a step asks of what one before it came to.")
class PipelineCondition:
    pass


@shows(Step, "A step of a pipeline, which begins once those that it comes after have ended well.")
class PipelineStep:
    condition: PipelineCondition | None = strawberry.field()


@shows(StepRun, "How far a step of a run is.")
class PipelineStepRun:
    mission: MissionRef | None = edge(
        one_by(MISSION, "mission_id"), needs=("mission_id",), description="What its agent was asked."
    )
    proposal: ProposalRef | None = edge(
        one_by(PROPOSAL, "proposal_id"), needs=("proposal_id",), description="What people decide on."
    )


@shows(models.Pipeline, "Steps of agents, tools and people that wait for each other.")
class Pipeline(Node):
    steps: list[PipelineStep] = strawberry.field()


@extends(WorkspaceRef, after="skills")
class OfWorkspace:
    pipelines: Connection[Pipeline] = edge(pipelines_of, arguments=window, description="Its pipelines, oldest first.")
