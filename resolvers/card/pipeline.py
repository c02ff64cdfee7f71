"""The columns that cards go through by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from bson import ObjectId

from models import Column
from models.base import collection
from models.enums import ColumnKind, TokenScope
from models.ids import portions
from models.records import CardRecord, CardStepRecord, ColumnRecord
from realtime.log import Change
from resolvers.column.done import finish_of, kind_in
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.lane.card_place import BY_RANK


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a card: the columns of its steps in order, those of them where it stops, and where it is done."""

    columns: Sequence[ColumnRecord]
    stops: frozenset[ObjectId]
    finish: ColumnRecord | None

    def first(self) -> ColumnRecord | None:
        """Where it stops first."""
        return next((column for column in self.columns if column["_id"] in self.stops), None)

    def after(self, column_id: ObjectId | None) -> ColumnRecord | None:
        """Where it goes on to from one of the steps: the next stop, else where it is done. None from elsewhere, and
        where that is no further."""
        ids = [column["_id"] for column in self.columns]
        if column_id not in ids:
            return None
        behind = self.columns[ids.index(column_id) + 1 :]
        found = next((column for column in behind if column["_id"] in self.stops), self.finish)
        is_further = found is not None and found["_id"] not in ids[: ids.index(column_id) + 1]
        return found if is_further else None


async def route_of(change: Change, card: CardRecord) -> Route:
    """The way of a card through its own pipeline, or the ACTIVE columns of its board."""
    board = await _board(change, card)
    own = card.get("pipeline")
    if own is None:
        columns = [column for column in board if kind_in(column) is ColumnKind.ACTIVE]
        stops = frozenset(column["_id"] for column in columns)
    else:
        ids = [step["column_id"] for step in own]
        inside = {"_id": {"$in": ids}, "project_id": card["project_id"]}
        known = {
            column["_id"]: column for column in await collection(Column).find(inside, session=change.session).to_list()
        }
        columns = [known[column_id] for column_id in ids if column_id in known]
        stops = frozenset(step["column_id"] for step in own if step["enabled"])
    finish = finish_of(board)
    return Route(columns, stops, next((column for column in board if column["_id"] == finish), None))


def told_in(card: CardRecord, column: ColumnRecord) -> str | None:
    """What agents are told about a card in a column: by its own step there, else by the column; None for nothing."""
    own = next((step["prompt"] for step in card.get("pipeline") or () if step["column_id"] == column["_id"]), None)
    return own or column.get("prompt")


async def _board(change: Change, card: CardRecord) -> list[ColumnRecord]:
    query = {"project_id": card["project_id"], "scope_id": card["scope_id"]}
    return await collection(Column).find(query, session=change.session).sort(BY_RANK).to_list()


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
