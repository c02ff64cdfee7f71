"""Figures of cards, as they are now and over time."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from models.enums import Priority, StatsInterval
from resolvers.card import graph as card_graph
from resolvers.column import column
from resolvers.figures import stats as edges
from schema.loading import edge
from schema.references import ColumnRef, LabelRef, UserRef

From = Annotated[
    datetime | None,
    strawberry.argument(
        name="from",
        description="Where to begin: the first period is the one that it lies in. By default 30 days, 12 weeks "
        "or 12 months before `to`; at most 366 periods.",
    ),
]
To = Annotated[datetime | None, strawberry.argument(description="Where to end: now, by default.")]
Interval = Annotated[StatsInterval, strawberry.argument(description="The length of the periods.")]


def stats_range(from_: From = UNSET, to: To = UNSET, interval: Interval = StatsInterval.DAY) -> None:
    """The arguments of figures over time."""


@strawberry.type(description="How many cards there are; archived ones left out.")
class CardCounts:
    total: int = strawberry.field(description="All of them.")
    open: int = strawberry.field(description="Those that are not in a column that is done.")
    done: int = strawberry.field(description="Those that are.")
    overdue: int = strawberry.field(
        description="Open ones whose due date is over, as a day is when it has ended (UTC)."
    )


@strawberry.type(description="How many cards stand in a column.")
class ColumnShare:
    column: ColumnRef | None = edge(
        column.column_of, needs=("column_id",), description="The column; null for cards that stand in none."
    )
    count: int = strawberry.field(description="How many cards.")
    open: int = strawberry.field(description="How many of them are open: all or none.")


@strawberry.type(description="How many cards are of a priority.")
class PriorityShare:
    priority: Priority | None = strawberry.field(description="The priority; null for cards without one.")
    count: int = strawberry.field(description="How many cards.")
    open: int = strawberry.field(description="How many of them are open.")


@strawberry.type(description="How many cards somebody has.")
class AssigneeShare:
    assignee: UserRef | None = edge(
        card_graph.assignee_of, needs=("assignee_id",), description="Who; null for cards that nobody has."
    )
    count: int = strawberry.field(description="How many cards.")
    open: int = strawberry.field(description="How many of them are open.")


@strawberry.type(description="How many cards have a label.")
class LabelShare:
    label: LabelRef | None = edge(edges.label_of, needs=("label_id",), description="The label.")
    count: int = strawberry.field(description="How many cards.")
    open: int = strawberry.field(description="How many of them are open.")


@strawberry.type(description="What happened in a period.")
class Throughput:
    start: datetime = strawberry.field(description="When the period begins.")
    created: int = strawberry.field(description="Cards that were created.")
    completed: int = strawberry.field(description="Cards that came to a column that is done, and are in one still.")


@strawberry.type(description="How much work there was at the end of a period, and how much of it was done.")
class BurnUpPoint:
    at: datetime = strawberry.field(description="The end of the period.")
    scope: int = strawberry.field(description="Cards that there were.")
    done: int = strawberry.field(description="Cards that were done.")


@strawberry.type(description="How long cards took that were completed in the range.")
class DurationStats:
    count: int = strawberry.field(description="How many cards.")
    median_hours: int | None = strawberry.field(description="Half of them took no longer, in whole hours.")
    p85_hours: int | None = strawberry.field(description="85 of 100 took no longer, in whole hours.")
    average_hours: float | None = strawberry.field(description="The mean, in hours.")


@strawberry.type(description="How many open cards are of an age.")
class AgeBucket:
    from_days: int = strawberry.field(description="From this many days on.")
    to_days: int | None = strawberry.field(description="Below this many days; null for no end.")
    count: int = strawberry.field(description="How many open cards.")


@strawberry.type(description="For how long open cards have been there.")
class Ageing:
    count: int = strawberry.field(description="How many open cards.")
    median_days: int | None = strawberry.field(description="Half of them are no older, in whole days.")
    p85_days: int | None = strawberry.field(description="85 of 100 are no older, in whole days.")
    oldest_days: int | None = strawberry.field(description="The age of the oldest, in whole days.")
    buckets: list[AgeBucket] = strawberry.field(description="By age, the youngest first.")


@strawberry.type(description="Figures of cards: as they are now, and over the periods of a range.")
class Stats:
    from_: datetime = strawberry.field(name="from", description="Where the first period begins.")
    to: datetime = strawberry.field(description="Where the last period ends.")
    interval: StatsInterval = strawberry.field(description="The length of the periods.")
    cards: CardCounts = strawberry.field(description="How many there are now.")
    by_column: list[ColumnShare] = strawberry.field(description="Now, by column, the fullest first.")
    by_priority: list[PriorityShare] = strawberry.field(description="Now, by priority, the most frequent first.")
    by_assignee: list[AssigneeShare] = strawberry.field(description="Now, by assignee, the busiest first.")
    by_label: list[LabelShare] = strawberry.field(description="Now, by label, the most frequent first.")
    throughput: list[Throughput] = strawberry.field(description="Every period of the range, empty ones too.")
    burn_up: list[BurnUpPoint] = strawberry.field(description="The end of every period of the range.")
    cycle_time: DurationStats = strawberry.field(description="From `startedAt` to `completedAt`.")
    lead_time: DurationStats = strawberry.field(description="From `createdAt` to `completedAt`.")
    ageing: Ageing = strawberry.field(description="The ages of cards that are open now, since they were created.")
