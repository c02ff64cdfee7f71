"""Metrics of projects, one by one and of a whole workspace: aggregated by the database, in a few queries.

Rows leave the database by column and priority; which columns count as done is decided here, as everywhere else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import delivery
from models import Card, Project, ProjectMember, Relation
from models.base import Record, collection, utc_now
from models.enums import Priority, RelationType, TokenScope
from models.ids import IDS_PER_QUERY, Kind, parse_id
from resolvers.access import Fields, check_workspace
from resolvers.column import done_columns_where
from resolvers.context import Context
from resolvers.operation import edge, operation

READ = TokenScope.PROJECTS_READ
LIST_LIMIT = 5000

_COUNTED = ("total", "done", "open", "overdue", "blocked", "archived")


@operation("portfolio", scope=READ, permission=delivery.READ, read_only=True)
async def get_portfolio(ctx: Context, workspace_id: ObjectId | str) -> Record:
    """The first 5,000 `projects` of a workspace, oldest first, each with its `metrics`, and the `totals` of all."""
    wanted = parse_id(workspace_id, Kind.WORKSPACE, field="workspaceId")
    await check_workspace(ctx, wanted, delivery.READ)
    projects = await collection(Project).find({"workspace_id": wanted}).sort("_id", 1).limit(LIST_LIMIT).to_list()
    found = await _metrics({"workspace_id": wanted}, {"workspace_id": wanted}, {"workspace_id": wanted})
    listed = [{**project, "metrics": found[project["_id"]]} for project in projects if project["_id"] in found]
    return {"projects": listed, "totals": _totals(found.values())}


@edge(scope=READ)
async def metrics_of(ctx: Context, projects: Sequence[Record], fields: Fields) -> list[Record]:
    """The metrics of each project."""
    ids = list({project["_id"] for project in projects})
    if len(ids) <= IDS_PER_QUERY:
        found = await _metrics({"_id": {"$in": ids}}, {"project_id": {"$in": ids}}, {"project_ids": {"$in": ids}})
    else:  # a list of so many ids costs more than all projects of their workspaces
        inside = {"workspace_id": {"$in": list({project["workspace_id"] for project in projects})}}
        found = await _metrics(inside, inside, inside)
    return [found.get(project["_id"]) or _public(_nothing(None)) for project in projects]


@edge(scope=READ)
async def totals_of(ctx: Context, workspaces: Sequence[Record], fields: Fields) -> list[Record]:
    """The metrics of all projects of each workspace together."""
    inside = {"workspace_id": {"$in": list({workspace["_id"] for workspace in workspaces})}}
    found = (await _metrics(inside, inside, inside)).values()
    return [_totals(one for one in found if one["workspace_id"] == workspace["_id"]) for workspace in workspaces]


async def _metrics(
    projects: Mapping[str, Any], columns: Mapping[str, Any], relations: Mapping[str, Any]
) -> dict[ObjectId, Record]:
    """The metrics of the projects that a filter selects; the others select what belongs to (at least) those."""
    now = utc_now()
    done = await done_columns_where(columns)
    blocked = await _blocked(relations, list(done))
    overdue = {"$and": [{"$ne": ["$due_date", None]}, {"$lt": ["$due_date", now]}]}
    grouped = {
        "_id": {"column": "$column_id", "priority": "$priority", "archived": "$archived"},
        "count": {"$sum": 1},
        "overdue": {"$sum": {"$cond": [overdue, 1, 0]}},
        "next": {"$min": {"$cond": [{"$gte": ["$due_date", now]}, "$due_date", None]}},
        "changed": {"$max": "$updated_at"},
    }
    pipeline: list[dict[str, Any]] = [
        {"$match": dict(projects)},
        {"$project": {"workspace_id": 1, "updated_at": 1, "deadline": 1}},
        _joined(Card, [{"$group": grouped}], "cards"),
        _joined(ProjectMember, [{"$project": {"user_id": 1}}], "members"),
    ]
    found: dict[ObjectId, Record] = {}
    for row in await (await collection(Project).aggregate(pipeline)).to_list():
        metrics = _nothing(row["workspace_id"])
        metrics["last_activity_at"] = max([row["updated_at"], *(one["changed"] for one in row["cards"])])
        metrics["user_ids"] = {one["user_id"] for one in row["members"]}
        metrics["blocked"] = blocked.get(row["_id"], 0)
        dates = [row["deadline"]] if row["deadline"] is not None and row["deadline"] >= now else []
        for one in row["cards"]:
            if one["_id"]["archived"]:
                metrics["archived"] += one["count"]
                continue
            metrics["total"] += one["count"]
            if one["_id"]["column"] in done:
                metrics["done"] += one["count"]
                continue
            metrics["overdue"] += one["overdue"]
            metrics["priorities"][one["_id"]["priority"]] += one["count"]
            dates += [one["next"]] if one["next"] is not None else []
        metrics["next_deadline"] = min(dates, default=None)
        found[row["_id"]] = _public(metrics)
    return found


def _joined(model: type[Card | ProjectMember], pipeline: list[dict[str, Any]], name: str) -> dict[str, Any]:
    join = {"from": collection(model).name, "localField": "_id", "foreignField": "project_id"}
    return {"$lookup": {**join, "pipeline": pipeline, "as": name}}


async def _blocked(inside: Mapping[str, Any], done: list[ObjectId]) -> dict[ObjectId, int]:
    """How many open cards of each project wait for an open one."""
    cards = {"from": collection(Card).name, "foreignField": "_id"}
    needed = [{"$project": {"archived": 1, "column_id": 1, "project_id": 1}}]
    is_open = {"archived": False, "column_id": {"$nin": done}}
    pipeline: list[dict[str, Any]] = [
        {"$match": {**inside, "type": RelationType.BLOCKS.value}},
        {"$lookup": {**cards, "localField": "source_id", "pipeline": needed, "as": "source"}},
        {"$match": {"source": {"$elemMatch": is_open}}},
        {"$group": {"_id": "$target_id"}},
        {"$lookup": {**cards, "localField": "_id", "pipeline": needed, "as": "target"}},
        {"$match": {"target": {"$elemMatch": is_open}}},
        {"$unwind": "$target"},
        {"$group": {"_id": "$target.project_id", "count": {"$sum": 1}}},
    ]
    return {row["_id"]: row["count"] for row in await (await collection(Relation).aggregate(pipeline)).to_list()}


def _nothing(workspace_id: ObjectId | None) -> Record:
    priorities: dict[int | None, int] = {**{priority.value: 0 for priority in reversed(Priority)}, None: 0}
    return {
        **dict.fromkeys(_COUNTED, 0),
        "workspace_id": workspace_id,
        "priorities": priorities,
        "user_ids": set(),
        "next_deadline": None,
        "last_activity_at": None,
    }


def _public(metrics: Record) -> Record:
    """The metrics with what follows from them."""
    metrics["open"] = metrics["total"] - metrics["done"]
    metrics["progress"] = metrics["done"] / max(metrics["total"], 1)
    metrics["members"] = len(metrics["user_ids"])
    metrics["by_priority"] = [
        {"priority": None if priority is None else Priority(priority), "count": count}
        for priority, count in metrics["priorities"].items()
    ]
    return metrics


def _totals(found: Any) -> Record:
    """The metrics of several projects together; somebody who is a member of two counts once."""
    total, count = _nothing(None), 0
    for one in found:
        count += 1
        for name in _COUNTED:
            total[name] += one[name]
        for priority, number in one["priorities"].items():
            total["priorities"][priority] += number
        total["user_ids"] |= one["user_ids"]
        for name, choose in (("next_deadline", min), ("last_activity_at", max)):
            total[name] = choose((date for date in (total[name], one[name]) if date is not None), default=None)
    return {**_public(total), "projects": count}


__all__ = ["get_portfolio", "metrics_of", "totals_of"]
