"""The columns that cards go through by themselves."""

from collections.abc import Sequence

from bson import ObjectId

from models import Column
from models.base import collection
from models.enums import ColumnKind, TokenScope
from models.ids import portions
from models.records import CardRecord, CardStepRecord, ColumnRecord
from resolvers.column.done import kind_in
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.lane.card_place import BY_RANK


@edge(scope=TokenScope.PROJECTS_READ)
async def pipeline_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[CardStepRecord]]:
    """The steps of each card: its own, else the ACTIVE columns of its board. Each with its prompt, or the column's."""
    columns: list[ColumnRecord] = []
    for ids in portions({card["project_id"] for card in cards}):
        wanted = {"project_id": 1, "scope_id": 1, "kind": 1, "prompt": 1}
        columns += await collection(Column).find({"project_id": {"$in": ids}}, wanted).sort(BY_RANK).to_list()
    known = {column["_id"]: column for column in columns}
    active: dict[tuple[ObjectId, ObjectId | None], list[CardStepRecord]] = {}
    for column in columns:
        if kind_in(column) is ColumnKind.ACTIVE:
            board = active.setdefault((column["project_id"], column["scope_id"]), [])
            board.append({"column_id": column["_id"], "enabled": True, "prompt": None})
    return [
        [
            {**step, "prompt": step["prompt"] or known[step["column_id"]].get("prompt")}
            for step in _steps(card, active.get((card["project_id"], card["scope_id"]), []))
            if step["column_id"] in known
        ]
        for card in cards
    ]


def _steps(card: CardRecord, of_board: list[CardStepRecord]) -> list[CardStepRecord]:
    own = card.get("pipeline")
    return of_board if own is None else own
