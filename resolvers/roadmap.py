"""Roadmaps of projects and scopes: what is to be done when, and what waits for what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from auth.policies import delivery
from models import Card, Project, Relation, Scope
from models.base import Record, collection, utc_now
from models.enums import RelationType, TokenScope
from models.ids import Kind
from resolvers.access import Fields, access, projection
from resolvers.column import done_columns_where
from resolvers.context import Context
from resolvers.load import by_ids, to_one
from resolvers.operation import edge, operation
from resolvers.roadmap_order import longest_chain, steps_of

READ = TokenScope.PROJECTS_READ
MAX_CARDS = 1000
"""Of one roadmap: the cards that are due first; of dependencies there are as many at most."""

_NEEDED = {"project_id": 1, "scope_id": 1, "column_id": 1, "archived": 1, "start_date": 1, "due_date": 1}
_NAMED = frozenset({"project_id", "name", "start_date", "end_date"})


@operation("projectRoadmap", scope=READ, permission=delivery.READ, read_only=True)
async def get_project_roadmap(ctx: Context, project_id: ObjectId | str) -> Record:
    """The roadmap of one project."""
    project = await access(ctx, Project, Kind.PROJECT, project_id, delivery.READ, fields=frozenset({"deadline"}))
    return (await roadmap_of_project(ctx, [project], None))[0]


@edge(scope=READ)
async def roadmap_of_project(ctx: Context, projects: Sequence[Record], fields: Fields) -> list[Record]:
    """The roadmap of each project, its scopes and their cards included."""
    ids = list({project["_id"] for project in projects})
    deadlines = await by_ids(Project, ids, frozenset({"deadline", "name"}))
    scopes = await collection(Scope).find({"project_id": {"$in": ids}}, projection(_NAMED)).sort("_id", 1).to_list()
    return await _roadmaps("project_id", ids, [project["_id"] for project in projects], ids, scopes, deadlines)


@edge(scope=READ)
async def roadmap_of_scope(ctx: Context, scopes: Sequence[Record], fields: Fields) -> list[Record]:
    """The roadmap of each scope alone."""
    ids = list({scope["_id"] for scope in scopes})
    found = list((await by_ids(Scope, ids, _NAMED)).values())
    projects = list({one["project_id"] for one in found})
    return await _roadmaps("scope_id", ids, [scope["_id"] for scope in scopes], projects, found, {})


@edge(scope=READ)
async def blocker_of(ctx: Context, rows: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The card that the other one waits for."""
    return await to_one(Card, rows, "blocker_id", fields)


@edge(scope=READ)
async def blocked_of(ctx: Context, rows: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The card that waits."""
    return await to_one(Card, rows, "blocked_id", fields)


async def _roadmaps(
    key: str,
    ids: list[ObjectId],
    wanted: Sequence[ObjectId],
    project_ids: list[ObjectId],
    scopes: Sequence[Record],
    deadlines: Mapping[ObjectId | None, Record],
) -> list[Record]:
    now = utc_now()
    inside = {key: {"$in": ids}}
    done = await done_columns_where(inside)
    spans = await _spans(inside, done)
    dated = await _dated(inside, len(ids))
    blocking = await _blocking(project_ids)
    foreign = {one["column_id"] for row in blocking for one in row["ends"]} - done
    if foreign:  # cards of other boards: they are done where their own board says so
        done |= await done_columns_where(
            {"project_id": {"$in": list({one["project_id"] for row in blocking for one in row["ends"]})}}
        )
    found: dict[ObjectId, Record] = {}
    for one in ids:
        cards = {card["_id"]: card for card in dated if card[key] == one}
        cut = len(cards) > MAX_CARDS or len(dated) > MAX_CARDS * len(ids)
        cards = dict(list(cards.items())[:MAX_CARDS])
        edges = [row for row in blocking if any(end[key] == one for end in row["ends"])][:MAX_CARDS]
        cards |= {end["_id"]: end for row in edges for end in row["ends"] if end[key] == one}
        own = [scope for scope in scopes if scope["_id" if key == "scope_id" else "project_id"] == one]
        found[one] = {
            **_drawn(cards, edges, [_scope(scope, spans, now) for scope in own], done, now),
            "is_truncated": cut,
            "milestones": _milestones(deadlines.get(one), own, spans, now),
        }
    return [found[one] for one in wanted]


async def _spans(inside: Mapping[str, Any], done: set[ObjectId]) -> dict[ObjectId | None, Record]:
    """By scope and by project: how many cards there are and are done, and from when to when."""
    pipeline: list[dict[str, Any]] = [
        {"$match": dict(inside)},
        {"$match": {"archived": False}},
        {
            "$group": {
                "_id": {"project": "$project_id", "scope": "$scope_id", "column": "$column_id"},
                "count": {"$sum": 1},
                "start": {"$min": {"$ifNull": ["$start_date", "$due_date"]}},
                "end": {"$max": {"$ifNull": ["$due_date", "$start_date"]}},
            }
        },
    ]
    found: dict[ObjectId | None, Record] = {}
    for row in await (await collection(Card).aggregate(pipeline)).to_list():
        for key in (row["_id"]["project"], row["_id"].get("scope")):
            span = found.setdefault(key, {"count": 0, "done": 0, "start": None, "end": None})
            span["count"] += row["count"]
            span["done"] += row["count"] if row["_id"].get("column") in done else 0
            span["start"] = _first(span["start"], row["start"])
            span["end"] = _last(span["end"], row["end"])
    return found


async def _dated(inside: Mapping[str, Any], parents: int) -> list[Record]:
    """Open and done cards with a date, those that are due first."""
    pipeline: list[dict[str, Any]] = [
        {"$match": dict(inside)},
        {"$match": {"archived": False, "$or": [{"start_date": {"$ne": None}}, {"due_date": {"$ne": None}}]}},
        {"$project": {**_NEEDED, "at": {"$ifNull": ["$due_date", "$start_date"]}}},
        {"$sort": {"at": 1, "_id": 1}},
        {"$limit": MAX_CARDS * parents + 1},
    ]
    return await (await collection(Card).aggregate(pipeline)).to_list()


async def _blocking(project_ids: list[ObjectId]) -> list[Record]:
    """The relations of cards that wait, each with both `ends`; those of archived cards are left out."""
    join = {"from": collection(Card).name, "foreignField": "_id", "pipeline": [{"$project": _NEEDED}]}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"project_ids": {"$in": project_ids}, "type": RelationType.BLOCKS.value}},
        {"$lookup": {**join, "localField": "source_id", "as": "source"}},
        {"$lookup": {**join, "localField": "target_id", "as": "target"}},
        {"$project": {"source": 1, "target": 1}},
    ]
    rows = await (await collection(Relation).aggregate(pipeline)).to_list()
    both = [{"_id": row["_id"], "ends": [*row["source"], *row["target"]]} for row in rows]
    return [row for row in both if len(row["ends"]) == 2 and not any(end["archived"] for end in row["ends"])]


def _scope(scope: Record, spans: Mapping[ObjectId | None, Record], now: datetime) -> Record:
    span = spans.get(scope["_id"], {"count": 0, "done": 0, "start": None, "end": None})
    end = scope["end_date"] or span["end"]
    progress = span["done"] / max(span["count"], 1)
    return {
        "scope_id": scope["_id"],
        "start": scope["start_date"] or span["start"],
        "end": end,
        "is_derived": scope["start_date"] is None or scope["end_date"] is None,
        "progress": progress,
        "is_late": end is not None and end < now and progress < 1,
    }


def _drawn(
    cards: Mapping[ObjectId, Record],
    edges: Sequence[Record],
    scopes: list[Record],
    done: set[ObjectId],
    now: datetime,
) -> Record:
    pairs = [(row["ends"][0]["_id"], row["ends"][1]["_id"]) for row in edges]
    inner = [(one, other) for one, other in pairs if one in cards and other in cards]
    steps = steps_of(cards, inner)
    waiting = {row["ends"][1]["_id"] for row in edges if row["ends"][0]["column_id"] not in done}
    shown = [
        {
            "card_id": card["_id"],
            "scope_id": card["scope_id"],
            "start": card["start_date"],
            "due": card["due_date"],
            "is_done": card["column_id"] in done,
            "is_late": card["column_id"] not in done and card["due_date"] is not None and card["due_date"] < now,
            "is_blocked": card["column_id"] not in done and card["_id"] in waiting,
            "step": steps.get(card["_id"], 0),
        }
        for card in cards.values()
    ]
    shown.sort(key=lambda one: (one["step"], one["due"] is None, one["due"] or now, one["card_id"]))
    dates = [date for one in shown for date in (one["start"], one["due"])]
    dates += [date for one in scopes for date in (one["start"], one["end"])]
    known = [date for date in dates if date is not None]
    return {
        "start": min(known, default=None),
        "end": max(known, default=None),
        "scopes": scopes,
        "cards": shown,
        "dependencies": [
            {
                "blocker_id": blocker["_id"],
                "blocked_id": blocked["_id"],
                "is_violated": _is_violated(blocker, blocked),
            }
            for blocker, blocked in (row["ends"] for row in edges)
        ],
        "critical_path": [
            {"card_id": one} for one in longest_chain({one: _days(card) for one, card in cards.items()}, inner)
        ],
    }


def _is_violated(blocker: Record, blocked: Record) -> bool:
    """Whether one is to begin before the one that it waits for is due."""
    ready, begin = blocker["due_date"], blocked["start_date"] or blocked["due_date"]
    return ready is not None and begin is not None and begin < ready


def _days(card: Record) -> int:
    start, due = card["start_date"], card["due_date"]
    return max((due - start).days, 1) if start is not None and due is not None else 1


def _milestones(
    project: Record | None, scopes: Sequence[Record], spans: Mapping[ObjectId | None, Record], now: datetime
) -> list[Record]:
    found: list[Record] = []
    for scope in scopes:
        if scope["end_date"] is not None:
            is_late = _scope(scope, spans, now)["is_late"]
            found.append(
                {"title": scope["name"], "at": scope["end_date"], "scope_id": scope["_id"], "is_late": is_late}
            )
    if project is not None and project["deadline"] is not None:
        span = spans.get(project["_id"], {"done": 0, "count": 0})
        is_late = project["deadline"] < now and span["done"] < span["count"]
        found.append({"title": project["name"], "at": project["deadline"], "scope_id": None, "is_late": is_late})
    return sorted(found, key=lambda one: (one["at"], one["title"]))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((date for date in (one, other) if date is not None), default=None)


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((date for date in (one, other) if date is not None), default=None)
