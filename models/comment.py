"""Comments on cards."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.records import CommentRecord


@kind(0x53)
class Comment(Stored[CommentRecord]):
    """A comment of one author on one card.

    Of one that was imported, `original_author` and `original_at` are what the file told; the author is who imported it.
    """

    added = {"author": Any}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.COMMENT))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    card_id: Annotated[PydanticObjectId, Facts("The card that it is about.", refers=Kind.CARD)]
    author_id: Annotated[PydanticObjectId, Facts("Who wrote it.", refers=Kind.USER)]
    content: Annotated[str, Facts("The text.")]
    created_at: Annotated[datetime, Facts("When it was written.")] = Field(default_factory=utc_now)
    original_author: Annotated[
        str | None,
        Facts("Of an imported comment: who wrote it, as the file told. Its author is the one who imported it.", GRAPH),
    ] = None
    original_at: Annotated[
        datetime | None, Facts("Of an imported comment: when it was written, as the file told.", GRAPH)
    ] = None

    class Settings:
        name = "comments"
        indexes = [
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("author_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
