"""Comments on cards."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class Comment(Stored):
    """A comment of one author on one card.

    Of one that was imported, `original_author` and `original_at` are what the file told; the author is who imported it.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.COMMENT))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    card_id: PydanticObjectId
    author_id: PydanticObjectId
    content: str
    original_author: str | None = None
    original_at: datetime | None = None

    class Settings:
        name = "comments"
        indexes = [
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("author_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
