"""Proposals: what agents, or people, would have done, and what came of it."""

import strawberry
from strawberry.scalars import JSON

import models
from models.base import Record
from models.ids import kind_of
from resolvers.kit.nouns import NOUNS
from resolvers.mission.mission import mission_of
from resolvers.proposal import graph as edges
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import AgentRef, MissionRef


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
