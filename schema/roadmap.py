"""Roadmaps: what is to be done when, and what waits for what."""

from datetime import datetime

import strawberry

from resolvers.card.graph import card_of
from resolvers.column.scope import scope_of
from resolvers.figures import roadmap as edges
from schema.loading import edge
from schema.references import CardRef, ScopeRef


@strawberry.type(description="A scope on a roadmap.")
class RoadmapScope:
    scope: ScopeRef | None = edge(scope_of, needs=("scope_id",), description="The scope.")
    start: datetime | None = strawberry.field(description="When it starts, or the first date of its cards.")
    end: datetime | None = strawberry.field(description="When it ends, or the last date of its cards.")
    is_derived: bool = strawberry.field(description="Whether one of the two is taken from its cards.")
    progress: float = strawberry.field(description="Done cards over all cards, 0 to 1.")
    is_late: bool = strawberry.field(description="Whether its end is over and not all of its cards are done.")


@strawberry.type(description="A card on a roadmap: it has a date, or waits, or is waited for.")
class RoadmapCard:
    card: CardRef | None = edge(card_of, needs=("card_id",), description="The card.")
    scope: ScopeRef | None = edge(scope_of, needs=("scope_id",), description="Its scope.")
    start: datetime | None = strawberry.field(description="When work starts.")
    due: datetime | None = strawberry.field(description="When it is due.")
    is_done: bool = strawberry.field(description="Whether it stands in a column that is done.")
    is_late: bool = strawberry.field(description="Whether it is open and its due date is over.")
    is_blocked: bool = strawberry.field(description="Whether it is open and waits for an open card.")
    step: int = strawberry.field(
        description="How many cards have to be done before, one after the other: 0 for one that waits for nothing here."
    )


@strawberry.type(description="A card of the longest chain.")
class RoadmapStep:
    card: CardRef | None = edge(card_of, needs=("card_id",), description="The card.")


@strawberry.type(description="One card waits for another.")
class RoadmapDependency:
    blocker: CardRef | None = edge(
        edges.blocker_of, needs=("blocker_id",), description="What is waited for; perhaps a card of another project."
    )
    blocked: CardRef | None = edge(
        edges.blocked_of, needs=("blocked_id",), description="What waits; perhaps a card of another project."
    )
    is_violated: bool = strawberry.field(description="Whether it is to begin before what it waits for is due.")


@strawberry.type(description="A date to be met: the deadline of the project, or the given end of a scope.")
class RoadmapMilestone:
    title: str = strawberry.field(description="The name of the project or the scope.")
    at: datetime = strawberry.field(description="The date.")
    scope: ScopeRef | None = edge(scope_of, needs=("scope_id",), description="The scope; null for the project.")
    is_late: bool = strawberry.field(description="Whether it is over and not everything is done.")


@strawberry.type(description="What is to be done when, and what waits for what. Archived cards are left out.")
class Roadmap:
    start: datetime | None = strawberry.field(description="The first date on it.")
    end: datetime | None = strawberry.field(description="The last date on it.")
    scopes: list[RoadmapScope] = strawberry.field(description="The scopes, oldest first.")
    cards: list[RoadmapCard] = strawberry.field(
        description="The cards, each behind all that it waits for, then by due date."
    )
    is_truncated: bool = strawberry.field(
        description="Whether there are more than 1,000 cards with a date; those that are due first are shown."
    )
    dependencies: list[RoadmapDependency] = strawberry.field(description="Which cards wait for which; at most 1,000.")
    milestones: list[RoadmapMilestone] = strawberry.field(description="The dates to be met, the first one first.")
    critical_path: list[RoadmapStep] = strawberry.field(
        description="The chain of waiting cards that takes the most days; a card without two dates takes one."
    )
