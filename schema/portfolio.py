"""Metrics of projects, one by one and all together."""

from datetime import datetime

import strawberry

from models.enums import Priority
from resolvers.figures import portfolio as edges
from resolvers.project.project import projects_of
from schema.connection import Connection, window_of
from schema.filters import ProjectFilter, ProjectOrder
from schema.loading import edge
from schema.references import ProjectRef

projects_window = window_of(ProjectFilter, ProjectOrder)


@strawberry.type(description="How many open cards are of a priority.")
class PriorityCount:
    priority: Priority | None = strawberry.field(description="The priority; null for cards without one.")
    count: int = strawberry.field(description="How many open cards.")


@strawberry.type(description="What the cards of a project add up to. Done is what stands in a column that is done.")
class ProjectMetrics:
    total: int = strawberry.field(description="All cards, archived ones left out.")
    open: int = strawberry.field(description="Those that are not done.")
    done: int = strawberry.field(description="Those that are done.")
    archived: int = strawberry.field(description="Archived cards; they count nowhere else.")
    overdue: int = strawberry.field(
        description="Open ones whose due date is over, as a day is when it has ended (UTC)."
    )
    blocked: int = strawberry.field(description="Open ones that wait for an open one.")
    progress: float = strawberry.field(description="Done cards over all cards, 0 to 1.")
    members: int = strawberry.field(description="How many are notified and can be assigned.")
    next_deadline: datetime | None = strawberry.field(
        description="The next due date of an open card, or the deadline of the project where that comes first."
    )
    last_activity_at: datetime | None = strawberry.field(
        description="When the project or one of its cards last changed."
    )
    by_priority: list[PriorityCount] = strawberry.field(
        description="Open cards by priority, the most urgent first, those without one last."
    )


@strawberry.type(description="What the projects of a workspace add up to; somebody who is a member of two counts once.")
class PortfolioTotals(ProjectMetrics):
    projects: int = strawberry.field(description="How many projects there are.")


@strawberry.type(description="The projects of a workspace, and what they add up to.")
class Portfolio:
    totals: PortfolioTotals = edge(edges.totals_of, description="All projects together.")
    projects: Connection[ProjectRef] = edge(
        projects_of,
        arguments=projects_window,
        description="The projects, oldest first unless an order is given; each has its `metrics`.",
    )
