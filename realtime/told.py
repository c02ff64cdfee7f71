"""An event as it is told to those who follow a stream."""

from datetime import datetime
from typing import Any, NotRequired

from bson import ObjectId
from typing_extensions import ReadOnly, TypedDict

from models.records import LoggedEventRecord


class EphemeralEvent(TypedDict):
    """What is told once, and is not in the log."""

    type: ReadOnly[str]
    actor_id: ReadOnly[NotRequired[ObjectId | None]]
    workspace_id: ReadOnly[NotRequired[ObjectId | None]]
    project_id: ReadOnly[NotRequired[ObjectId | None]]
    card_id: ReadOnly[NotRequired[ObjectId | None]]
    mission_id: ReadOnly[NotRequired[ObjectId | None]]
    data: ReadOnly[dict[str, Any]]


class ToldEvent(EphemeralEvent):
    """An event of either kind with its place in the stream; one that the log does not hold has no `seq`."""

    seq: ReadOnly[int | None]
    cursor: ReadOnly[str]
    at: ReadOnly[datetime]


class PlacedEvent(LoggedEventRecord):
    """An event of the log with its cursor."""

    cursor: str
