"""Notifications with the activity that each tells of."""

from typing_extensions import TypedDict

import models
from models.base import with_changes
from models.enums import ActivityType
from models.records import ActivityRecord, NotificationRecord
from rest.present import presents, shown
from rest.stellary.present.base import Ok


@presents(models.Activity)
class Activity(TypedDict):
    """What happened to a card, to a document or to a project's members. `meta` depends on `type`."""


@presents(models.Notification)
class Notification(TypedDict):
    """An activity, addressed to one person. Without a project it is about a document of the workspace."""

    activity: Activity


class AllRead(Ok):
    """Everything is read; `count` tells how many were not."""

    count: int


def activity(record: ActivityRecord) -> Activity:
    """That a card was brought back is a change of it: `card_archived` says that it was archived."""
    if record["type"] == ActivityType.CARD_ARCHIVED and record["meta"].get("archived") is False:
        meta = {**record["meta"], "fields": ["archived"]}
        record = with_changes(record, {"type": ActivityType.CARD_UPDATED.value, "meta": meta})
    return shown(Activity, record)


def notification(record: NotificationRecord, about: ActivityRecord) -> Notification:
    """`about` is its activity."""
    return {**shown(Notification, record), "activity": activity(about)}
