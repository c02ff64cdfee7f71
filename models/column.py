"""Columns: the stages of a project's or a scope's board."""

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class Column(Stored):
    """A column. `scope_id` is null for a column of the project itself; `rank` orders it among its siblings."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.COLUMN))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    scope_id: PydanticObjectId | None = None
    name: str
    rank: str

    class Settings:
        name = "columns"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
