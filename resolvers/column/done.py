"""Which columns of a board are done, and how far a card is that stands in one.

A board that has columns of the kinds DONE or ARCHIVE is done there; any other in its last column (decision 71).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from models import Column
from models.base import AnyRecord, collection
from models.card_enums import CardStatus
from models.enums import ColumnKind
from resolvers.lane.card_place import BY_RANK

PLACED = {"project_id": 1, "scope_id": 1, "kind": 1}
"""What is read of columns to tell which are done."""

_STATUS = {
    ColumnKind.BACKLOG: CardStatus.TODO,
    ColumnKind.ACTIVE: CardStatus.IN_PROGRESS,
    ColumnKind.REVIEW: CardStatus.IN_PROGRESS,
    ColumnKind.BLOCKED: CardStatus.IN_PROGRESS,
    ColumnKind.DONE: CardStatus.DONE,
    ColumnKind.ARCHIVE: CardStatus.DONE,
}


def kind_in(column: AnyRecord) -> ColumnKind | None:
    """The kind of a column; None of one that has none, or is older than kinds are."""
    kind = column.get("kind")
    return None if kind is None else ColumnKind(kind)


def done_among(board: Sequence[AnyRecord]) -> set[ObjectId]:
    """The columns of a board, in order, whose cards are done."""
    told = {column["_id"] for column in board if (kind := kind_in(column)) and _STATUS[kind] is CardStatus.DONE}
    return told or {column["_id"] for column in board[-1:]}


def finish_of(board: Sequence[AnyRecord]) -> ObjectId | None:
    """The column that a card comes to when it is done: the first of the kind DONE, else the last; None without any."""
    done = (column for column in board if kind_in(column) is ColumnKind.DONE)
    column = next(done, board[-1] if board else None)
    return None if column is None else ObjectId(column["_id"])


def status_in(column: AnyRecord, board: Sequence[AnyRecord]) -> CardStatus:
    """How far a card is that stands in a column of a board, in order.

    What the kind does not tell, the place does: the first column is to do. So a board of a single column tells nothing.
    """
    if (kind := kind_in(column)) is not None:
        return _STATUS[kind]
    if column["_id"] == board[0]["_id"]:
        return CardStatus.TODO
    return CardStatus.DONE if column["_id"] in done_among(board) else CardStatus.IN_PROGRESS


async def done_columns(project_ids: Iterable[ObjectId]) -> set[ObjectId]:
    """The columns of some projects whose cards are done, on each board."""
    ids = list(project_ids)
    return await done_columns_where({"project_id": {"$in": ids}}) if ids else set()


async def done_columns_where(inside: Mapping[str, Any]) -> set[ObjectId]:
    """The same of the boards that a filter by project, scope or workspace selects."""
    return {column_id for board in await boards_where(inside) for column_id in done_among(board)}


async def boards_where(inside: Mapping[str, Any]) -> list[list[AnyRecord]]:
    """The columns of those boards, each board's in order, with their kinds."""
    order = [("project_id", 1), ("scope_id", 1), *BY_RANK]
    boards: dict[tuple[ObjectId, ObjectId | None], list[AnyRecord]] = {}
    for column in await collection(Column).find(inside, PLACED).sort(order).to_list():
        boards.setdefault((column["project_id"], column["scope_id"]), []).append(column)
    return list(boards.values())
