"""Putting the whole of a short list into another order."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo import UpdateOne

from models.base import R, Recorded, update_all, with_changes
from models.errors import Conflict
from models.rank import reranked
from realtime.log import Change


async def write_order(
    change: Change, model: type[Recorded[R]], stored: Sequence[R], ids: Sequence[ObjectId]
) -> list[tuple[int, R]]:
    """Write the ranks that bring records into the order of their ids; those that differ as they are then, with their
    places.

    Raises Conflict unless the ids are those of all the records, each once: somebody has added or deleted one meanwhile.
    """
    known = {record["_id"]: record for record in stored}
    if len(ids) != len(known) or known.keys() != set(ids):
        raise Conflict(f"must name each {model.__name__.lower()} once, and no other", field="ids")
    ordered = [known[object_id] for object_id in ids]
    ranks = reranked([record.get("rank", "") for record in ordered])
    moved = [
        (place, with_changes(record, {"rank": rank}))
        for place, (record, rank) in enumerate(zip(ordered, ranks, strict=True))
        if record.get("rank") != rank
    ]
    updates = [UpdateOne({"_id": record["_id"]}, {"$set": {"rank": record["rank"]}}) for _, record in moved]
    await update_all(model, updates, change)
    return moved
