"""Lanes: the order of the cards of a column, or of a project's cards without one, kept in blocks."""

from beanie import Document, PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel


class _Inside(Document):
    """Where a lane is: what goes as a whole takes its lanes along by these."""

    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    scope_id: PydanticObjectId | None = None
    column_id: PydanticObjectId | None = None


def _indexes() -> list[IndexModel]:
    return [IndexModel([(key, ASCENDING)]) for key in ("workspace_id", "project_id", "scope_id", "column_id")]


class Lane(_Inside):
    """A lane. `id` is the column's id, or the project's for its cards without a column; `open` and `archived` count.

    Entries are texts that sort as the cards do: `rank id`, and `rank id -` of an archived card. A short lane has its
    `entries` here. A longer one has them in `blocks`, of which it knows the first entry, the size and the open ones.
    """

    id: PydanticObjectId
    open: int = 0
    archived: int = 0
    entries: list[str] = Field(default_factory=list)
    blocks: list[PydanticObjectId] = Field(default_factory=list)
    firsts: list[str] = Field(default_factory=list)
    sizes: list[int] = Field(default_factory=list)
    opens: list[int] = Field(default_factory=list)

    class Settings:
        name = "lanes"
        indexes = _indexes()


class LaneBlock(_Inside):
    """Neighbouring entries of a long lane."""

    entries: list[str]

    class Settings:
        name = "lane_blocks"
        indexes = _indexes()
