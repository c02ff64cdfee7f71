"""What a workspace steers by, and how it stands."""

from typing import Annotated

import strawberry

import models
from models.pilotage_enums import PilotageDetail, PilotageIntent, PilotageProfile, RiskKind
from resolvers.kit.load import one_by
from resolvers.kit.nouns import OBJECTIVE, PROJECT
from resolvers.pilotage import dashboard, decision, document, objective, priority, risk, standing_order, state, todo
from resolvers.pilotage.cycle import cycle_of
from schema.connection import Connection, window, window_of
from schema.fields import shows
from schema.filters import ObjectiveFilter, PilotagePriorityFilter, StandingOrderFilter, TodoFilter
from schema.loading import derived, edge
from schema.node import Node
from schema.references import MissionRef, ProjectRef
from schema.usage import UsageTotal

Profile = Annotated[PilotageProfile, strawberry.argument(description="What it is read for.")]
Intent = Annotated[PilotageIntent, strawberry.argument(description="What somebody is about to do with it.")]
Detail = Annotated[PilotageDetail, strawberry.argument(description="How much is told.")]


def state_arguments(
    profile: Profile = PilotageProfile.PILOTAGE,
    intent: Intent = PilotageIntent.WEEKLY_REVIEW,
    detail_level: Detail = PilotageDetail.STANDARD,
) -> None:
    """The arguments of the state of a pilotage."""


@shows(models.Objective, "Something that a workspace wants to reach.")
class Objective(Node):
    pass


@shows(models.PilotagePriority, "Something that comes before the rest.")
class PilotagePriority(Node):
    pass


@shows(models.Todo, "A step towards an objective or a priority, or by itself.")
class Todo(Node):
    pass


@shows(models.Decision, "What was decided.")
class Decision(Node):
    pass


@shows(models.PilotageDocument, "A document that counts at present, wherever it is kept.")
class PilotageDocument(Node):
    pass


@shows(models.StandingOrder, "What agents always keep to: it stands in the prompt of their missions.")
class StandingOrder(Node):
    pass


@strawberry.type(description="How many objectives stand where.")
class ObjectiveCounts:
    to_launch: int = strawberry.field(description="Those that nobody has begun.")
    in_progress: int = strawberry.field(description="Those that are worked on.")
    blocked: int = strawberry.field(description="Those that cannot go on.")
    done: int = strawberry.field(description="Those that are reached, of all cycles.")


@strawberry.type(description="How many todos stand where.")
class TodoCounts:
    todo: int = strawberry.field(description="Those that nobody has begun.")
    in_progress: int = strawberry.field(description="Those that are worked on.")
    blocked: int = strawberry.field(description="Those that cannot go on.")
    done: int = strawberry.field(description="Those that are done, of all cycles.")


@strawberry.type(description="How many there are of each in a pilotage.")
class PilotageCounts:
    objectives: ObjectiveCounts = strawberry.field(description="Objectives.")
    todos: TodoCounts = strawberry.field(description="Todos.")
    active_priorities: int = strawberry.field(description="Priorities that hold now.")
    decisions: int = strawberry.field(description="Decisions, of all cycles.")
    documents: int = strawberry.field(description="Documents that count.")
    active_standing_orders: int = strawberry.field(description="Standing orders that hold now.")


@strawberry.type(description="What was done and decided in earlier cycles, the newest first; 50 of each at most.")
class PilotageHistory:
    objectives: list[Objective] = strawberry.field(description="Objectives that were reached.")
    todos: list[Todo] = strawberry.field(description="Todos that were done.")
    decisions: list[Decision] = strawberry.field(description="Decisions.")


@strawberry.type(
    description="How a pilotage stands. A list has 100 entries at most, and is empty where the profile or the detail "
    "leaves it out; `counts` tell how many there are."
)
class PilotageState:
    cycle: int = strawberry.field(description="The number of the open cycle.")
    contract_version: int = strawberry.field(description="The version of this shape.")
    objectives: list[Objective] = strawberry.field(
        description="Open ones in the order of the intent, then those that were reached in this cycle."
    )
    priorities: list[PilotagePriority] = strawberry.field(description="Those that hold now, oldest first.")
    todos: list[Todo] = strawberry.field(
        description="Open ones in the order of the intent, then those that were done in this cycle."
    )
    decisions: list[Decision] = strawberry.field(description="Those of this cycle, newest first.")
    documents: list[PilotageDocument] = strawberry.field(description="Documents that count, newest first.")
    standing_orders: list[StandingOrder] = strawberry.field(description="Those that hold now, oldest first.")
    counts: PilotageCounts = strawberry.field(description="How many there are of each.")
    warnings: list[str] = strawberry.field(description="What is to be said of it, such as too many priorities.")
    history: PilotageHistory | None = strawberry.field(description="Earlier cycles; null unless it is DETAILED.")
    profile: PilotageProfile = strawberry.field(description="What it was read for.")
    intent: PilotageIntent = strawberry.field(description="What somebody is about to do with it.")
    detail_level: PilotageDetail = strawberry.field(description="How much is told.")


@strawberry.type(description="How many missions of agents stand where, those that have ended aside.")
class MissionCounts:
    queued: int = strawberry.field(description="Those that wait for their agent.")
    running: int = strawberry.field(description="Those that an agent works on.")
    awaiting_approval: int = strawberry.field(description="Those that wait for a person.")


@strawberry.type(description="What needs attention in a workspace at present.")
class PilotageDashboard:
    cycle: int = strawberry.field(description="The number of the open cycle.")
    counts: PilotageCounts = strawberry.field(description="How many there are of each.")
    warnings: list[str] = strawberry.field(description="What is to be said of it, such as too many priorities.")
    missions: MissionCounts = strawberry.field(description="Missions of agents that have not ended.")
    runs: list[MissionRef] = strawberry.field(description="Of these the newest, 20 at most.")
    approvals: int = strawberry.field(description="How many proposals wait for a decision.")
    spent: UsageTotal = strawberry.field(description="What models have cost in the last 30 days.")


@strawberry.type(description="Something that endangers the work of a workspace.")
class PilotageRisk:
    kind: RiskKind = strawberry.field(description="What it is.")
    count: int = strawberry.field(description="How many cards are in danger; 1 for an objective.")
    objective: Objective | None = edge(
        one_by(OBJECTIVE, "objective_id"), needs=("objective_id",), description="The objective, of one that is blocked."
    )
    project: ProjectRef | None = edge(
        one_by(PROJECT, "project_id"), needs=("project_id",), description="The project, of all others."
    )


@strawberry.type(description="What a workspace steers by: objectives, priorities, todos, decisions, documents, orders.")
class Pilotage:
    cycle: int = derived(cycle_of, needs=("pilotage_cycle",), description="The number of the open cycle, from 1.")
    state: PilotageState = edge(
        state.state_of,
        needs=("pilotage_cycle",),
        arguments=state_arguments,
        description="How it stands, for somebody who is about to do something with it.",
    )
    dashboard: PilotageDashboard = edge(
        dashboard.dashboard_of, needs=("pilotage_cycle",), description="What needs attention at present."
    )
    risks: list[PilotageRisk] = edge(
        risk.risks_of,
        description="What endangers its objectives and projects: 100 at most, objectives and late projects first.",
    )
    objectives: Connection[Objective] = edge(
        objective.objectives_of, arguments=window_of(ObjectiveFilter), description="Objectives, oldest first."
    )
    priorities: Connection[PilotagePriority] = edge(
        priority.priorities_of, arguments=window_of(PilotagePriorityFilter), description="Priorities, oldest first."
    )
    todos: Connection[Todo] = edge(todo.todos_of, arguments=window_of(TodoFilter), description="Todos, oldest first.")
    decisions: Connection[Decision] = edge(
        decision.decisions_of, arguments=window, description="Decisions, newest first."
    )
    documents: Connection[PilotageDocument] = edge(
        document.documents_of, arguments=window, description="Documents that count, oldest first."
    )
    standing_orders: Connection[StandingOrder] = edge(
        standing_order.standing_orders_of,
        arguments=window_of(StandingOrderFilter),
        description="Standing orders, oldest first.",
    )
