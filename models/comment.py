"""Comments on cards."""

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class Comment(Stored):
    """A comment of one author on one card."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.COMMENT))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    card_id: PydanticObjectId
    author_id: PydanticObjectId
    content: str

    class Settings:
        name = "comments"
        indexes = [
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("author_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING)]),
        ]
