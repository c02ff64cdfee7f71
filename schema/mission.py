"""Missions: what an agent is asked to do, and what it reports."""

import strawberry

import models
from resolvers.kit.position import cursor_of_mission
from resolvers.mission import mission as edges
from resolvers.mission.run import output_of
from resolvers.pipeline.run import steps_of_run
from resolvers.usage.sums import usage_of_mission
from schema.connection import Connection, window, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import MissionFilter
from schema.loading import edge
from schema.node import Node
from schema.pipeline import PipelineStepRun
from schema.references import AgentRef, CardRef, ProjectRef, WorkspaceRef
from schema.scalars import Cursor
from schema.usage import Usage


@shows(models.MissionActivity, "One report of an agent.")
class MissionActivity(Node):
    pass


@strawberry.type(description="What a model is writing.")
class MissionOutput:
    attempt: int = strawberry.field(description="Which request to the model writes it.")
    text: str = strawberry.field(
        description="What it has written so far; what `MissionOutputDelta` brings follows on it."
    )


@shows(models.Mission, "What an agent is asked to do.")
class Mission(Node):
    agent: AgentRef = edge(edges.agent_of)
    card: CardRef | None = edge(edges.card_of, needs=("card_id", "workspace_id"))
    project: ProjectRef | None = edge(edges.project_of)
    prompt: str = edge(edges.prompt_of)
    output: MissionOutput | None = edge(
        output_of, description="What its model is writing at this moment, a few seconds old; null between turns."
    )
    cursor: Cursor = edge(
        cursor_of_mission,
        needs=("workspace_id",),
        description="Where its stream stood before this request read anything: `missionEvents` after it bring every "
        "later change, perhaps with some that were read already.",
    )
    usage: Usage = edge(usage_of_mission, description="What its models have cost.")
    activities: Connection[MissionActivity] = edge(
        edges.activities_of, arguments=window, description="What the agent reported, in order."
    )
    pipeline_steps: list[PipelineStepRun] = edge(
        steps_of_run, description="How far each step is, where it is the run of a pipeline; none for any other."
    )


@extends(ProjectRef, after="automations")
class OfProject:
    active_missions: list[Mission] = edge(
        edges.active_missions_of, description="The missions that its cards have at the moment; at most 500."
    )


@extends(CardRef, after="documents")
class OfCard:
    messages: Connection[MissionActivity] = edge(
        edges.messages_of_card,
        arguments=window,
        description="What was reported and said in all missions about it, oldest first.",
    )
    missions: Connection[Mission] = edge(
        edges.missions_of_card, arguments=window, description="What agents were asked about it, newest first."
    )


@extends(AgentRef, after="usage")
class OfAgent:
    missions: Connection[Mission] = edge(
        edges.missions_of_agent, arguments=window, description="Its missions, newest first."
    )


@extends(WorkspaceRef, after="remote_calls")
class OfWorkspace:
    missions: Connection[Mission] = edge(
        edges.missions_of_workspace, arguments=window_of(MissionFilter), description="Its missions, newest first."
    )
