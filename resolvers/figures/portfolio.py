"""Metrics of projects, one by one and of a whole workspace, of the facts that are kept of cards: in a few queries."""

from asyncio import gather
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Project, ProjectMember, Relation
from models.base import Record, collection, utc_now
from models.enums import Priority, RelationType, TokenScope
from models.ids import IDS_PER_QUERY
from models.records import ProjectRecord, WorkspaceMemberRecord, WorkspaceRecord
from resolvers.column.done import done_columns_where
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.lane.card_facts import Facts, milliseconds, moment
from resolvers.lane.card_facts_keep import PerProject, elsewhere, facts_where
from resolvers.lane.due import is_over

READ = TokenScope.PROJECTS_READ
LIST_LIMIT = 5000

_COUNTED = ("total", "done", "open", "overdue", "blocked", "archived")


@operation("portfolio", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def get_portfolio(ctx: Context, membership: WorkspaceMemberRecord) -> Record:
    """The first 5,000 `projects` of a workspace, oldest first, each with its `metrics`, and the `totals` of all."""
    workspace_id = membership["workspace_id"]
    projects = await collection(Project).find({"workspace_id": workspace_id}).sort("_id", 1).limit(LIST_LIMIT).to_list()
    found = await _metrics(
        {"workspace_id": workspace_id}, {"workspace_id": workspace_id}, {"workspace_id": workspace_id}
    )
    listed = [{**project, "metrics": found[project["_id"]]} for project in projects if project["_id"] in found]
    return {"projects": listed, "totals": _totals(found.values())}


@edge(scope=READ)
async def metrics_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[Record]:
    """The metrics of each project."""
    ids = list({project["_id"] for project in projects})
    if len(ids) <= IDS_PER_QUERY:
        found = await _metrics({"_id": {"$in": ids}}, {"project_id": {"$in": ids}}, {"project_ids": {"$in": ids}})
    else:  # a list of so many ids costs more than all projects of their workspaces
        inside = {"workspace_id": {"$in": list({project["workspace_id"] for project in projects})}}
        found = await _metrics(inside, inside, inside)
    return [found.get(project["_id"]) or _public(_nothing(None)) for project in projects]


@edge(scope=READ)
async def totals_of(ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields) -> list[Record]:
    """The metrics of all projects of each workspace together."""
    found = (await metrics_inside(workspace["_id"] for workspace in workspaces)).values()
    return [
        _totals(metric for metric in found if metric["workspace_id"] == workspace["_id"]) for workspace in workspaces
    ]


async def metrics_inside(workspace_ids: Iterable[ObjectId]) -> dict[ObjectId, Record]:
    """The metrics of all projects of some workspaces, by project; each has its `workspace_id`, and `is_late` where the
    deadline is over and something is left to do."""
    inside = {"workspace_id": {"$in": list(set(workspace_ids))}}
    return await _metrics(inside, inside, inside)


async def _metrics(
    projects: Mapping[str, Any], inside: Mapping[str, Any], relations: Mapping[str, Any]
) -> dict[ObjectId, Record]:
    """The metrics of the projects that a filter selects; the others select what belongs to (at least) those."""
    now = milliseconds(utc_now())
    wanted = {"workspace_id": 1, "updated_at": 1, "deadline": 1}
    rows, joined, done = await gather(
        collection(Project).find(projects, wanted).to_list(),
        collection(ProjectMember).find(inside, {"project_id": 1, "user_id": 1}).to_list(),
        done_columns_where(inside),
    )
    facts = await facts_where(inside, [row["_id"] for row in rows])
    members: dict[ObjectId, set[ObjectId]] = {}
    for record in joined:
        members.setdefault(record["project_id"], set()).add(record["user_id"])
    blocked = await _blocked(relations, done, facts)
    found: dict[ObjectId, Record] = {}
    for row in rows:
        cards = list(facts.get(row["_id"], {}).values())
        metrics = _counted(cards, done, now) | {"workspace_id": row["workspace_id"]}
        changed = milliseconds(row["updated_at"])
        metrics["last_activity_at"] = moment(max([changed, *(card_row.updated_at for card_row in cards)]))
        metrics["user_ids"] = members.get(row["_id"], set())
        metrics["blocked"] = blocked.get(row["_id"], 0)
        deadline = None if row["deadline"] is None else milliseconds(row["deadline"])
        dates = [due for due in (metrics["next_deadline"], deadline) if due is not None and not is_over(due, now)]
        metrics["next_deadline"] = moment(min(dates)) if dates else None
        metrics["is_late"] = deadline is not None and is_over(deadline, now) and metrics["done"] < metrics["total"]
        found[row["_id"]] = _public(metrics)
    return found


def _counted(cards: Sequence[Facts], done: set[ObjectId], now: int) -> Record:
    """What the cards of one project add up to; `next_deadline` in milliseconds."""
    visible = [card_row for card_row in cards if not card_row.archived]
    left = [shown for shown in visible if shown.column_id not in done]
    metrics = _nothing(None)
    metrics |= {"total": len(visible), "done": len(visible) - len(left), "archived": len(cards) - len(visible)}
    for unfinished in left:
        metrics["priorities"][unfinished.priority] += 1
    dates = [card.due_date for card in left if card.due_date is not None]
    coming = [date for date in dates if not is_over(date, now)]
    metrics["overdue"] = len(dates) - len(coming)
    metrics["next_deadline"] = min(coming, default=None)
    return metrics


async def _blocked(inside: Mapping[str, Any], done: set[ObjectId], facts: PerProject) -> dict[ObjectId, int]:
    """How many open cards of each project wait for an open one."""
    wanted = {"source_id": 1, "target_id": 1}
    found = collection(Relation).find({**inside, "type": RelationType.BLOCKS.value}, wanted)
    pairs = [(row["source_id"], row["target_id"]) for row in await found.to_list()]
    known = {object_id: (project_id, card) for project_id, cards in facts.items() for object_id, card in cards.items()}
    known |= await elsewhere({end_id for pair in pairs for end_id in pair} - known.keys())

    def is_open(card_id: ObjectId) -> bool:
        _, card = known.get(card_id, (None, None))
        return card is not None and not card.archived and card.column_id not in done

    return Counter(
        known[target][0] for target in {target for source, target in pairs if is_open(source)} if is_open(target)
    )


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
    for record in found:
        count += 1
        for name in _COUNTED:
            total[name] += record[name]
        for priority, number in record["priorities"].items():
            total["priorities"][priority] += number
        total["user_ids"] |= record["user_ids"]
        for name, choose in (("next_deadline", min), ("last_activity_at", max)):
            total[name] = choose((date for date in (total[name], record[name]) if date is not None), default=None)
    return {**_public(total), "projects": count}


__all__ = ["get_portfolio", "metrics_inside", "metrics_of", "totals_of"]
