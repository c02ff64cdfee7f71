"""Change one document and read it, within a transaction.

`findAndModify` would be one request, but the embedded database answers it by reading the whole collection. Within a
transaction the two requests are as atomic: a document that somebody else changed meanwhile is a write conflict.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from models.base import R, Recorded, collection


async def update_and_read(
    model: type[Recorded[R]],
    where: Mapping[str, Any],
    update: Mapping[str, Any],
    session: AsyncClientSession,
    *,
    sort: Sequence[tuple[str, int]] | None = None,
) -> R | None:
    """The document that `where` selects (the first by `sort`), as it is after `update`; None where there is none."""
    documents = collection(model)
    chosen = where.get("_id")
    if chosen is None or isinstance(chosen, Mapping):
        found = await documents.find_one(where, {"_id": 1}, sort=sort, session=session)
        if found is None:
            return None
        chosen = found["_id"]
    result = await documents.update_one({**where, "_id": chosen}, update, session=session)
    return await documents.find_one({"_id": chosen}, session=session) if result.matched_count else None


async def find_and_delete(model: type[Recorded[R]], where: Mapping[str, Any], session: AsyncClientSession) -> R | None:
    """The document that `where` selects, deleted; None where there is none."""
    found = await collection(model).find_one(where, session=session)
    if found is not None:
        await collection(model).delete_one({"_id": found["_id"]}, session=session)
    return found
