"""What happened in a workspace, as its activity log shows it."""

from collections.abc import Mapping
from typing import Any, Literal

from bson import ObjectId
from typing_extensions import TypedDict

from models.base import timestamp
from models.records import ActivityRecord, UserRecord
from resolvers.activity.log import ActivityStats, action_of
from rest.orkosi.present.show import Timestamp
from rest.present import Id

ActorWord = Literal["user", "agent", "system"]


class OrkosiActivityData(TypedDict):
    """Something that happened. `actor_id` is the id of a user, or of the user of an agent; null for nobody. What a
    task, a document or a product is called by is its id. `recorded_by` is the number of who recorded it; null where it
    is told by itself."""

    id: Id
    actor_type: ActorWord
    actor_id: Id | None
    actor_name: str | None
    action: str
    entity_type: str | None
    entity_id: str | None
    metadata: dict[str, Any]
    recorded_by: int | None
    created_at: Timestamp


class OrkosiActionCountData(TypedDict):
    """How often something happened."""

    action: str
    count: int


class OrkosiByActorData(TypedDict):
    """By who did it."""

    user: int
    agent: int
    system: int


class OrkosiActivityStatsData(TypedDict):
    """What happened since a moment; `by_action` names the 50 that happened most often."""

    since: Timestamp
    total: int
    by_actor_type: OrkosiByActorData
    by_action: list[OrkosiActionCountData]


def activity(record: ActivityRecord, actor: UserRecord | None, numbers: Mapping[ObjectId, int]) -> OrkosiActivityData:
    """`actor` is who did it, as the caller sees them."""
    recorded_by: Any = record.get("recorded_by")
    entity_type, entity_id, metadata = _entity(record)
    who: ActorWord = "system" if record["actor_id"] is None else "agent" if actor and actor["is_agent"] else "user"
    return {
        "id": str(record["_id"]),
        "actor_type": who,
        "actor_id": None if record["actor_id"] is None else str(record["actor_id"]),
        "actor_name": None if actor is None else actor["name"],
        "action": action_of(record),
        "entity_type": entity_type,
        "entity_id": entity_id,
        "metadata": metadata,
        "recorded_by": None if recorded_by is None else numbers.get(recorded_by),
        "created_at": timestamp(record["created_at"]),
    }


def _entity(record: ActivityRecord) -> tuple[str | None, str | None, dict[str, Any]]:
    """What it happened to, and the details."""
    meta = record["meta"]
    if record.get("action") is not None:
        return meta["entityType"], meta["entityId"], meta["metadata"] or {}
    for name, key in (("task", "card_id"), ("document", "document_id"), ("product", "project_id")):
        if (object_id := record.get(key)) is not None:
            return name, str(object_id), meta
    return None, None, meta


def activity_stats(stats: ActivityStats) -> OrkosiActivityStatsData:
    return {
        "since": timestamp(stats.since),
        "total": stats.total,
        "by_actor_type": {"user": stats.by_user, "agent": stats.by_agent, "system": stats.by_system},
        "by_action": [{"action": counted.action, "count": counted.count} for counted in stats.actions],
    }
