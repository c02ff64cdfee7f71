"""Deleting what may hold any number of things: the change that deletes it closes the door, and parts follow.

A tombstone, written in that change, hides at once what stands below (`resolvers.kit.tombstone`). Parts of at most PART
objects, a transaction each, delete it; the first is in the change itself, so that what is small is gone with it. See
decision 25.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bson import ObjectId

from models import Lane, StreamHead, Tombstone
from models.base import collection, to_record
from models.ids import Kind, kind_of
from models.records import TombstoneRecord
from realtime.log import Change, Committed
from resolvers.deletion.cascade import Step
from resolvers.deletion.plan import EMPTYING, LASTING, PLANS
from resolvers.kit.context import Context

T = TypeVar("T")

PART = 100
"""Objects that one part deletes: some tenths of a second on the embedded database, in which others wait."""
AT_ONCE = PART
"""Of these, how many the change itself deletes."""
LARGE = 1_000
"""Cards, or changes of a workspace, beyond which the change itself deletes nothing but what it is about."""
_LANES = {
    Kind.WORKSPACE: "workspace_id",
    Kind.PROJECT: "project_id",
    Kind.SCOPE: "scope_id",
    Kind.COLUMN: "column_id",
    Kind.LABEL: "project_id",
    Kind.CUSTOM_FIELD: "project_id",
}
GRACE = timedelta(seconds=75)
"""After this nothing is under way any more that began before a deletion: a change takes 10 s (`realtime.writer`), and
MongoDB ends a transaction after 60."""


async def bury(
    change: Change,
    deleted_id: ObjectId,
    stream_id: ObjectId,
    *,
    project_id: ObjectId | None = None,
    user_id: ObjectId | None = None,
    document_ids: Sequence[ObjectId] = (),
    keeps: bool = False,
) -> bool:
    """Delete what goes with something that this change deletes, or `keeps` and empties: AT_ONCE objects in all, and the
    rest in parts. Whether nothing is left."""
    tombstone = to_record(
        Tombstone(
            id=deleted_id,
            stream_id=stream_id,
            project_id=project_id,
            user_id=user_id,
            document_ids=list(document_ids),
            keeps=keeps,
            actor_id=change.actor_id,
            deleted_at=change.at,
            due_at=change.at,
        )
    )
    await change.settle()
    is_empty = not await _is_large(change, tombstone) and await take_part(change, tombstone, AT_ONCE - change.cascaded)
    if is_empty:
        tombstone |= {"emptied_at": change.at, "due_at": change.at + GRACE}
    if not is_empty or kind_of(deleted_id) in LASTING:
        # In place of that of a column which is deleted while it is emptied.
        await collection(Tombstone).replace_one({"_id": deleted_id}, tombstone, upsert=True, session=change.session)
    return is_empty


async def _is_large(change: Change, tombstone: TombstoneRecord) -> bool:
    """Whether there may be so much that finding some of it takes the embedded database long.

    Lanes count cards, and the history of a workspace all that was ever done in it.
    """
    kind = kind_of(tombstone["_id"])
    if kind is Kind.WORKSPACE:
        head = await collection(StreamHead).find_one({"_id": tombstone["_id"]}, {"seq": 1}, session=change.session)
        if head is not None and head["seq"] > LARGE:
            return True
    key = _LANES.get(kind) if kind is not None else None
    if key is None:
        return False
    parent = tombstone["_id"] if tombstone["project_id"] is None else tombstone["project_id"]
    where = {key: parent, "lane_id": None}
    lanes = await collection(Lane).find(where, {"open": 1, "archived": 1}, session=change.session).to_list()
    return sum(int(lane["open"] + lane["archived"]) for lane in lanes) > LARGE


async def take_part(change: Change, tombstone: TombstoneRecord, most: int, steps: Sequence[Step] | None = None) -> bool:
    """Delete at most so many objects of what goes with a deletion; whether nothing of it is left."""
    await change.settle()
    for step in plan_of(tombstone) if steps is None else steps:
        while most > 0:
            taken = await step.take(change, tombstone, most)
            await change.settle()  # the next step may delete what is kept of these
            most -= taken
            change.cascaded += taken
            if not taken:
                break
    return most > 0


def plan_of(tombstone: TombstoneRecord) -> Sequence[Step]:
    """What goes with a deletion, in its order."""
    kind = kind_of(tombstone["_id"])
    return () if kind is None else (EMPTYING if tombstone.get("keeps") else PLANS)[kind]


async def delete(
    ctx: Context, stream_id: ObjectId, body: Callable[[Change], Awaitable[T]], *, revokes: bool = False
) -> Committed[T]:
    """Commit a change that buries something, and have the rest of it taken away at once."""
    try:
        return await ctx.write(stream_id, body, revokes=revokes)
    finally:
        ctx.gone.clear()
        ctx.emptied.clear()
        ctx.services.deletions_due.set()
