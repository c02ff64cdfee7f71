"""The sources of the subscriptions: events of a project, a workspace, a mission, a queue, and a person's notifications.

Each checks the caller first and answers with what is watched: an async iterator of event records (those of the log,
ephemeral ones, and the two that tell of the stream itself), which a transport can also open so that it shares their
rendering with others. Nothing is subscribed before either is asked for.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable

from bson import ObjectId

from auth.authenticate import still_valid
from auth.policies import board, job
from auth.policies import mission as mission_policy
from auth.policies.permission import Permission
from models.enums import TokenScope
from models.errors import BadUserInput, OrreryError, Unauthenticated
from models.records import MissionRecord, ProjectRecord, QueueRecord, WorkspaceMemberRecord
from realtime.cursor import Cursor
from realtime.events import EVENTS, Topic, names_about
from realtime.events.stream import StreamLagged, StreamReady
from realtime.guard import Watch
from realtime.told import ToldEvent
from resolvers.kit.access import check_workspace, workspace_membership
from resolvers.kit.context import Context
from resolvers.kit.nouns import MISSION, PROJECT, QUEUE, WORKSPACE
from resolvers.kit.operation import check_scope, operation

CHECK_SECONDS = 4.0
"""How often an iterated stream asks whether its caller may still read. A revoked one gets nothing after 5 s."""


_STREAM = frozenset(event.__name__ for event in (StreamReady, StreamLagged))
"""They come by themselves, so nobody asks for them."""

PROJECT_TYPES, WORKSPACE_TYPES, MISSION_TYPES, QUEUE_TYPES, NOTIFICATION_TYPES = (
    names_about(topic) - _STREAM
    for topic in (Topic.PROJECT, Topic.WORKSPACE, Topic.MISSION, Topic.QUEUE, Topic.NOTIFICATIONS)
)
PILOTAGE_TYPES = frozenset(name for name in WORKSPACE_TYPES if EVENTS[name].token_scope is TokenScope.PILOTAGE_READ)
"""What takes the scope pilotage:read on a workspace's stream."""


class Source:
    """What a caller watches, after a cursor: the events of a stream that pass a filter; `key` names the two.

    The stream is of the workspace that the caller is a member of, or of a part of it; or it is their own.

    Iterated, it raises Unauthenticated when the credential ends, and NotFound when the membership does.
    """

    __slots__ = (
        "_ctx",
        "_membership_id",
        "_permission",
        "_records",
        "accepts",
        "after",
        "key",
        "stream_id",
        "workspace_id",
    )

    def __init__(
        self,
        ctx: Context,
        stream_id: ObjectId,
        key: Hashable,
        accepts: Callable[[ToldEvent], bool],
        after: Cursor | None,
        membership: WorkspaceMemberRecord | None,
        permission: Permission,
    ) -> None:
        self._ctx = ctx
        self.stream_id = stream_id
        self.key = key
        self.accepts = accepts
        self.after = after
        self.workspace_id: ObjectId | None = None if membership is None else membership["workspace_id"]
        self._membership_id: ObjectId | None = None if membership is None else membership["_id"]
        self._permission = permission
        self._records: AsyncGenerator[ToldEvent, None] | None = None

    @property
    def is_personal(self) -> bool:
        """Whether it is somebody's own stream, not a workspace's."""
        return self.workspace_id is None

    def watch(self, end: Callable[[OrreryError], None]) -> Watch:
        """Let the guard call `end` once the caller may not read any more."""
        permission = None if self.is_personal else self._permission
        return self._ctx.services.guard.watch(
            self._ctx.subject, end, membership_id=self._membership_id, permission=permission
        )

    def __aiter__(self) -> "Source":
        return self

    async def __anext__(self) -> ToldEvent:
        if self._records is None:
            self._records = self._read()
        return await anext(self._records)

    async def aclose(self) -> None:
        """Stop."""
        if self._records is not None:
            await self._records.aclose()

    async def _read(self) -> AsyncGenerator[ToldEvent, None]:
        clock = asyncio.get_running_loop().time
        subscription = await self._ctx.services.hub.subscribe(self.stream_id, self.accepts, self.after)
        checked = clock()
        try:
            async for event in subscription.events(tick=CHECK_SECONDS):
                if event is None or clock() - checked >= CHECK_SECONDS:
                    await self._check()
                    checked = clock()
                if event is not None:
                    yield event
        finally:
            subscription.close()

    async def _check(self) -> None:
        if not await still_valid(self._ctx.subject):
            raise Unauthenticated("The credential of this subscription has expired or was revoked")
        if self.workspace_id is not None:
            await check_workspace(Context(self._ctx.subject, self._ctx.services), self.workspace_id, self._permission)


STREAM = "it is a stream"


@operation(
    "projectEvents",
    opens=PROJECT.by("project_id"),
    permission=board.READ,
    scope=TokenScope.PROJECTS_READ,
    read_only=True,
    no_tool=STREAM,
)
async def project_events(
    ctx: Context, project: ProjectRecord, after: str | None = None, types: Iterable[str] | None = None
) -> Source:
    """What happens in a project."""
    wanted = _wanted(types, PROJECT_TYPES)

    def accepts(event: ToldEvent) -> bool:
        concerned = (event["project_id"], *event["data"].get("project_ids", ()))  # a relation may join two projects
        return event["type"] in wanted and project["_id"] in concerned

    return await _watch_part(ctx, project, (project["_id"], wanted), accepts, after)


@operation(
    "workspaceEvents",
    opens=WORKSPACE.by("workspace_id"),
    permission=board.READ,
    scope=TokenScope.PROJECTS_READ,
    read_only=True,
    no_tool=STREAM,
)
async def workspace_events(
    ctx: Context, membership: WorkspaceMemberRecord, after: str | None = None, types: Iterable[str] | None = None
) -> Source:
    """What happens in a workspace; agents and missions too, where the caller's token has their scope."""
    wanted = _wanted(types, WORKSPACE_TYPES)
    if TokenScope.PILOTAGE_READ not in ctx.subject.scopes:
        if types is not None and wanted & PILOTAGE_TYPES:
            check_scope(ctx, TokenScope.PILOTAGE_READ, " and ".join(sorted(wanted & PILOTAGE_TYPES)))
        wanted -= PILOTAGE_TYPES
    stream_id = membership["workspace_id"]
    return _watch(ctx, stream_id, wanted, lambda event: event["type"] in wanted, after, membership)


@operation(
    "missionEvents",
    opens=MISSION.by("mission_id"),
    permission=mission_policy.READ,
    scope=TokenScope.PILOTAGE_READ,
    read_only=True,
    no_tool=STREAM,
)
async def mission_events(ctx: Context, mission: MissionRecord, after: str | None = None) -> Source:
    """The life of a mission, and the text its agent writes while it does."""

    def accepts(event: ToldEvent) -> bool:
        return event["mission_id"] == mission["_id"] and event["type"] in MISSION_TYPES

    return await _watch_part(ctx, mission, mission["_id"], accepts, after)


@operation(
    "queueEvents",
    opens=QUEUE.by("queue_id"),
    permission=job.READ,
    scope=TokenScope.PILOTAGE_READ,
    read_only=True,
    no_tool=STREAM,
)
async def queue_events(ctx: Context, queue: QueueRecord, after: str | None = None) -> Source:
    """What happens in a queue: to itself, its jobs and its schedules."""
    membership = await workspace_membership(ctx, queue["workspace_id"])

    def accepts(event: ToldEvent) -> bool:
        return event["type"] in QUEUE_TYPES

    return _watch(ctx, queue["_id"], None, accepts, after, membership, job.READ)


@operation(
    "boardEvents",
    opens=PROJECT.by("project_id"),
    permission=board.READ,
    scope=TokenScope.PROJECTS_READ,
    read_only=True,
    no_tool=STREAM,
)
async def board_events(ctx: Context, project: ProjectRecord, types: frozenset[str], after: str | None = None) -> Source:
    """What happens in a project of some types; of missions on its cards too, where the caller's token has their
    scope."""
    wanted = types & PROJECT_TYPES
    if TokenScope.PILOTAGE_READ in ctx.subject.scopes:
        wanted |= types & MISSION_TYPES

    def accepts(event: ToldEvent) -> bool:
        return event["type"] in wanted and event["project_id"] == project["_id"]

    return await _watch_part(ctx, project, ("board", project["_id"], wanted), accepts, after)


@operation("notifications", scope=TokenScope.NOTIFICATIONS_READ, read_only=True, no_tool=STREAM)
async def notifications(ctx: Context, after: str | None = None) -> Source:
    """The caller's notifications as they come, and as they are read."""
    return _watch(ctx, ctx.user_id, None, lambda event: event["type"] in NOTIFICATION_TYPES, after)


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


async def _watch_part(
    ctx: Context,
    part: ProjectRecord | MissionRecord,
    filter: Hashable,
    accepts: Callable[[ToldEvent], bool],
    after: str | None,
) -> Source:
    """What concerns a part of a workspace, in the history of that."""
    membership = await workspace_membership(ctx, part["workspace_id"])
    return _watch(ctx, part["workspace_id"], filter, accepts, after, membership)


def _watch(
    ctx: Context,
    stream_id: ObjectId,
    filter: Hashable,
    accepts: Callable[[ToldEvent], bool],
    after: str | None,
    membership: WorkspaceMemberRecord | None = None,
    permission: Permission = board.READ,
) -> Source:
    return Source(ctx, stream_id, (stream_id, filter), accepts, _cursor(after), membership, permission)
