"""Roadmaps of projects and scopes: what is to be done when, and what waits for what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter

from bson import ObjectId

from auth.policies import board
from models import Project, Relation, Scope
from models.base import Record, collection, utc_now
from models.enums import RelationType, TokenScope
from models.records import ProjectRecord, ScopeRecord
from models.text import sort_key
from resolvers.column.done import done_columns_where
from resolvers.figures.roadmap_order import longest_chain, steps_of
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids, one_by
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD, PROJECT
from resolvers.kit.operation import edge, operation
from resolvers.lane.card_facts import Facts, moment
from resolvers.lane.card_facts_keep import FIGURES, PerProject, elsewhere, facts_of
from resolvers.lane.card_place import BY_RANK
from resolvers.lane.due import has_passed

READ = TokenScope.PROJECTS_READ
MAX_CARDS = 1000
"""Of one roadmap: the cards that are due first; of dependencies there are as many at most."""

Placed = tuple[ObjectId, ObjectId, Facts]
"""The project, the id and the facts of a card."""

_NAMED = frozenset({"project_id", "name", "start_date", "end_date"})


@operation(
    "projectRoadmap",
    opens=PROJECT.by("project_id").reading("deadline"),
    permission=board.READ,
    scope=READ,
    read_only=True,
)
async def get_project_roadmap(ctx: Context, project: ProjectRecord) -> Record:
    """The roadmap of one project."""
    return (await roadmap_of_project(ctx, [project], None))[0]


@edge(scope=READ)
async def roadmap_of_project(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[Record]:
    """The roadmap of each project, its scopes and their cards included."""
    ids = list({project["_id"] for project in projects})
    deadlines = await by_ids(Project, ids, frozenset({"deadline", "name"}))
    scopes = await collection(Scope).find({"project_id": {"$in": ids}}, projection(_NAMED)).sort(BY_RANK).to_list()
    return await _roadmaps("project_id", ids, [project["_id"] for project in projects], ids, scopes, deadlines)


@edge(scope=READ)
async def roadmap_of_scope(ctx: Context, scopes: Sequence[ScopeRecord], fields: Fields) -> list[Record]:
    """The roadmap of each scope alone."""
    ids = list({scope["_id"] for scope in scopes})
    found = list((await by_ids(Scope, ids, _NAMED)).values())
    projects = list({by_id["project_id"] for by_id in found})
    return await _roadmaps("scope_id", ids, [scope["_id"] for scope in scopes], projects, found, {})


blocker_of = one_by(CARD, "blocker_id")
"""The card that the other one waits for."""
blocked_of = one_by(CARD, "blocked_id")
"""The card that waits."""


async def _roadmaps(
    key: str,
    ids: list[ObjectId],
    wanted: Sequence[ObjectId],
    project_ids: list[ObjectId],
    scopes: Sequence[ScopeRecord],
    deadlines: Mapping[ObjectId | None, ProjectRecord],
) -> list[Record]:
    now = utc_now()
    done = await done_columns_where({key: {"$in": ids}})
    facts = await facts_of(project_ids)
    blocking = await _blocking(project_ids, facts)
    foreign = {end["column_id"] for row in blocking for end in row["ends"]} - done
    if foreign:  # cards of other boards: they are done where their own board says so
        done |= await done_columns_where(
            {"project_id": {"$in": list({end["project_id"] for row in blocking for end in row["ends"]})}}
        )

    def worked_out() -> list[Record]:
        among = set(ids)
        inside = [
            (project_id, card_id, card)
            for project_id, cards in facts.items()
            for card_id, card in cards.items()
            if (project_id if key == "project_id" else card.scope_id) in among
        ]
        spans = _spans(inside, done)
        dated = _dated(inside, MAX_CARDS * len(ids) + 1)
        found: dict[ObjectId, Record] = {}
        for object_id in ids:
            cards = {card["_id"]: card for card in dated if card[key] == object_id}
            cut = len(cards) > MAX_CARDS or len(dated) > MAX_CARDS * len(ids)
            cards = dict(list(cards.items())[:MAX_CARDS])
            edges = [row for row in blocking if any(end[key] == object_id for end in row["ends"])][:MAX_CARDS]
            cards |= {end["_id"]: end for row in edges for end in row["ends"] if end[key] == object_id}
            own = [scope for scope in scopes if scope["_id" if key == "scope_id" else "project_id"] == object_id]
            found[object_id] = {
                **_drawn(cards, edges, [_scope(scope, spans, now) for scope in own], done, now),
                "is_truncated": cut,
                "milestones": _milestones(deadlines.get(object_id), own, spans, now),
            }
        return [found[item] for item in wanted]

    return await FIGURES.run(worked_out, admitted=True)


def _spans(cards: Sequence[Placed], done: set[ObjectId]) -> dict[ObjectId | None, Record]:
    """By scope and by project: how many cards there are and are done, and from when to when."""
    found: dict[ObjectId | None, Record] = {}
    for project_id, _, card in cards:
        if card.archived:
            continue
        start, end = _either(card.start_date, card.due_date), _either(card.due_date, card.start_date)
        for key in (project_id, card.scope_id):
            span = found.setdefault(key, {"count": 0, "done": 0, "start": None, "end": None})
            span["count"] += 1
            span["done"] += card.column_id in done
            span["start"] = _first(span["start"], start)
            span["end"] = _last(span["end"], end)
    return {key: {**span, "start": _moment(span["start"]), "end": _moment(span["end"])} for key, span in found.items()}


def _dated(cards: Sequence[Placed], most: int) -> list[Record]:
    """Open and done cards with a date, those that are due first."""
    found = [
        (date, card_id, project_id, card)
        for project_id, card_id, card in cards
        if not card.archived and (date := _either(card.due_date, card.start_date)) is not None
    ]
    first = nsmallest(most, found, key=itemgetter(0, 1))
    return [_record(card_id, project_id, card) for _, card_id, project_id, card in first]


async def _blocking(project_ids: list[ObjectId], facts: PerProject) -> list[Record]:
    """The relations of cards that wait, each with both `ends`; those of archived cards are left out."""
    inside = {"project_ids": {"$in": project_ids}, "type": RelationType.BLOCKS.value}
    relations = await collection(Relation).find(inside, {"source_id": 1, "target_id": 1}).to_list()
    known = {card_id: (project_id, card) for project_id, cards in facts.items() for card_id, card in cards.items()}
    ends = [(row["source_id"], row["target_id"]) for row in relations]
    known |= await elsewhere({card_id for pair in ends for card_id in pair} - known.keys())
    return [
        {"_id": row["_id"], "ends": [_record(card_id, *known[card_id]) for card_id in pair]}
        for row, pair in zip(relations, ends, strict=True)
        if all(card_id in known and not known[card_id][1].archived for card_id in pair)
    ]


def _record(card_id: ObjectId, project_id: ObjectId, card: Facts) -> Record:
    return {
        "_id": card_id,
        "project_id": project_id,
        "scope_id": card.scope_id,
        "column_id": card.column_id,
        "start_date": _moment(card.start_date),
        "due_date": _moment(card.due_date),
    }


def _either(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def _scope(scope: ScopeRecord, spans: Mapping[ObjectId | None, Record], now: datetime) -> Record:
    span = spans.get(scope["_id"], {"count": 0, "done": 0, "start": None, "end": None})
    end = scope["end_date"] or span["end"]
    progress = span["done"] / max(span["count"], 1)
    return {
        "scope_id": scope["_id"],
        "start": scope["start_date"] or span["start"],
        "end": end,
        "is_derived": scope["start_date"] is None or scope["end_date"] is None,
        "progress": progress,
        "is_late": end is not None and has_passed(end, now) and progress < 1,
    }


def _drawn(
    cards: Mapping[ObjectId, Record],
    edges: Sequence[Record],
    scopes: list[Record],
    done: set[ObjectId],
    now: datetime,
) -> Record:
    pairs = [(row["ends"][0]["_id"], row["ends"][1]["_id"]) for row in edges]
    inner = [(source_id, other) for source_id, other in pairs if source_id in cards and other in cards]
    steps = steps_of(cards, inner)
    waiting = {row["ends"][1]["_id"] for row in edges if row["ends"][0]["column_id"] not in done}
    shown = [
        {
            "card_id": card["_id"],
            "scope_id": card["scope_id"],
            "start": card["start_date"],
            "due": card["due_date"],
            "is_done": card["column_id"] in done,
            "is_late": card["column_id"] not in done
            and card["due_date"] is not None
            and has_passed(card["due_date"], now),
            "is_blocked": card["column_id"] not in done and card["_id"] in waiting,
            "step": steps.get(card["_id"], 0),
        }
        for card in cards.values()
    ]
    shown.sort(key=lambda record: (record["step"], record["due"] is None, record["due"] or now, record["card_id"]))
    dates = [date for graph_type in shown for date in (graph_type["start"], graph_type["due"])]
    dates += [date for scope in scopes for date in (scope["start"], scope["end"])]
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
            {"card_id": step_id}
            for step_id in longest_chain({card_id: _days(card) for card_id, card in cards.items()}, inner)
        ],
    }


def _is_violated(blocker: Record, blocked: Record) -> bool:
    """Whether one is to begin before the one that it waits for is due."""
    ready, begin = blocker["due_date"], blocked["start_date"] or blocked["due_date"]
    return ready is not None and begin is not None and has_passed(begin, ready)


def _days(card: Record) -> int:
    start, due = card["start_date"], card["due_date"]
    return max((due - start).days, 1) if start is not None and due is not None else 1


def _milestones(
    project: ProjectRecord | None, scopes: Sequence[ScopeRecord], spans: Mapping[ObjectId | None, Record], now: datetime
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
        is_late = has_passed(project["deadline"], now) and span["done"] < span["count"]
        found.append({"title": project["name"], "at": project["deadline"], "scope_id": None, "is_late": is_late})
    return sorted(found, key=lambda record: (record["at"], sort_key(record["title"])))


def _first(one: int | None, other: int | None) -> int | None:
    return min((date for date in (one, other) if date is not None), default=None)


def _last(one: int | None, other: int | None) -> int | None:
    return max((date for date in (one, other) if date is not None), default=None)
