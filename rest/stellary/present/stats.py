"""Figures of cards over time."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Literal

from typing_extensions import TypedDict

from models.base import AnyRecord
from models.enums import Priority
from rest.present import Id, Timestamp, of_three, shown


class CardCounts(TypedDict):
    """How many cards there are; done is what stands in a column that is done."""

    total: int
    open: int
    done: int
    overdue: int


class ColumnShare(TypedDict):
    columnId: Id | None
    count: int
    open: int


class PriorityShare(TypedDict):
    priority: Literal["low", "medium", "high"] | None
    count: int
    open: int


class AssigneeShare(TypedDict):
    assigneeId: Id | None
    count: int
    open: int


class LabelShare(TypedDict):
    labelId: Id
    count: int
    open: int


class Throughput(TypedDict):
    start: Timestamp
    created: int
    completed: int


class BurnUpPoint(TypedDict):
    """At the end of a period."""

    at: Timestamp
    scope: int
    done: int


class Durations(TypedDict):
    """Of the cards that were completed in the range; median and 85th percentile in whole hours."""

    count: int
    medianHours: int | None
    p85Hours: int | None
    averageHours: float | None


class AgeBucket(TypedDict):
    fromDays: int
    toDays: int | None
    count: int


class Ageing(TypedDict):
    """The ages of open cards, in whole days."""

    count: int
    medianDays: int | None
    p85Days: int | None
    oldestDays: int | None
    buckets: list[AgeBucket]


Stats = TypedDict(
    "Stats",
    {
        "from": Timestamp,
        "to": Timestamp,
        "interval": Literal["day", "week", "month"],
        "cards": CardCounts,
        "byColumn": list[ColumnShare],
        "byPriority": list[PriorityShare],
        "byAssignee": list[AssigneeShare],
        "byLabel": list[LabelShare],
        "throughput": list[Throughput],
        "burnUp": list[BurnUpPoint],
        "cycleTime": Durations,
        "leadTime": Durations,
        "ageing": Ageing,
    },
)


def stats(record: AnyRecord) -> Stats:
    return shown(Stats, {**record, "from": record["from_"], "by_priority": shares_of_three(record["by_priority"])})


def shares_of_three(shares: Sequence[AnyRecord]) -> list[AnyRecord]:
    """The shares of priorities, the most frequent first, with those together that are shown as one."""
    found: dict[Priority | None, AnyRecord] = {}
    for share in shares:
        priority = share["priority"] and of_three(share["priority"])
        known = found.get(priority, {"count": 0, "open": 0})
        added = {name: known[name] + share[name] for name in ("count", "open")}
        found[priority] = {"priority": priority, **added}
    return sorted(found.values(), key=itemgetter("count"), reverse=True)
