"""Proposals: what agents, or people, would have done, and what came of it."""

import strawberry
from strawberry.scalars import JSON

import models
from models.base import Record
from models.ids import kind_of
from resolvers.kit.nouns import NOUNS
from resolvers.mission.mission import mission_of
from resolvers.proposal import graph as edges
from schema.connection import Connection, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import ProposalFilter
from schema.loading import derived, edge
from schema.node import Node
from schema.references import AgentRef, MissionRef, WorkspaceRef

proposals_window = window_of(ProposalFilter)


def _type_of(change: Record) -> str:
    kind = kind_of(change["id"])
    return "" if kind is None else NOUNS[kind].name


@strawberry.type(description="What a proposal would change of an object.")
class ProposalChange:
    id: strawberry.ID = derived(lambda change: str(change["id"]), needs=("id",), description="The id of the object.")
    type: str = derived(_type_of, needs=("id",), description="Its type.")
    before: JSON | None = strawberry.field(
        description="Its fields as they are, those that would change; null for what would be made."
    )
    after: JSON | None = strawberry.field(
        description="Its fields as they would be; null for what would be deleted. Of a large value, its hash."
    )


@shows(models.Proposal, "What an agent, or a person, would have done, which somebody decides on.")
class Proposal(Node):
    agent: AgentRef | None = edge(edges.agent_of)
    mission: MissionRef | None = edge(mission_of)
    arguments: JSON = edge(edges.arguments_of)
    edited_arguments: JSON | None = edge(edges.edited_arguments_of)
    changes: list[ProposalChange] = edge(
        edges.changes_of,
        needs=("changes",),
        description="What it would change, as it was when that was looked at last: at most 50 objects.",
    )
    is_executable: bool = derived(
        lambda proposal: proposal["operation"] is not None,
        needs=("operation",),
        description="Whether it is done once it is approved; else that is only noted.",
    )


@extends(MissionRef, after="pipeline_steps")
class OfMission:
    proposals: Connection[Proposal] = edge(
        edges.proposals_of_mission,
        arguments=proposals_window,
        description="What came up in it to be decided on, newest first.",
    )


@extends(WorkspaceRef, after="missions")
class OfWorkspace:
    approvals: Connection[Proposal] = edge(
        edges.proposals_of_workspace,
        arguments=proposals_window,
        description="What was proposed in it, newest first; with a filter of the status, what waits for a decision.",
    )
