"""Noting where the streams of workspaces stand that a request comes into while it runs (see `position`)."""

from collections.abc import Iterable

from bson import ObjectId

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


def noted(ctx: Context) -> frozenset[ObjectId]:
    """The streams whose place is noted."""
    return frozenset(ctx.positions)
