"""Where streams stand, for those who read a snapshot and go on with the events after it.

A cursor has to be older than every value that was read beside it: an event that is told twice changes nothing, one that
is missed is missed for good. So a request that asks for one notes where the streams stand of the workspaces that its
arguments name before it reads anything else, and those of the others that it comes into, over an organization or a
notification, before it reads anything of them. So it does for queues, whose jobs have streams of their own.
"""

from collections.abc import Iterable, Sequence

from bson import ObjectId

from models import Queue
from models.base import collection
from models.enums import TokenScope
from models.errors import Forbidden
from models.ids import Kind, kind_of, portions
from models.records import MissionRecord, ProjectRecord, QueueRecord, UserRecord, WorkspaceRecord
from realtime.cursor import Cursor
from realtime.heads import bounds, heads_of
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import NOUNS
from resolvers.kit.operation import edge

NOWHERE = Cursor("0" * 8, 0)
"""A cursor in what has no history: whoever goes on after it is told to begin anew."""


async def note_positions(ctx: Context, named: Iterable[ObjectId] = ()) -> None:
    """Note where the caller's own stream stands, those of the workspaces that `named` are or are in, and of the queues
    among them.

    What the request comes into later is noted then (`note_entered`).
    """
    ctx.notes_positions = True
    if ctx.subject.user_id is None:
        return
    by_kind: dict[Kind | None, set[ObjectId]] = {}
    for object_id in named:
        by_kind.setdefault(kind_of(object_id), set()).add(object_id)
    wanted = by_kind.get(Kind.WORKSPACE, set()) | by_kind.get(Kind.QUEUE, set())
    for kind, ids in by_kind.items():
        noun = None if kind is None else NOUNS.get(kind)
        if noun is not None and noun.is_inside:
            for some in portions(ids):
                found = collection(noun.model).find({"_id": {"$in": some}}, {"workspace_id": 1})
                wanted |= {record["workspace_id"] for record in await found.to_list()}
    ctx.positions.update(await heads_of([ctx.user_id, *wanted]))


async def positions(ctx: Context, stream_ids: Iterable[ObjectId]) -> list[str]:
    """A cursor in each stream that nothing read by this request is older than.

    A stream that was not the caller's when the request began (a workspace that it created, say) has the one that
    replays all that the log holds.
    """
    wanted = list(stream_ids)
    for stream_id in set(wanted):
        if stream_id not in ctx.positions:
            head, floor = await bounds(stream_id)
            ctx.positions[stream_id] = Cursor(head.epoch, floor)
    return [str(ctx.positions[object_id]) for object_id in wanted]


@edge(scope=TokenScope.PROJECTS_READ)
async def cursor_of_workspace(ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields) -> list[str]:
    """Where the stream of each workspace stands."""
    return await positions(ctx, (workspace["_id"] for workspace in workspaces))


@edge(scope=TokenScope.PROJECTS_READ)
async def cursor_of_project(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[str]:
    """Where the stream stands that tells of each project: its workspace's."""
    return await positions(ctx, (project["workspace_id"] for project in projects))


@edge(scope=TokenScope.PILOTAGE_READ)
async def cursor_of_mission(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[str]:
    """Where the stream stands that tells of each mission: its workspace's."""
    return await positions(ctx, (mission["workspace_id"] for mission in missions))


@edge(scope=TokenScope.PILOTAGE_READ)
async def cursor_of_queue(ctx: Context, queues: Sequence[QueueRecord], fields: Fields) -> list[str]:
    """Where the stream of each queue stands; an event may tell of one that has none any more."""
    ids = [queue["_id"] for queue in queues]
    if unknown := [queue_id for queue_id in ids if queue_id not in ctx.positions]:
        there = await by_ids(Queue, unknown, frozenset({"workspace_id"}))
        ctx.positions.update({queue_id: NOWHERE for queue_id in unknown if queue_id not in there})
    return await positions(ctx, ids)


@edge(scope=TokenScope.NOTIFICATIONS_READ, viewer=True)
async def notifications_cursor_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[str | Forbidden]:
    """Where the viewer's own stream stands; an error in the place of each other user."""
    (own,) = await positions(ctx, [ctx.user_id])
    return [own if user["_id"] == ctx.user_id else _not_yours() for user in users]


CURSORS = frozenset(
    {cursor_of_workspace, cursor_of_project, cursor_of_mission, cursor_of_queue, notifications_cursor_of}
)
"""The edges that answer with what `note_positions` noted."""


def _not_yours() -> Forbidden:
    return Forbidden("A stream of notifications is its own user's alone")
