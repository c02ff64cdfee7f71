"""Where cards are in their lives by the columns that they stand in, and the columns of a board for each stage.

What kinds do not tell, places do (`resolvers.column.done`): so a board whose columns have none has stages too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from models.base import AnyRecord
from models.card_enums import CardStage, CardStatus
from models.enums import ColumnKind
from models.errors import Conflict
from models.records import ColumnRecord
from realtime.log import Change
from resolvers.column.column import insert_column, read_columns
from resolvers.column.done import boards_where, kind_in, status_in

_OF_KIND = {
    ColumnKind.BACKLOG: CardStage.TODO,
    ColumnKind.ACTIVE: CardStage.IN_PROGRESS,
    ColumnKind.REVIEW: CardStage.REVIEW,
    ColumnKind.BLOCKED: CardStage.BLOCKED,
    ColumnKind.DONE: CardStage.DONE,
    ColumnKind.ARCHIVE: CardStage.DONE,
}
_OF_STATUS = {
    CardStatus.TODO: CardStage.TODO,
    CardStatus.IN_PROGRESS: CardStage.IN_PROGRESS,
    CardStatus.DONE: CardStage.DONE,
}
_COLUMNS: Mapping[CardStage, Mapping[str, Any]] = {
    CardStage.TODO: {"name": "To do", "kind": ColumnKind.BACKLOG},
    CardStage.IN_PROGRESS: {"name": "In progress"},
    CardStage.REVIEW: {"name": "Review", "kind": ColumnKind.REVIEW},
    CardStage.BLOCKED: {"name": "Blocked", "kind": ColumnKind.BLOCKED},
    CardStage.DONE: {"name": "Done", "kind": ColumnKind.DONE},
}
"""The columns that boards get where they lack one, in order. None is ACTIVE: runs begin there (decision 76), and
whoever only tells how far a card is has not asked for one."""
_ORDER = list(_COLUMNS)

Stages = Mapping[ObjectId | None, CardStage]
"""The stages of columns."""


def stage_in(column: AnyRecord, board: Sequence[AnyRecord]) -> CardStage:
    """The stage of the cards of a column of a board, in order."""
    kind = kind_in(column)
    return _OF_STATUS[status_in(column, board)] if kind is None else _OF_KIND[kind]


def stages_of(board: Sequence[AnyRecord]) -> dict[ObjectId | None, CardStage]:
    """The stages of the columns of a board, in order."""
    return {column["_id"]: stage_in(column, board) for column in board}


async def stages_where(inside: Mapping[str, Any]) -> dict[ObjectId | None, CardStage]:
    """The same of the boards that a filter by project or workspace selects."""
    boards = await boards_where(inside)
    return {column_id: stage for board in boards for column_id, stage in stages_of(board).items()}


def stage_of(card: AnyRecord, stages: Stages) -> CardStage:
    """The stage of a card; one that stands in no column is to do."""
    stage = stages.get(card["column_id"], CardStage.TODO)
    return CardStage.CANCELLED if card["archived"] and stage is not CardStage.DONE else stage


async def column_for(change: Change, board: AnyRecord, columns: list[ColumnRecord], stage: CardStage) -> ColumnRecord:
    """The column where the cards of a board that come to a stage go: its first, which it is given where it lacks one.

    `board` tells workspace, project and scope. An empty board is given all of them. One that would end with what is not
    done is given a last one for what is, and one that would begin with what is in progress a first one for what is to
    do: else what stands at its ends would count as those.
    """
    if not columns:
        for place, missing in enumerate(_ORDER):
            await insert_column(change, board, columns, place, _COLUMNS[missing])
    stages = stages_of(columns)
    fitting = [column for column in columns if stages[column["_id"]] is stage and not column.get("emptying")]
    if fitting:
        return min(fitting, key=lambda column: kind_in(column) is ColumnKind.ARCHIVE)
    if stage in stages.values():
        raise Conflict("The cards of the column are being deleted: try again later", field="stage")
    later = _ORDER[_ORDER.index(stage) + 1 :]
    place = next((at for at, column in enumerate(columns) if stages[column["_id"]] in later), len(columns))
    if place == 0 and stage is CardStage.IN_PROGRESS:
        await insert_column(change, board, columns, 0, _COLUMNS[CardStage.TODO])
        place = 1
    made = await insert_column(change, board, columns, place, _COLUMNS[stage])
    if later and place == len(columns) - 1:
        await insert_column(change, board, columns, len(columns), _COLUMNS[CardStage.DONE])
    return made


async def column_of_stage(change: Change, board: AnyRecord, stage: CardStage) -> ColumnRecord:
    """The same, of a board that is read here."""
    columns = await read_columns(change, board["project_id"], board["scope_id"])
    return await column_for(change, board, columns, stage)
