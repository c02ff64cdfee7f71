"""Figures of cards over time."""

from typing import Literal

from typing_extensions import TypedDict

from models.base import Record
from rest.stellary.present.base import Id, Timestamp, id_or_none, timestamp


class CardCounts(TypedDict):
    """How many cards there are; done is what stands in the last column of its board."""

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


def stats(record: Record) -> Stats:
    ageing = record["ageing"]
    return {
        "from": timestamp(record["from_"]),
        "to": timestamp(record["to"]),
        "interval": record["interval"].value,
        "cards": record["cards"],
        "byColumn": [{"columnId": id_or_none(one["column_id"]), **_share(one)} for one in record["by_column"]],
        "byPriority": [
            {"priority": one["priority"].word if one["priority"] else None, **_share(one)}
            for one in record["by_priority"]
        ],
        "byAssignee": [{"assigneeId": id_or_none(one["assignee_id"]), **_share(one)} for one in record["by_assignee"]],
        "byLabel": [{"labelId": str(one["label_id"]), **_share(one)} for one in record["by_label"]],
        "throughput": [
            {"start": timestamp(one["start"]), "created": one["created"], "completed": one["completed"]}
            for one in record["throughput"]
        ],
        "burnUp": [
            {"at": timestamp(one["at"]), "scope": one["scope"], "done": one["done"]} for one in record["burn_up"]
        ],
        "cycleTime": _durations(record["cycle_time"]),
        "leadTime": _durations(record["lead_time"]),
        "ageing": {
            "count": ageing["count"],
            "medianDays": ageing["median_days"],
            "p85Days": ageing["p85_days"],
            "oldestDays": ageing["oldest_days"],
            "buckets": [
                {"fromDays": one["from_days"], "toDays": one["to_days"], "count": one["count"]}
                for one in ageing["buckets"]
            ],
        },
    }


class _Share(TypedDict):
    count: int
    open: int


def _share(row: Record) -> _Share:
    return {"count": row["count"], "open": row["open"]}


def _durations(record: Record) -> Durations:
    return {
        "count": record["count"],
        "medianHours": record["median_hours"],
        "p85Hours": record["p85_hours"],
        "averageHours": record["average_hours"],
    }
