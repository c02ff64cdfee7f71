"""Activity: what happened to cards, documents and project members, as people read it."""

from datetime import timedelta
from typing import Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.enums import ActivityType
from models.ids import Kind

KEPT = timedelta(days=400)
"""How long the database keeps what happened. No client keeps it, so none is told."""


class Activity(Stored):
    """One thing that happened. It outlives its card and its document, so that "deleted" can be read; it goes with its
    project or, without one (a document of the workspace), with the workspace."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ACTIVITY))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
    card_id: PydanticObjectId | None = None
    document_id: PydanticObjectId | None = None
    type: ActivityType
    actor_id: PydanticObjectId | None = None
    meta: dict[str, Any] = Field(default_factory=dict)

    class Settings:
        name = "activities"
        indexes = [
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("document_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
        ]
