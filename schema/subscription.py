"""The live roots of the graph: each replays what was missed after a cursor, says StreamReady, and goes on live."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar, cast

import strawberry
from strawberry import UNSET

from realtime.events import Topic
from resolvers import subscribe
from schema.arguments import MissionId, ProjectId, QueueId, WorkspaceId
from schema.context import Info
from schema.events.base import Event
from schema.events.declared import build_event, union_of
from schema.scalars import Cursor

F = TypeVar("F", bound=Callable[..., Any])

AfterCursor = Annotated[
    Cursor | None,
    strawberry.argument(description="The last cursor that was seen: what came after it is replayed first."),
]
EventTypes = Annotated[
    list[str] | None, strawberry.argument(description="The names of the types of events to send; all by default.")
]


def live(topic: Topic, description: str, *, of: str) -> Callable[[F], F]:
    """A root field that streams what is told about `topic`; `of` describes the union of it."""
    union = union_of(topic, of)
    return cast("Callable[[F], F]", strawberry.subscription(description=description, graphql_type=union))


def since(info: Info, after: str | None) -> str | None:
    """Where to resume: a reconnecting event stream repeats its first `after`, so its `Last-Event-ID` counts more."""
    return info.context.resume_after or after or None


class LiveEvents:
    """The events of a source as the graph shows them; a transport can open `source` instead of iterating."""

    def __init__(self, source: subscribe.Source) -> None:
        self.source = source

    def __aiter__(self) -> "LiveEvents":
        return self

    async def __anext__(self) -> Any:
        while True:
            if (event := build_event(await anext(self.source))) is not None:
                return event

    async def aclose(self) -> None:
        """Stop."""
        await self.source.aclose()


@strawberry.type(description="What can be watched.")
class Subscription:
    @live(
        Topic.NOTIFICATIONS,
        "The viewer's notifications as they come, and as they are read.",
        of="Something about the viewer's notifications.",
    )
    async def notifications(self, info: Info, after: AfterCursor = UNSET) -> AsyncIterator[Event]:
        return LiveEvents(await subscribe.notifications(info.context.ctx, since(info, after)))

    @live(
        Topic.MISSION,
        "The life of a mission, and the text that its agent writes.",
        of="Something in the life of a mission.",
    )
    async def mission_events(
        self, info: Info, mission_id: MissionId, after: AfterCursor = UNSET
    ) -> AsyncIterator[Event]:
        return LiveEvents(await subscribe.mission_events(info.context.ctx, mission_id, since(info, after)))

    @live(
        Topic.QUEUE,
        "What happens in a queue: to its jobs, its schedules and itself.",
        of="Something that happened in a queue.",
    )
    async def queue_events(self, info: Info, queue_id: QueueId, after: AfterCursor = UNSET) -> AsyncIterator[Event]:
        return LiveEvents(await subscribe.queue_events(info.context.ctx, queue_id, since(info, after)))

    @live(Topic.PROJECT, "What happens in a project.", of="Something that happened in a project.")
    async def project_events(
        self, info: Info, project_id: ProjectId, after: AfterCursor = UNSET, types: EventTypes = UNSET
    ) -> AsyncIterator[Event]:
        source = await subscribe.project_events(info.context.ctx, project_id, since(info, after), types or None)
        return LiveEvents(source)

    @live(Topic.WORKSPACE, "What happens in a workspace.", of="Something that happened in a workspace.")
    async def workspace_events(
        self, info: Info, workspace_id: WorkspaceId, after: AfterCursor = UNSET, types: EventTypes = UNSET
    ) -> AsyncIterator[Event]:
        source = await subscribe.workspace_events(info.context.ctx, workspace_id, since(info, after), types or None)
        return LiveEvents(source)
