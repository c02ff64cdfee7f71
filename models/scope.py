"""Scopes: work packages or phases of a project, each with columns, cards and views of its own."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import ViewType
from models.facts import GRAPH, SHOWN, TEMPLATE, TRANSFER, UPDATE, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME
from models.records import ScopeRecord


@kind(0x43)
class Scope(Stored[ScopeRecord]):
    """A scope of a project."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SCOPE))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it is part of.", refers=Kind.PROJECT)]
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=NAME)]
    description: Annotated[
        str | None, Facts("What it is about.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=MARKDOWN)
    ] = None
    start_date: Annotated[datetime | None, Facts("When it starts.", SHOWN | WRITTEN | TRANSFER | TEMPLATE)] = None
    end_date: Annotated[datetime | None, Facts("When it ends.", SHOWN | WRITTEN | TRANSFER | TEMPLATE)] = None
    active_view: Annotated[ViewType, Facts("The view that it opens with.", SHOWN | UPDATE | TRANSFER | TEMPLATE)] = (
        ViewType.KANBAN
    )
    rank: Annotated[
        str,
        Facts(
            "Sorts the scopes of a project: compare byte by byte, then by `id`. Those of before it was kept have an "
            "empty one, and come first.",
            GRAPH,
            late=True,
        ),
    ] = ""
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "scopes"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
