"""Noting where the streams stand of what a request comes into while it runs (see `position`)."""

from collections.abc import Iterable

from bson import ObjectId

from models import Queue
from models.base import collection
from models.ids import among, portions
from realtime.heads import heads_of
from resolvers.kit.context import Context


async def note_entered(ctx: Context, workspace_ids: Iterable[ObjectId], known: frozenset[ObjectId]) -> bool:
    """Note where workspaces stand that nothing was read of yet; whether what led to them is to be read again.

    `known` are the streams that were noted before that was read (`noted`): of others it may be older than the note.
    """
    if not ctx.notes_positions:
        return False
    entered = set(workspace_ids) - known
    # Of a workspace whose membership is known something was read: its cursor has to be the one that replays all.
    new = {
        workspace_id
        for workspace_id in entered
        if workspace_id not in ctx.positions and workspace_id not in ctx.memberships
    }
    for stream_id, head in (await heads_of(new)).items() if new else ():
        # Others may have done the same meanwhile: what they read and what is read here comes after either.
        ctx.positions.setdefault(stream_id, head)
    return bool(entered)


async def note_queues(ctx: Context, workspace_ids: Iterable[ObjectId]) -> None:
    """Note where the queues of workspaces stand, before anything of them is read."""
    if not ctx.notes_positions:
        return
    unknown: list[ObjectId] = []
    for ids in portions(workspace_ids):
        found = await collection(Queue).find({"workspace_id": among(ids)}, {"_id": 1}).to_list()
        unknown += [queue["_id"] for queue in found if queue["_id"] not in ctx.positions]
    for stream_id, head in (await heads_of(unknown)).items() if unknown else ():
        ctx.positions.setdefault(stream_id, head)


def noted(ctx: Context) -> frozenset[ObjectId]:
    """The streams whose place is noted."""
    return frozenset(ctx.positions)
