"""Boards, their columns, and templates of boards."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

import models
from models.enums import ColumnKind
from models.records import CardRecord, ColumnRecord, ProjectRecord, ScopeRecord, TemplateRecord
from rest.present import Id, presents, shown

ColumnType = Literal["backlog", "active", "done", "archive"]
FIRST_BOARD = "Main Board"
"""What the columns are called that stand outside of scopes."""

_TYPES: dict[str, ColumnType] = {
    ColumnKind.BACKLOG: "backlog",
    ColumnKind.ACTIVE: "active",
    ColumnKind.REVIEW: "active",
    ColumnKind.BLOCKED: "active",
    ColumnKind.DONE: "done",
    ColumnKind.ARCHIVE: "archive",
}


class BoardData(TypedDict):
    """A board of a project: a scope, or the columns outside of scopes, whose id is the project's."""

    id: Id
    name: str
    projectId: Id
    position: int


@presents(models.Column, only=("name", "prompt", "requires_approval"))
class ColumnData(TypedDict):
    """A stage of a board. `columnType` follows from the place where nobody has said it."""

    id: Id
    columnType: ColumnType
    position: int
    rank: str
    boardId: Id


class TemplateColumnData(TypedDict):
    """A column of a board that begins with a template."""

    name: str
    columnType: ColumnType
    prompt: str | None
    requiresApproval: bool


class TemplateData(TypedDict):
    """What boards begin with. A built-in one has a word for an id, and cannot be changed."""

    id: str
    name: str
    columns: list[TemplateColumnData]


def boards(project: ProjectRecord, scopes: Sequence[ScopeRecord], *, has_own: bool) -> list[BoardData]:
    """The boards of a project in order; `has_own` says that it has columns outside of scopes."""
    project_id = str(project["_id"])
    named = [(project_id, FIRST_BOARD)] if has_own else []
    named += [(str(scope["_id"]), scope["name"]) for scope in scopes]
    return [
        {"id": board_id, "name": name, "projectId": project_id, "position": place}
        for place, (board_id, name) in enumerate(named)
    ]


def columns(records: Sequence[ColumnRecord]) -> list[ColumnData]:
    """Columns of whole boards; each record carries its `order`."""
    last = {record["scope_id"]: record["order"] for record in records}
    return [_column(record, is_last=record["order"] == last[record["scope_id"]]) for record in records]


def _column(record: ColumnRecord, *, is_last: bool) -> ColumnData:
    return {
        **shown(ColumnData, record),
        "columnType": _type(record.get("kind"), is_first=record["order"] == 0, is_last=is_last),
        "position": record["order"],
        "rank": record["rank"],
        "boardId": board_id(record),
    }


def board_id(record: ColumnRecord | CardRecord) -> str:
    """The id of the board that a column, or a card, is on."""
    return str(record["scope_id"] or record["project_id"])


def template(record: TemplateRecord) -> TemplateData:
    found = record["content"]["columns"]
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "columns": [
            {
                "name": column["name"],
                "columnType": _type(column.get("kind"), is_first=place == 0, is_last=place == len(found) - 1),
                "prompt": column.get("prompt"),
                "requiresApproval": bool(column.get("requires_approval")),
            }
            for place, column in enumerate(found)
        ],
    }


def _type(kind: str | None, *, is_first: bool, is_last: bool) -> ColumnType:
    if kind is not None:
        return _TYPES[kind]
    if is_first:
        return "backlog"
    return "done" if is_last else "active"
