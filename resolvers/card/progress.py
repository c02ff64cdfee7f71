"""When work on a card began and ended, as far as its moves tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models import Column
from models.base import AnyRecord, collection
from models.card_enums import CardStatus
from models.records import ColumnRecord
from realtime.log import Change
from resolvers.column.done import status_in
from resolvers.lane.card_place import BY_RANK


def status_of(card: Mapping[str, Any]) -> CardStatus:
    """How far a card is, as its moves have told."""
    if card.get("completed_at") is not None:
        return CardStatus.DONE
    return CardStatus.TODO if card.get("started_at") is None else CardStatus.IN_PROGRESS


def is_checked(card: Mapping[str, Any]) -> bool:
    """Whether a card has steps, all of which are done."""
    return bool(card["checklist"]) and all(item["done"] for item in card["checklist"])


async def progress_at(change: Change, before: Mapping[str, Any], column: ColumnRecord | None) -> dict[str, Any]:
    """`started_at` and `completed_at` of a card that comes to a column, from `before` (nothing of a new card)."""
    if column is None:
        return progress(before, None, (), change.at)
    return progress(before, column, await board_around(change, column), change.at)


async def board_around(change: Change, standing: Mapping[str, Any]) -> list[ColumnRecord]:
    """The columns of the board that a card or a column is on, in order, with their kinds."""
    query = {"project_id": standing["project_id"], "scope_id": standing["scope_id"]}
    return await collection(Column).find(query, {"kind": 1}, session=change.session).sort(BY_RANK).to_list()


def progress(
    before: Mapping[str, Any], column: AnyRecord | None, board: Sequence[AnyRecord], at: datetime
) -> dict[str, Any]:
    """The same for a column of a board whose columns are known, in order, with their kinds.

    Each moment stays until the card goes back.
    """
    started, completed = before.get("started_at"), before.get("completed_at")
    status = CardStatus.TODO if column is None else status_in(column, board)
    if status is CardStatus.TODO:
        return {"started_at": None, "completed_at": None}
    if status is CardStatus.DONE:
        return {"started_at": started, "completed_at": completed or at}
    return {"started_at": started or at, "completed_at": None}
