"""The log of a workspace: its activities, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import board
from models import Activity, Agent
from models.base import AnyRecord, Record, aggregate, collection, utc_now
from models.enums import ActivityType, ActorType, TokenScope
from models.ids import Kind, among, kind_of, parse_id
from models.json import check_text
from models.records import ActivityRecord, WorkspaceMemberRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages

READ = TokenScope.PROJECTS_READ
STATS = timedelta(days=7)
"""What figures are of."""
MAX_ACTIONS = 50
"""That figures name, the most frequent ones."""

OfType = Annotated[ActorType | None, "Those alone that a person, an agent or nobody did."]
OfActor = Annotated[ObjectId | str | None, "The id of a user or of an agent: what that one did."]
OfAction = Annotated[str | None, "What happened: `card.moved` for CARD_MOVED, or in the words of who recorded it."]


def action_of(activity: AnyRecord) -> str:
    """What happened, in one word: of the types that changes are told by, `card.moved` for CARD_MOVED."""
    return activity.get("action") or _word(activity["type"])


def _word(type_: str) -> str:
    return type_.replace("_", ".", 1)


_TYPES: Mapping[str, ActivityType] = {_word(type_): type_ for type_ in ActivityType}


@dataclass(frozen=True, slots=True)
class ActionCount:
    """How often something happened."""

    action: str
    count: int


@dataclass(frozen=True, slots=True)
class ActivityStats:
    """What the activities since a moment come to."""

    since: datetime
    total: int
    by_user: int
    by_agent: int
    by_system: int
    actions: list[ActionCount]


@operation("activities", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_activities(
    ctx: Context,
    membership: WorkspaceMemberRecord,
    window: Window,
    actor_type: OfType = None,
    actor_id: OfActor = None,
    action: OfAction = None,
    fields: Fields = None,
) -> Page[ActivityRecord]:
    """A page of what happened in a workspace, the newest first; what is older than 400 days is gone."""
    workspace_id = membership["workspace_id"]
    where = await _where([workspace_id], actor_type, actor_id, action)
    return (await _pages([workspace_id], window, where, fields))[workspace_id]


@operation("activityStats", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def get_activity_stats(ctx: Context, membership: WorkspaceMemberRecord) -> ActivityStats:
    """How often what happened in a workspace in the last seven days."""
    return (await stats_of(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@edge(scope=READ)
async def activities_of(
    ctx: Context,
    workspaces: Sequence[AnyRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    actor_type: ActorType | None = None,
    actor_id: str | None = None,
    action: str | None = None,
) -> list[Page]:
    """What happened in each workspace, the newest first."""
    ids = [workspace["_id"] for workspace in workspaces]
    where = await _where(ids, actor_type, actor_id, action)
    found = await _pages(ids, Window.read(first, after), where, fields)
    return [found[workspace_id] for workspace_id in ids]


@edge(scope=READ)
async def stats_of(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[ActivityStats]:
    """What the activities of each workspace come to, of the last seven days."""
    since, ids = utc_now() - STATS, [workspace["_id"] for workspace in workspaces]
    recent = {"$match": {"workspace_id": among(ids), "_id": {"$gte": ObjectId.from_datetime(since)}}}
    happened = await _counted(recent, {"type": "$type", "action": "$action"})
    acted = await _counted(recent, "$actor_type")
    return [_stats(since, happened.get(workspace_id, []), dict(acted.get(workspace_id, []))) for workspace_id in ids]


async def _pages(
    workspace_ids: Sequence[ObjectId], window: Window, where: Record, fields: Fields
) -> dict[Any, Page[ActivityRecord]]:
    return await pages(Activity, "workspace_id", workspace_ids, window, sort=NEWEST_FIRST, where=where, fields=fields)


async def _where(
    workspace_ids: Sequence[ObjectId], actor_type: ActorType | None, actor_id: ObjectId | str | None, action: str | None
) -> Record:
    """What selects activities within some workspaces."""
    where: Record = {}
    if action is not None:
        word = check_text(action, field="action")
        where |= {"type": _TYPES[word].value} if word in _TYPES else {"action": word}
    if actor_id is not None:
        where["actor_id"] = await _user_of(workspace_ids, parse_id(actor_id, field="actorId"))
    if actor_type is not None:
        where["actor_type"] = actor_type.value
    return where


async def _user_of(workspace_ids: Sequence[ObjectId], actor_id: ObjectId) -> ObjectId:
    """The user who acts as an agent of one of some workspaces; any other id stays as it is."""
    if kind_of(actor_id) is not Kind.AGENT:
        return actor_id
    query = {"workspace_id": among(workspace_ids), "_id": actor_id}
    agent = await collection(Agent).find_one(query, {"user_id": 1})
    return actor_id if agent is None else ObjectId(agent["user_id"])


async def _counted(recent: Record, what: Any) -> dict[ObjectId, list[tuple[Any, int]]]:
    """How often which value of an expression was in each workspace, the most frequent first."""
    by: Record = {"$group": {"_id": {"inside": "$workspace_id", "what": what}, "count": {"$sum": 1}}}
    found: dict[ObjectId, list[tuple[Any, int]]] = {}
    for row in await aggregate(Activity, [recent, by, {"$sort": {"count": -1, "_id": 1}}]):
        found.setdefault(row["_id"]["inside"], []).append((row["_id"].get("what"), row["count"]))
    return found


def _stats(since: datetime, happened: Sequence[tuple[Any, int]], acted: Mapping[Any, int]) -> ActivityStats:
    return ActivityStats(
        since=since,
        total=sum(acted.values()),
        by_user=acted.get(ActorType.USER, 0),
        by_agent=acted.get(ActorType.AGENT, 0),
        by_system=acted.get(ActorType.SYSTEM, 0),
        actions=[ActionCount(action_of(what), count) for what, count in happened[:MAX_ACTIONS]],
    )
