"""Relations between cards of one workspace."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import RelationType
from models.facts import GRAPH, TOOL, Facts
from models.ids import Kind
from models.records import RelationRecord


@kind(0x54)
class Relation(Stored[RelationRecord]):
    """`source_id` blocks, duplicates, is parent of or is related to `target_id`: one record for both directions.

    `card_ids` and `project_ids` are both ends once more, so that one indexed query finds what concerns either.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.RELATION))
    workspace_id: PydanticObjectId
    type: Annotated[RelationType, Facts("What the source is to the target.", GRAPH | TOOL)]
    source_id: Annotated[PydanticObjectId, Facts("The card that it begins at.", GRAPH | TOOL)]
    target_id: Annotated[PydanticObjectId, Facts("The card that it leads to.", GRAPH | TOOL)]
    card_ids: list[PydanticObjectId]
    project_ids: list[PydanticObjectId]
    created_by: Annotated[PydanticObjectId | None, Facts("Who related the two.", refers=Kind.USER)] = None
    created_at: Annotated[datetime, Facts("When they were related.")] = Field(default_factory=utc_now)

    class Settings:
        name = "relations"
        indexes = [
            IndexModel([("source_id", ASCENDING), ("target_id", ASCENDING), ("type", ASCENDING)], unique=True),
            IndexModel([("target_id", ASCENDING), ("type", ASCENDING)]),
            IndexModel([("card_ids", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_ids", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
