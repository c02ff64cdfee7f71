"""The sources of the subscriptions: events of a project, a workspace, a mission, and a person's notifications.

Each checks the caller first and answers with an async iterator of event records: those of the log, ephemeral ones,
and the two that tell of the stream itself. Nothing is subscribed before the iterator is asked for its first event.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from bson import ObjectId

from auth.authenticate import still_valid
from auth.policies import delivery
from auth.policies import mission as mission_policy
from models import Mission, Project
from models.base import Record
from models.enums import TokenScope
from models.errors import BadUserInput, Unauthenticated
from models.ids import Kind, parse_id
from realtime import events
from realtime.cursor import Cursor
from resolvers.access import access, check_workspace
from resolvers.context import Context
from resolvers.mission_drive import OUTPUT_DELTA
from resolvers.operation import check_scope, operation

Source = AsyncIterator[Record]

CHECK_SECONDS = 4.0
"""How often a running stream asks whether its caller may still read. A revoked one gets nothing after 5 s."""


def _names(*types: type[events.Event]) -> frozenset[str]:
    return frozenset(one.__name__ for one in types)


PROJECT_TYPES = _names(
    events.CardCreated,
    events.CardUpdated,
    events.CardMoved,
    events.CardArchived,
    events.CardDeleted,
    events.CommentAdded,
    events.CommentDeleted,
    events.ColumnCreated,
    events.ColumnUpdated,
    events.ColumnDeleted,
    events.ScopeCreated,
    events.ScopeUpdated,
    events.ScopeDeleted,
    events.LabelCreated,
    events.LabelUpdated,
    events.LabelDeleted,
    events.ProjectUpdated,
    events.ProjectDeleted,
    events.ProjectMemberAdded,
    events.ProjectMemberRemoved,
)
PILOTAGE_TYPES = _names(events.AgentCreated, events.AgentUpdated, events.AgentDeleted, events.MissionStatusChanged)
"""What takes the scope pilotage:read on a workspace's stream."""

WORKSPACE_TYPES = (
    PROJECT_TYPES
    | PILOTAGE_TYPES
    | _names(
        events.ProjectCreated,
        events.WorkspaceUpdated,
        events.WorkspaceDeleted,
        events.WorkspaceMemberAdded,
        events.WorkspaceMemberUpdated,
        events.WorkspaceMemberRemoved,
    )
)
MISSION_TYPES = _names(events.MissionStatusChanged, events.MissionProgressed, events.MissionActivityAdded) | {
    OUTPUT_DELTA
}
NOTIFICATION_TYPES = _names(events.NotificationReceived, events.NotificationsRead, events.NotificationsDeleted)


@operation("projectEvents", scope=TokenScope.PROJECTS_READ, permission=delivery.READ, read_only=True)
async def project_events(
    ctx: Context, project_id: ObjectId | str, after: str | None = None, types: Iterable[str] | None = None
) -> Source:
    """What happens in a project."""
    project = await access(ctx, Project, Kind.PROJECT, project_id, delivery.READ, field="projectId", fields=frozenset())
    wanted = _wanted(types, PROJECT_TYPES)

    def accepts(event: Record) -> bool:
        return event["type"] in wanted and event["project_id"] == project["_id"]

    return _watch(ctx, project["workspace_id"], accepts, _cursor(after), _member(project["workspace_id"]))


@operation("workspaceEvents", scope=TokenScope.PROJECTS_READ, permission=delivery.READ, read_only=True)
async def workspace_events(
    ctx: Context, workspace_id: ObjectId | str, after: str | None = None, types: Iterable[str] | None = None
) -> Source:
    """What happens in a workspace; agents and missions too, where the caller's token has their scope."""
    stream = parse_id(workspace_id, Kind.WORKSPACE, field="workspaceId")
    await check_workspace(ctx, stream, delivery.READ)
    wanted = _wanted(types, WORKSPACE_TYPES)
    if TokenScope.PILOTAGE_READ not in ctx.subject.scopes:
        if types is not None and wanted & PILOTAGE_TYPES:
            check_scope(ctx, TokenScope.PILOTAGE_READ, " and ".join(sorted(wanted & PILOTAGE_TYPES)))
        wanted -= PILOTAGE_TYPES
    return _watch(ctx, stream, lambda event: event["type"] in wanted, _cursor(after), _member(stream))


@operation("missionEvents", scope=TokenScope.PILOTAGE_READ, permission=mission_policy.READ, read_only=True)
async def mission_events(ctx: Context, mission_id: ObjectId | str, after: str | None = None) -> Source:
    """The life of a mission, and the text its agent writes while it does."""
    mission = await access(
        ctx, Mission, Kind.MISSION, mission_id, mission_policy.READ, field="missionId", fields=frozenset()
    )

    def accepts(event: Record) -> bool:
        return event["mission_id"] == mission["_id"] and event["type"] in MISSION_TYPES

    return _watch(ctx, mission["workspace_id"], accepts, _cursor(after), _member(mission["workspace_id"]))


@operation("notifications", scope=TokenScope.NOTIFICATIONS_READ, read_only=True)
async def notifications(ctx: Context, after: str | None = None) -> Source:
    """The caller's notifications as they come, and as they are read."""
    return _watch(ctx, ctx.user_id, lambda event: event["type"] in NOTIFICATION_TYPES, _cursor(after), _anybody)


Check = Callable[[Context], Awaitable[object]]


def _member(workspace_id: ObjectId) -> Check:
    return lambda ctx: check_workspace(ctx, workspace_id, delivery.READ)


async def _anybody(_ctx: Context) -> None:
    return None


def _cursor(after: str | None) -> Cursor | None:
    return None if after is None else Cursor.parse(after)


def _wanted(types: Iterable[str] | None, known: frozenset[str]) -> frozenset[str]:
    if types is None:
        return known
    wanted = frozenset(types)
    if unknown := wanted - known:
        raise BadUserInput(
            f"{min(unknown)[:60]!r} is no event of this stream; there are {', '.join(sorted(known))}", field="types"
        )
    return wanted


async def _watch(
    ctx: Context, stream_id: ObjectId, accepts: Callable[[Record], bool], after: Cursor | None, check: Check
) -> Source:
    """The events of a stream for as long as the caller may read them.

    Raises Unauthenticated when the credential ends, and what `check` raises when the membership does.
    """
    clock = asyncio.get_running_loop().time
    subscription = await ctx.services.hub.subscribe(stream_id, accepts, after)
    checked = clock()
    try:
        async for event in subscription.events(tick=CHECK_SECONDS):
            if event is None or clock() - checked >= CHECK_SECONDS:
                if not await still_valid(ctx.subject):
                    raise Unauthenticated("The credential of this subscription has expired or was revoked")
                await check(Context(ctx.subject, ctx.services))
                checked = clock()
            if event is not None:
                yield event
    finally:
        subscription.close()
