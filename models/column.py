"""Columns: the stages of a project's or a scope's board."""

from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.facts import GRAPH, SHOWN, TEMPLATE, TRANSFER, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME
from models.records import ColumnRecord


class Column(Stored[ColumnRecord]):
    """A column. `scope_id` is null for a column of the project itself; `rank` orders it among its siblings."""

    added = {"order": int}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.COLUMN))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it is part of.", refers=Kind.PROJECT)]
    scope_id: Annotated[
        PydanticObjectId | None, Facts("The scope whose board it is on; null for the project's own.", refers=Kind.SCOPE)
    ] = None
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=NAME)]
    rank: Annotated[
        str,
        Facts(
            "Sorts the columns of a board: compare byte by byte, then by `id`. Unlike `order` it does not change with "
            "the moves of other columns.",
            GRAPH,
        ),
    ]

    class Settings:
        name = "columns"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
