"""Whether there is any record of a kind, for what asks that again and again.

MongoDB walks an index and stops at the first one. The embedded database reads all that a filter fits before it cuts, so
that the answer would take the longer the more there are. The one that was found is remembered, and asked for by its id
from then on. It is a hint of one process: one that does not fit any more costs a query and nothing else.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from models.base import Recorded, collection
from resolvers.kit.landmark import reads_whole_ranges

KEPT = 10_000
"""Filters of which a process remembers a record: those that were found last."""

_seen: OrderedDict[tuple[Any, ...], ObjectId] = OrderedDict()


async def is_any(model: type[Recorded[Any]], where: Mapping[str, Any]) -> bool:
    """Whether a record has these equal fields, by which an index finds it."""
    name = (model, *where.items())
    remembers = await reads_whole_ranges(model)
    if remembers and (seen := _seen.get(name)) is not None:
        # By its id alone: where there is more, another index may be taken that holds the id last.
        record = await collection(model).find_one({"_id": seen}, dict.fromkeys(where, 1))
        if record is not None and all(record.get(key) == value for key, value in where.items()):
            return True
    found = await collection(model).find_one(where, {"_id": 1})
    if remembers:
        _remember(name, None if found is None else found["_id"])
    return found is not None


def _remember(name: tuple[Any, ...], found: ObjectId | None) -> None:
    _seen.pop(name, None)
    if found is not None:
        _seen[name] = found
    while len(_seen) > KEPT:
        _seen.popitem(last=False)
