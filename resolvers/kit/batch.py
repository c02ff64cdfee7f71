"""The same for many objects of one workspace, in one transaction; one that refuses it is left as it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from bson import ObjectId

from auth.policies.permission import Permission
from models.base import R
from models.errors import BadUserInput, OrreryError
from models.ids import parse_id
from realtime.log import Change, Committed
from resolvers.kit.access import access_batch
from resolvers.kit.context import Context
from resolvers.kit.noun import Noun

MAX_BATCH = 50
Write = Callable[[ObjectId, Callable[[Change], Awaitable[Any]]], Awaitable[Committed[Any]]]
"""Commits a change of a workspace, as `Context.write` does."""


@dataclass(frozen=True, slots=True)
class BatchResult(Generic[R]):
    """What became of one object of a batch: its record (None: it is deleted), or why it was left as it is."""

    id: str
    noun: Noun[R]
    record: R | None = None
    error: OrreryError | None = None


async def change_each(
    ctx: Context,
    noun: Noun[R],
    ids: Sequence[ObjectId | str],
    permission: Permission,
    each: Callable[[Change, ObjectId], Awaitable[R | None]],
    write: Write | None = None,
) -> Committed[list[BatchResult[R]]]:
    """Do what `each` does to one object to up to 50 of one workspace; it refuses before it has written anything.

    Raises BadUserInput for no or too many ids, NotFound when the caller may see none of them.
    """
    if not 1 <= len(ids) <= MAX_BATCH:
        raise BadUserInput(f"must name between 1 and {MAX_BATCH} {noun.word}s", field="ids")
    wanted = list(dict.fromkeys(parse_id(sent, noun.kind, field="ids") for sent in ids))
    workspace_id, refused = await access_batch(ctx, noun, wanted, permission)

    async def result(change: Change, object_id: ObjectId) -> BatchResult[R]:
        if object_id in refused:
            return BatchResult(str(object_id), noun, error=refused[object_id])
        try:
            return BatchResult(str(object_id), noun, await each(change, object_id))
        except OrreryError as error:
            return BatchResult(str(object_id), noun, error=error)

    async def body(change: Change) -> list[BatchResult[R]]:
        return [await result(change, object_id) for object_id in wanted]

    done: Committed[list[BatchResult[R]]] = await (write or ctx.write)(workspace_id, body)
    return done
