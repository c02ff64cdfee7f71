"""Activity: what happened to cards, documents and project members, as people read it, and what they record of it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import ActivityType, ActorType
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.records import ActivityRecord

KEPT = timedelta(days=400)
"""How long the database keeps what happened. No client keeps it, so none is told."""


@kind(0x61)
class Activity(Stored[ActivityRecord]):
    """One thing that happened. It outlives its card and its document, so that "deleted" can be read; it goes with its
    project or, without one (a document of the workspace), with the workspace.

    `actor_type` is set as it is written (`resolvers.activity.actor`): what a list is narrowed by.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.ACTIVITY))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId | None, Facts("The project that it happened in.")] = None
    card_id: Annotated[PydanticObjectId | None, Facts("The card that it is about.")] = None
    document_id: Annotated[PydanticObjectId | None, Facts("The document that it is about.")] = None
    type: Annotated[ActivityType, Facts("What happened.")]
    actor_id: Annotated[PydanticObjectId | None, Facts("Who did it.", refers=Kind.USER)] = None
    approved_by: Annotated[
        PydanticObjectId | None, Facts("Who has approved of it, where an agent proposed it.", refers=Kind.USER)
    ] = None
    actor_type: ActorType | None = None
    created_at: Annotated[datetime, Facts("When it happened.")] = Field(default_factory=utc_now)
    action: Annotated[
        str | None, Facts("What it was, in the words of whoever recorded it; null for all other types.", GRAPH)
    ] = None
    recorded_by: Annotated[
        PydanticObjectId | None, Facts("Who recorded it, whoever did it.", GRAPH, refers=Kind.USER)
    ] = None
    meta: Annotated[dict[str, Any], Facts("Details that depend on the type, such as the title of a deleted card.")] = (
        Field(default_factory=dict)
    )

    class Settings:
        name = "activities"
        indexes = [
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("document_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("actor_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("actor_type", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("type", ASCENDING), ("_id", ASCENDING)]),
            IndexModel(
                [("workspace_id", ASCENDING), ("action", ASCENDING), ("_id", ASCENDING)],
                partialFilterExpression={"action": {"$type": "string"}},
            ),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
        ]
