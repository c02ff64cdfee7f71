"""Scopes: work packages or phases of a project, each with columns, cards and views of its own."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.enums import ViewType
from models.ids import Kind


class Scope(Stored):
    """A scope of a project."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SCOPE))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    name: str
    description: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    active_view: ViewType = ViewType.KANBAN
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "scopes"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
