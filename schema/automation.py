"""Automations: what a project does by itself, and what came of it."""

import strawberry

import models
from resolvers.automation import automation as edges
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CardRef, ProjectRef


@shows(models.AutomationTrace, "What came of one event for an automation.")
class AutomationTrace:
    id: strawberry.ID = strawberry.field(description="The id.")
    event: strawberry.ID = derived(
        lambda trace: trace["event_id"],
        needs=("event_id",),
        description="The event that set it off, by its id in the log; of a date, an id that is always the same.",
    )
    target: CardRef | None = edge(
        edges.target_of,
        needs=("card_id", "workspace_id"),
        description="The card that it was about; null once that is deleted.",
    )


@shows(models.Automation, "What a project does by itself, once something happens to one of its cards.")
class Automation(Node):
    traces: Connection[AutomationTrace] = edge(
        edges.traces_of, arguments=window, description="What came of it, the latest first; kept for 90 days."
    )


@extends(ProjectRef, after="labels")
class OfProject:
    automations: list[Automation] = edge(
        edges.automations_of_project, description="What it does by itself, oldest first."
    )
