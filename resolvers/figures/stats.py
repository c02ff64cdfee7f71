"""Figures of a project or a scope over time, worked out of the facts that are kept of cards: no card is read.

Rows come grouped by column, by period or by whole hours and days; what counts as done, and the shares of a
distribution, are worked out here from those few.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Label, Scope
from models.base import AnyRecord, Record
from models.enums import Priority, StatsInterval, TokenScope
from models.records import ProjectRecord, ScopeRecord
from resolvers.column.done import done_columns_where
from resolvers.figures.stats_group import HOUR, grouped
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids, to_one
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT, SCOPE
from resolvers.kit.operation import edge, operation
from resolvers.kit.periods import Periods
from resolvers.lane.card_facts import Facts
from resolvers.lane.card_facts_keep import FIGURES, facts_of

READ = TokenScope.PROJECTS_READ
AGES = (0, 1, 3, 7, 14, 30, 90)
"""Where the ages of open cards are told apart, in days."""

Rows = Iterable[Record]
Figures = dict[str, Any]


@operation("projectStats", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def get_project_stats(ctx: Context, project: ProjectRecord, periods: Periods) -> Record:
    """The figures of one project."""
    return (await _stats("project_id", [project], None, periods))[0]


@operation("scopeStats", opens=SCOPE.by("scope_id"), permission=board.READ, scope=READ, read_only=True)
async def get_scope_stats(ctx: Context, scope: ScopeRecord, periods: Periods) -> Record:
    """The figures of one scope."""
    return (await _stats("scope_id", [scope], None, periods))[0]


@edge(scope=READ)
async def stats_of_project(
    ctx: Context,
    projects: Sequence[ProjectRecord],
    fields: Fields,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
    interval: StatsInterval = StatsInterval.DAY,
) -> list[Record]:
    """The figures of each project, those of its scopes included."""
    return await _stats("project_id", projects, fields, Periods.between(from_, to, interval))


@edge(scope=READ)
async def stats_of_scope(
    ctx: Context,
    scopes: Sequence[ScopeRecord],
    fields: Fields,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
    interval: StatsInterval = StatsInterval.DAY,
) -> list[Record]:
    """The figures of each scope."""
    return await _stats("scope_id", scopes, fields, Periods.between(from_, to, interval))


async def _stats(key: str, parents: Sequence[AnyRecord], fields: Fields, periods: Periods) -> list[Record]:
    ids = list({parent["_id"] for parent in parents})
    wanted = {name for name, figures in _MADE_OF.items() if fields is None or not fields.isdisjoint(figures)}
    done: set[ObjectId] = set()
    facts: dict[ObjectId, list[Facts]] = {}
    if wanted:
        done = await done_columns_where({key: ids[0] if len(ids) == 1 else {"$in": ids}})
        facts = await (_facts_of_projects if key == "project_id" else _facts_of_scopes)(ids)
    base = {"from_": periods.starts[0], "to": periods.end, "interval": periods.interval}

    def worked_out() -> dict[ObjectId, Record]:
        return {
            object_id: {**base, **_figures(grouped(facts.get(object_id, ()), periods, wanted), done, periods)}
            for object_id in ids
        }

    found = await FIGURES.run(worked_out, admitted=True)
    return [found[parent["_id"]] for parent in parents]


async def _facts_of_projects(project_ids: Sequence[ObjectId]) -> dict[ObjectId, list[Facts]]:
    return {object_id: list(facts.values()) for object_id, facts in (await facts_of(project_ids)).items()}


async def _facts_of_scopes(scope_ids: Sequence[ObjectId]) -> dict[ObjectId, list[Facts]]:
    scopes = await by_ids(Scope, scope_ids, frozenset({"project_id"}))
    per_scope: dict[ObjectId, list[Facts]] = {scope_id: [] for scope_id in scope_ids}
    for per_card in (await facts_of({scope["project_id"] for scope in scopes.values()})).values():
        for facts in per_card.values():
            if facts.scope_id in per_scope:
                per_scope[facts.scope_id].append(facts)
    return per_scope


@edge(scope=READ)
async def label_of(ctx: Context, rows: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The label that cards are counted by."""
    return await to_one(Label, rows, "label_id", fields)


_MADE_OF = {
    "now": {"cards", "by_column", "by_priority", "by_assignee"},
    "labels": {"by_label"},
    "created": {"throughput", "burn_up"},
    "completed": {"throughput", "burn_up"},
    "cycle": {"cycle_time"},
    "lead": {"lead_time"},
    "ages": {"ageing"},
}
"""The figures that each group of rows is for."""


def _figures(rows: Mapping[str, list[Record]], done: set[ObjectId], periods: Periods) -> Figures:
    created, completed = _per_period(rows["created"], periods), _per_period(rows["completed"], periods)
    # What stands in a column that is done since before that was kept counts as done from the beginning.
    unmarked = [row for row in rows["created"] if not row.get("complete") and row.get("column") in done]
    return {
        "cards": _counts(rows["now"], done),
        "by_column": _shares(rows["now"], "column", done, "column_id"),
        "by_priority": _shares(rows["now"], "priority", done, "priority", _priority),
        "by_assignee": _shares(rows["now"], "assignee", done, "assignee_id"),
        "by_label": _shares(rows["labels"], "label", done, "label_id"),
        "throughput": [
            {"start": start, "created": created[start], "completed": completed[start]} for start in periods.starts
        ],
        "burn_up": _burn_up(created, completed, _per_period(unmarked, periods), periods),
        "cycle_time": _distribution(rows["cycle"]),
        "lead_time": _distribution(rows["lead"]),
        "ageing": _ageing([row for row in rows["ages"] if row.get("column") not in done]),
    }


def _counts(rows: Rows, done: set[ObjectId]) -> dict[str, int]:
    counts = {"total": 0, "open": 0, "done": 0, "overdue": 0}
    for row in rows:
        is_done = row.get("column") in done
        counts["total"] += row["count"]
        counts["done" if is_done else "open"] += row["count"]
        counts["overdue"] += 0 if is_done else row["overdue"]
    return counts


def _priority(value: int | None) -> Priority | None:
    return None if value is None else Priority(value)


def _shares(
    rows: Rows, key: str, done: set[ObjectId], name: str, shown: Callable[[Any], Any] = lambda value: value
) -> list[Record]:
    """How many cards, and open ones among them, share each value of a key: the most frequent first."""
    found: dict[Any, list[int]] = {}
    for row in rows:
        counts = found.setdefault(row.get(key), [0, 0])
        counts[0] += row["count"]
        counts[1] += 0 if row.get("column") in done else row["count"]
    ordered = sorted(found.items(), key=lambda record: (-record[1][0], str(record[0])))
    return [{name: shown(value), "count": count, "open": open_} for value, (count, open_) in ordered]


def _per_period(rows: Rows, periods: Periods) -> dict[datetime | None, int]:
    """By the start of the period; under None what lies before the first."""
    found: dict[datetime | None, int] = dict.fromkeys((None, *periods.starts), 0)
    for row in rows:
        found[row.get("at")] += row["count"]
    return found


def _burn_up(
    created: Mapping[datetime | None, int],
    completed: Mapping[datetime | None, int],
    unmarked: Mapping[datetime | None, int],
    periods: Periods,
) -> list[Record]:
    scope, done = created[None], completed[None] + unmarked[None]
    found: list[Record] = []
    for start, end in zip(periods.starts, periods.ends, strict=True):
        scope += created[start]
        done += completed[start] + unmarked[start]
        found.append({"at": end, "scope": scope, "done": done})
    return found


def _distribution(rows: Rows) -> Record:
    """Median and 85th percentile of whole hours (nearest rank), and the exact mean in hours; null without any card."""
    ordered = sorted((row["size"], row["count"], row["total"]) for row in rows)
    count = sum(number for _, number, _ in ordered)
    return {
        "count": count,
        "median_hours": _rank(ordered, count, 50),
        "p85_hours": _rank(ordered, count, 85),
        "average_hours": sum(total for *_, total in ordered) / count / HOUR if count else None,
    }


def _rank(ordered: Sequence[tuple[float, int, int]], count: int, percent: int) -> int | None:
    """The nearest-rank percentile of sizes that come with how often there are."""
    left = -(-count * percent // 100)
    for size, number, _ in ordered:
        left -= number
        if left <= 0:
            return int(size)
    return None


def _ageing(rows: Sequence[Record]) -> Record:
    ordered = sorted((row["size"], row["count"], row["total"]) for row in rows)
    count = sum(number for _, number, _ in ordered)
    bounds = [*AGES, None]
    buckets = [
        {
            "from_days": low,
            "to_days": high,
            "count": sum(n for size, n, _ in ordered if size >= low and (high is None or size < high)),
        }
        for low, high in zip(AGES, bounds[1:], strict=True)
    ]
    return {
        "count": count,
        "median_days": _rank(ordered, count, 50),
        "p85_days": _rank(ordered, count, 85),
        "oldest_days": int(ordered[-1][0]) if ordered else None,
        "buckets": buckets,
    }


__all__ = ["get_project_stats", "get_scope_stats", "stats_of_project", "stats_of_scope"]
