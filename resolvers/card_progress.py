"""When work on a card began and ended, as far as its moves tell."""

from collections.abc import Mapping
from typing import Any

from models import Column
from models.base import Record, collection
from realtime.log import Change
from resolvers.card_place import BY_RANK


async def progress_at(change: Change, before: Mapping[str, Any], column: Record | None) -> dict[str, Any]:
    """`started_at` and `completed_at` of a card that comes to a column, from `before` (nothing of a new card).

    Work has started where the card stands in neither the first column of its board nor the last, and is complete in
    the last; each moment stays until the card goes back. A board of a single column tells nothing.
    """
    if column is None:
        return {"started_at": None, "completed_at": None}
    query = {"project_id": column["project_id"], "scope_id": column["scope_id"]}
    board = await collection(Column).find(query, {"_id": 1}, session=change.session).sort(BY_RANK).to_list()
    first, last = board[0]["_id"], board[-1]["_id"]
    started, completed = before.get("started_at"), before.get("completed_at")
    if column["_id"] == first:
        return {"started_at": None, "completed_at": None}
    if column["_id"] == last:
        return {"started_at": started, "completed_at": completed or change.at}
    return {"started_at": started or change.at, "completed_at": None}
