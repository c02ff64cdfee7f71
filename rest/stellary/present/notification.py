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
    "attachment_added",
    "member_added",
    "member_removed",
    "document_created",
    "document_deleted",
    "document_linked",
    "document_review_requested",
    "document_reviewed",
]


class Activity(TypedDict):
    """What happened to a card, to a document or to a project's members. `meta` depends on `type`."""

    id: Id
    type: Type
    actorId: Id | None
    projectId: Id | None
    cardId: Id | None
    documentId: Id | None
    meta: dict[str, Any]
    createdAt: Timestamp


class Notification(TypedDict):
    """An activity, addressed to one person. Without a project it is about a document of the workspace."""

    id: Id
    userId: Id
    workspaceId: Id
    projectId: Id | None
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
        "projectId": id_or_none(record["project_id"]),
        "cardId": id_or_none(record["card_id"]),
        "documentId": id_or_none(record.get("document_id")),
        "meta": plain(record["meta"]),
        "createdAt": timestamp(record["created_at"]),
    }


def notification(record: Record, about: Record) -> Notification:
    """`about` is its activity."""
    return {
        "id": str(record["_id"]),
        "userId": str(record["user_id"]),
        "workspaceId": str(record["workspace_id"]),
        "projectId": id_or_none(record["project_id"]),
        "readAt": timestamp_or_none(record["read_at"]),
        "activity": activity(about),
        "createdAt": timestamp(record["created_at"]),
    }
