"""Notifications with the activity that each tells of."""

from typing import Any, Literal

from typing_extensions import TypedDict

from models.base import Record
from models.enums import ActivityType
from rest.stellary.present.base import Id, Ok, Timestamp, id_or_none, plain, timestamp, timestamp_or_none

Type = Literal[
    "card_created",
    "card_updated",
    "card_moved",
    "card_archived",
    "card_deleted",
    "card_assigned",
    "comment_added",
    "member_added",
    "member_removed",
]


class Activity(TypedDict):
    """What happened to a card or to a project's members. `meta` depends on `type`."""

    id: Id
    type: Type
    actorId: Id | None
    projectId: Id
    cardId: Id | None
    meta: dict[str, Any]
    createdAt: Timestamp


class Notification(TypedDict):
    """An activity, addressed to one member of its project."""

    id: Id
    userId: Id
    workspaceId: Id
    projectId: Id
    readAt: Timestamp | None
    activity: Activity
    createdAt: Timestamp


class AllRead(Ok):
    """Everything is read; `count` tells how many were not."""

    count: int


def activity(record: Record) -> Activity:
    return {
        "id": str(record["_id"]),
        "type": ActivityType(record["type"]).value,
        "actorId": id_or_none(record["actor_id"]),
        "projectId": str(record["project_id"]),
        "cardId": id_or_none(record["card_id"]),
        "meta": plain(record["meta"]),
        "createdAt": timestamp(record["created_at"]),
    }


def notification(record: Record, about: Record) -> Notification:
    """`about` is its activity."""
    return {
        "id": str(record["_id"]),
        "userId": str(record["user_id"]),
        "workspaceId": str(record["workspace_id"]),
        "projectId": str(record["project_id"]),
        "readAt": timestamp_or_none(record["read_at"]),
        "activity": activity(about),
        "createdAt": timestamp(record["created_at"]),
    }
