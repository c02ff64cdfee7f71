"""Columns: the stages of a project's or a scope's board."""

from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.enums import ColumnKind
from models.facts import GRAPH, SHOWN, TEMPLATE, TRANSFER, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME, PROMPT
from models.records import ColumnRecord


@kind(0x44)
class Column(Stored[ColumnRecord]):
    """A column. `scope_id` is null for a column of the project itself; `rank` orders it among its siblings. No card
    comes to one that is `emptying`: its cards are being deleted, in parts. `led_confined` says that what is bound to
    the project has last said which runs begin there, and what they do: those that begin by themselves are confined."""

    added = {"order": int}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.COLUMN))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it is part of.", refers=Kind.PROJECT)]
    scope_id: Annotated[
        PydanticObjectId | None, Facts("The scope whose board it is on; null for the project's own.", refers=Kind.SCOPE)
    ] = None
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=NAME)]
    kind: Annotated[
        ColumnKind | None,
        Facts(
            "What it means for a card to stand there. Where a board has columns of the kinds DONE or ARCHIVE, "
            "cards are done there; else in its last column.",
            SHOWN | WRITTEN | TRANSFER | TEMPLATE,
        ),
    ] = None
    prompt: Annotated[
        str | None,
        Facts(
            "What agents are told about the cards that come to it.",
            SHOWN | WRITTEN | TRANSFER | TEMPLATE,
            text=PROMPT,
        ),
    ] = None
    requires_approval: Annotated[
        bool,
        Facts(
            "Whether a card that goes on by itself comes to it only once somebody has approved.",
            SHOWN | WRITTEN | TRANSFER | TEMPLATE,
            late=True,
        ),
    ] = False
    rank: Annotated[
        str,
        Facts(
            "Sorts the columns of a board: compare byte by byte, then by `id`. Unlike `order` it does not change with "
            "the moves of other columns.",
            GRAPH,
        ),
    ]

    emptying: bool = False
    led_confined: bool = False

    class Settings:
        name = "columns"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
