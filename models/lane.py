"""Lanes: the order of the cards of a column, or of a project's cards without one, kept in blocks."""

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import LaneRecord


class Lane(Recorded[LaneRecord]):
    """A lane or, with `lane_id`, a block of one: both are written by one command, and go with their parent by its id.

    A lane's `id` is that of the column, or of the project for its cards without a column; `open` and `archived` count.
    Entries are texts that sort as the cards do: `rank id`, and `rank id -` of an archived card. A short lane has its
    `entries` itself. A longer one has them in `blocks`, of which it knows the first entry, the size and the open ones.
    """

    id: PydanticObjectId
    lane_id: PydanticObjectId | None = None
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    scope_id: PydanticObjectId | None = None
    column_id: PydanticObjectId | None = None
    entries: list[str] = Field(default_factory=list)
    open: int = 0
    archived: int = 0
    blocks: list[PydanticObjectId] = Field(default_factory=list)
    firsts: list[str] = Field(default_factory=list)
    sizes: list[int] = Field(default_factory=list)
    opens: list[int] = Field(default_factory=list)

    class Settings:
        name = "lanes"
        indexes = [
            IndexModel([(key, ASCENDING), ("lane_id", ASCENDING)])
            for key in ("workspace_id", "project_id", "scope_id", "column_id")
        ]
