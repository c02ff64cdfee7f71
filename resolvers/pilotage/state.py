"""How the pilotage of a workspace stands: in lists of a bounded length, in the order that somebody needs them in."""

from asyncio import gather
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import pilotage as policy
from models import Decision, Objective, PilotageDocument, PilotagePriority, StandingOrder, Todo, Workspace
from models.base import AnyRecord, Record, Recorded, aggregate, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.pilotage_enums import ObjectiveStatus, PilotageDetail, PilotageIntent, PilotageProfile, TodoStatus
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Sort, Window, pages
from resolvers.pilotage.cycle import cycle_of
from resolvers.pilotage.priority import warnings_about

READ = TokenScope.PILOTAGE_READ
CONTRACT_VERSION = 7
"""The shape of what is told; another number would be another shape."""
SHOWN, OF_BEFORE = 100, 50
"""How many of each there are in a list: of what counts now, and of earlier cycles."""
SORTED = 500
"""How many, the newest first, are put in the order of an intent before the list is cut."""

OPEN: Mapping[str, Any] = {"done_at": None}
DONE: Mapping[str, Any] = {"done_at": {"$ne": None}}
LAST_DONE: Sort = [("done_at", -1), ("_id", -1)]

_ORDERS: Mapping[PilotageIntent, tuple[str, ...]] = {
    PilotageIntent.WEEKLY_REVIEW: ("blocked", "in_progress", "to_launch", "todo"),
    PilotageIntent.DAILY_EXECUTION: ("in_progress", "to_launch", "todo", "blocked"),
    PilotageIntent.SPRINT_PLANNING: ("to_launch", "todo", "in_progress", "blocked"),
    PilotageIntent.CONTEXT_ONLY: (),
}
"""By which status what is open is listed; what is done comes last."""

Profile = Annotated[PilotageProfile, "What it is read for."]
Intent = Annotated[PilotageIntent, "What somebody is about to do with it."]
Detail = Annotated[PilotageDetail, "How much is told."]
Lists = Mapping[ObjectId, list[Any]]


@operation("pilotageState", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def get_state(
    ctx: Context,
    membership: WorkspaceMemberRecord,
    profile: Profile = PilotageProfile.PILOTAGE,
    intent: Intent = PilotageIntent.WEEKLY_REVIEW,
    detail_level: Detail = PilotageDetail.STANDARD,
) -> Record:
    """How the pilotage of a workspace stands: objectives, priorities, todos, decisions, documents, standing orders.

    With the caller's `role` in it.
    """
    workspace = await workspace_of(membership)
    [state] = await states([workspace], profile, intent, detail_level)
    return state | {"role": membership["pilotage_role"]}


async def workspace_of(membership: WorkspaceMemberRecord) -> WorkspaceRecord:
    """What the pilotage needs of the workspace that somebody is a member of."""
    found = await collection(Workspace).find_one({"_id": membership["workspace_id"]}, {"pilotage_cycle": 1})
    if found is None:
        raise NotFound("Workspace")
    return found


@edge(scope=READ)
async def state_of(
    ctx: Context,
    workspaces: Sequence[WorkspaceRecord],
    fields: Fields,
    *,
    profile: PilotageProfile = PilotageProfile.PILOTAGE,
    intent: PilotageIntent = PilotageIntent.WEEKLY_REVIEW,
    detail_level: PilotageDetail = PilotageDetail.STANDARD,
) -> list[Record]:
    """How the pilotage of each workspace stands."""
    return await states(workspaces, profile, intent, detail_level)


async def states(
    workspaces: Sequence[WorkspaceRecord], profile: PilotageProfile, intent: PilotageIntent, detail: PilotageDetail
) -> list[Record]:
    """The same for many workspaces, in as many queries as for one."""
    ids = [workspace["_id"] for workspace in workspaces]
    lists, counted = await gather(_lists(ids, profile, detail), counts(ids))
    return [
        _state(workspace, {name: found.get(workspace["_id"], []) for name, found in lists.items()}, intent)
        | {
            "counts": counted[workspace["_id"]],
            "warnings": warnings_about(counted[workspace["_id"]]["active_priorities"]),
            "profile": profile,
            "intent": intent,
            "detail_level": detail,
        }
        | ({} if detail is PilotageDetail.DETAILED else {"history": None})
        for workspace in workspaces
    ]


async def _lists(ids: Sequence[ObjectId], profile: PilotageProfile, detail: PilotageDetail) -> Mapping[str, Lists]:
    """What is listed of each workspace, as long as it is: objectives and todos that are open and those that are done,
    decisions, priorities, documents, standing orders."""
    steers, works = profile is PilotageProfile.PILOTAGE, profile is not PilotageProfile.REVUE
    looks_back = profile is not PilotageProfile.EXECUTION or detail is PilotageDetail.DETAILED
    if detail is PilotageDetail.MINIMAL:
        return {}
    of_before = OF_BEFORE if detail is PilotageDetail.DETAILED else 0
    asked: dict[str, Awaitable[Lists]] = {}
    for name, model in (("objectives", Objective), ("todos", Todo)):
        if works:
            asked[f"open_{name}"] = _listed(model, ids, SORTED, OPEN, NEWEST_FIRST)
        if looks_back:
            asked[f"done_{name}"] = _listed(model, ids, SHOWN + of_before, DONE, LAST_DONE)
    if looks_back:
        asked["decisions"] = _listed(Decision, ids, SHOWN + of_before, {}, NEWEST_FIRST)
    if steers:
        asked["priorities"] = _listed(PilotagePriority, ids, SHOWN, {"active": True})
        asked["documents"] = _listed(PilotageDocument, ids, SHOWN, {}, NEWEST_FIRST)
        asked["standing_orders"] = _listed(StandingOrder, ids, SHOWN, {"active": True})
    return dict(zip(asked, await gather(*asked.values()), strict=True))


async def _listed(
    model: type[Recorded[Any]], ids: Sequence[ObjectId], most: int, where: Mapping[str, Any], sort: Sort = ()
) -> Lists:
    found = await pages(model, "workspace_id", ids, Window.read(most), sort=sort, where=where)
    return {workspace_id: page.nodes for workspace_id, page in found.items()}


def _state(workspace: WorkspaceRecord, lists: Mapping[str, list[Any]], intent: PilotageIntent) -> Record:
    """What is listed of one workspace, by the cycle that is open."""
    cycle = cycle_of(workspace)
    now: Record = {}
    before: Record = {}
    for name in ("objectives", "todos"):
        now[name] = _in_order(lists.get(f"open_{name}", []), intent)
        done = lists.get(f"done_{name}", [])
        now[name] = [*now[name], *(record for record in done if record["done_cycle"] == cycle)][:SHOWN]
        before[name] = [record for record in done if record["done_cycle"] != cycle][:OF_BEFORE]
    decisions = lists.get("decisions", [])
    now["decisions"] = [decision for decision in decisions if decision["cycle"] == cycle][:SHOWN]
    before["decisions"] = [decision for decision in decisions if decision["cycle"] != cycle][:OF_BEFORE]
    now |= {name: lists.get(name, []) for name in ("priorities", "documents", "standing_orders")}
    return {"cycle": cycle, "contract_version": CONTRACT_VERSION, **now, "history": before}


def _in_order(found: list[Any], intent: PilotageIntent) -> list[Any]:
    """What is open as an intent lists it, and within a status in the order of its creation."""
    order = _ORDERS[intent]
    place = {status: index for index, status in enumerate(order)}
    return sorted(found, key=lambda record: (place.get(record["status"], 0), record["_id"]))


async def counts(ids: Sequence[ObjectId]) -> Mapping[ObjectId, Record]:
    """How many there are of each in each workspace, in a query for each noun."""
    objectives, todos, priorities, decisions, documents, orders = await gather(
        tally(Objective, ids, "status"),
        tally(Todo, ids, "status"),
        tally(PilotagePriority, ids, "active"),
        tally(Decision, ids, "workspace_id"),
        tally(PilotageDocument, ids, "workspace_id"),
        tally(StandingOrder, ids, "active"),
    )
    return {
        workspace_id: {
            "objectives": {status.value: objectives.get((workspace_id, status.value), 0) for status in ObjectiveStatus},
            "todos": {status.value: todos.get((workspace_id, status.value), 0) for status in TodoStatus},
            "active_priorities": priorities.get((workspace_id, True), 0),
            "decisions": decisions.get((workspace_id, workspace_id), 0),
            "documents": documents.get((workspace_id, workspace_id), 0),
            "active_standing_orders": orders.get((workspace_id, True), 0),
        }
        for workspace_id in ids
    }


async def tally(
    model: type[Recorded[Any]], ids: Sequence[ObjectId], key: str, where: AnyRecord | None = None
) -> Mapping[tuple[Any, Any], int]:
    """How many records of each workspace, among those that `where` selects, have each value of `key`."""
    rows: Sequence[AnyRecord] = await aggregate(
        model,
        [
            {"$match": {"workspace_id": {"$in": list(set(ids))}, **(where or {})}},
            {"$group": {"_id": {"workspace": "$workspace_id", "value": f"${key}"}, "count": {"$sum": 1}}},
        ],
    )
    return {(row["_id"]["workspace"], row["_id"]["value"]): row["count"] for row in rows}
