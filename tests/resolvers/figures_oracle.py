"""The figures as the database works them out of the cards themselves: what the kept facts have to come to."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from models import Card
from models.base import aggregate
from models.enums import StatsInterval
from resolvers.kit.periods import Periods

_HOUR, _DAY = 3_600_000, 86_400_000


async def groups(key: str, parent_id: ObjectId, periods: Periods, now: datetime) -> dict[str, list[Any]]:
    """By name the groups of a project or a scope, in the form of `resolvers.figures.stats_group`."""
    pipeline: list[dict[str, Any]] = [{"$match": {key: parent_id}}, {"$facet": _parts(f"${key}", periods, now)}]
    [found] = await aggregate(Card, pipeline)
    rows: dict[str, list[Any]] = defaultdict(list)
    for name, some in found.items():
        for row in some:
            del row["_id"]["parent"]
            rows[name].append({**row.pop("_id"), **row})
    return rows


async def metrics(project_id: ObjectId, done: set[ObjectId], now: datetime) -> Any:
    """What the cards of a project add up to."""
    overdue = {"$and": [{"$ne": ["$due_date", None]}, {"$lt": ["$due_date", now]}]}
    grouped = {
        "_id": {"column": "$column_id", "priority": "$priority", "archived": "$archived"},
        "count": {"$sum": 1},
        "overdue": {"$sum": {"$cond": [overdue, 1, 0]}},
        "next": {"$min": {"$cond": [{"$gte": ["$due_date", now]}, "$due_date", None]}},
        "changed": {"$max": "$updated_at"},
    }
    rows = await aggregate(Card, [{"$match": {"project_id": project_id}}, {"$group": grouped}])
    visible = [row for row in rows if not row["_id"]["archived"]]
    left = [row for row in visible if row["_id"].get("column") not in done]
    priorities: dict[int | None, int] = defaultdict(int)
    for row in left:
        priorities[row["_id"].get("priority")] += row["count"]
    return {
        "total": sum(row["count"] for row in visible),
        "open": sum(row["count"] for row in left),
        "archived": sum(row["count"] for row in rows) - sum(row["count"] for row in visible),
        "overdue": sum(row["overdue"] for row in left),
        "next_deadline": min((row["next"] for row in left if row["next"] is not None), default=None),
        "last_activity_at": max((row["changed"] for row in rows), default=None),
        "priorities": dict(priorities),
    }


def _period(periods: Periods, moment: str) -> dict[str, Any]:
    truncated = {"date": moment, "unit": periods.interval.value, "startOfWeek": "monday"}
    if periods.interval is not StatsInterval.WEEK:
        del truncated["startOfWeek"]
    return {"$cond": [{"$lt": [moment, periods.starts[0]]}, None, {"$dateTrunc": truncated}]}


def _parts(parent: str, periods: Periods, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The parts of the aggregation, by name: each ends in groups of one parent."""
    visible = {"$match": {"archived": False}}
    counted = {"count": {"$sum": 1}}
    ended = {"$match": {"completed_at": {"$gte": periods.starts[0], "$lt": periods.end}}}
    overdue = {"$and": [{"$ne": ["$due_date", None]}, {"$lt": ["$due_date", now]}]}
    by_place = {"column": "$column_id", "priority": "$priority", "assignee": "$assignee_id"}
    hours = {"count": {"$sum": 1}, "total": {"$sum": "$spent"}}
    return {
        "now": [
            visible,
            _group(parent, by_place, {**counted, "overdue": {"$sum": {"$cond": [overdue, 1, 0]}}}),
        ],
        "labels": [
            visible,
            {"$unwind": "$label_ids"},
            _group(parent, {"label": "$label_ids", "column": "$column_id"}, counted),
        ],
        # Archived cards that were never done are no part of the work any more.
        "created": [
            {"$match": {"created_at": {"$lt": periods.end}}},
            {"$match": {"$or": [{"archived": False}, {"completed_at": {"$ne": None}}]}},
            _group(
                parent,
                {
                    "at": _period(periods, "$created_at"),
                    "column": "$column_id",
                    "complete": {"$ne": [{"$ifNull": ["$completed_at", None]}, None]},
                },
                counted,
            ),
        ],
        "completed": [
            {"$match": {"completed_at": {"$ne": None, "$lt": periods.end}}},
            _group(parent, {"at": _period(periods, "$completed_at")}, counted),
        ],
        "cycle": [
            ended,
            {"$match": {"started_at": {"$ne": None}}},
            {"$addFields": {"spent": {"$subtract": ["$completed_at", "$started_at"]}}},
            _group(parent, {"size": _whole("$spent", _HOUR)}, hours),
        ],
        # A card that was created as done says nothing of how long one takes.
        "lead": [
            ended,
            {"$addFields": {"spent": {"$subtract": ["$completed_at", "$created_at"]}}},
            {"$match": {"spent": {"$gt": 0}}},
            _group(parent, {"size": _whole("$spent", _HOUR)}, hours),
        ],
        "ages": [
            visible,
            {"$addFields": {"spent": {"$subtract": [now, "$created_at"]}}},
            _group(parent, {"size": _whole("$spent", _DAY), "column": "$column_id"}, hours),
        ],
    }


def _group(parent: str, keys: Mapping[str, Any], sums: Mapping[str, Any]) -> dict[str, Any]:
    return {"$group": {"_id": {"parent": parent, **keys}, **sums}}


def _whole(milliseconds: str, unit: int) -> dict[str, Any]:
    return {"$floor": {"$divide": [milliseconds, unit]}}
