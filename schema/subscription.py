"""The live roots of the graph: each replays what was missed after a cursor, says StreamReady, and goes on live."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar, cast

import strawberry
from strawberry import UNSET

from resolvers import subscribe
from schema.arguments import MissionId, ProjectId, WorkspaceId
from schema.context import Info
from schema.events.attachment import AttachmentAdded, AttachmentDeleted
from schema.events.base import build_event
from schema.events.board import (
    CardArchived,
    CardCreated,
    CardDeleted,
    CardMoved,
    CardsRanked,
    CardUpdated,
    ColumnCreated,
    ColumnDeleted,
    ColumnUpdated,
    CommentAdded,
    CommentDeleted,
    LabelCreated,
    LabelDeleted,
    LabelUpdated,
    ProjectCreated,
    ProjectDeleted,
    ProjectMemberAdded,
    ProjectMemberRemoved,
    ProjectUpdated,
    ScopeCreated,
    ScopeDeleted,
    ScopeUpdated,
)
from schema.events.custom_field import (
    CustomFieldCreated,
    CustomFieldDeleted,
    CustomFieldUpdated,
    CustomFieldValuesChanged,
)
from schema.events.document import (
    DocumentCreated,
    DocumentDeleted,
    DocumentLinked,
    DocumentMoved,
    DocumentReviewed,
    DocumentReviewRequested,
    DocumentUnlinked,
    DocumentUpdated,
)
from schema.events.notification import NotificationReceived, NotificationsDeleted, NotificationsRead
from schema.events.pilotage import (
    AgentCreated,
    AgentDeleted,
    AgentUpdated,
    MissionActivityAdded,
    MissionOutputDelta,
    MissionProgressed,
    MissionStatusChanged,
)
from schema.events.relation import RelationCreated, RelationDeleted
from schema.events.stream import StreamLagged, StreamReady
from schema.events.template import TemplateCreated, TemplateDeleted
from schema.events.transfer import TransferJobChanged
from schema.events.workspace import (
    WorkspaceDeleted,
    WorkspaceMemberAdded,
    WorkspaceMemberRemoved,
    WorkspaceMemberUpdated,
    WorkspaceUpdated,
)
from schema.scalars import Cursor

F = TypeVar("F", bound=Callable[..., Any])

ProjectEvent = Annotated[
    CardCreated
    | CardUpdated
    | CardMoved
    | CardsRanked
    | CardArchived
    | CardDeleted
    | CommentAdded
    | CommentDeleted
    | AttachmentAdded
    | AttachmentDeleted
    | ColumnCreated
    | ColumnUpdated
    | ColumnDeleted
    | ScopeCreated
    | ScopeUpdated
    | ScopeDeleted
    | LabelCreated
    | LabelUpdated
    | LabelDeleted
    | DocumentCreated
    | DocumentUpdated
    | DocumentMoved
    | DocumentDeleted
    | DocumentReviewRequested
    | DocumentReviewed
    | DocumentLinked
    | DocumentUnlinked
    | CustomFieldCreated
    | CustomFieldUpdated
    | CustomFieldDeleted
    | CustomFieldValuesChanged
    | RelationCreated
    | RelationDeleted
    | ProjectUpdated
    | ProjectDeleted
    | ProjectMemberAdded
    | ProjectMemberRemoved
    | StreamReady
    | StreamLagged,
    strawberry.union("ProjectEvent", description="Something that happened in a project."),
]
WorkspaceEvent = Annotated[
    CardCreated
    | CardUpdated
    | CardMoved
    | CardsRanked
    | CardArchived
    | CardDeleted
    | CommentAdded
    | CommentDeleted
    | AttachmentAdded
    | AttachmentDeleted
    | ColumnCreated
    | ColumnUpdated
    | ColumnDeleted
    | ScopeCreated
    | ScopeUpdated
    | ScopeDeleted
    | LabelCreated
    | LabelUpdated
    | LabelDeleted
    | DocumentCreated
    | DocumentUpdated
    | DocumentMoved
    | DocumentDeleted
    | DocumentReviewRequested
    | DocumentReviewed
    | DocumentLinked
    | DocumentUnlinked
    | CustomFieldCreated
    | CustomFieldUpdated
    | CustomFieldDeleted
    | CustomFieldValuesChanged
    | RelationCreated
    | RelationDeleted
    | ProjectCreated
    | TemplateCreated
    | TemplateDeleted
    | TransferJobChanged
    | ProjectUpdated
    | ProjectDeleted
    | ProjectMemberAdded
    | ProjectMemberRemoved
    | WorkspaceUpdated
    | WorkspaceDeleted
    | WorkspaceMemberAdded
    | WorkspaceMemberUpdated
    | WorkspaceMemberRemoved
    | AgentCreated
    | AgentUpdated
    | AgentDeleted
    | MissionStatusChanged
    | MissionProgressed
    | MissionActivityAdded
    | StreamReady
    | StreamLagged,
    strawberry.union("WorkspaceEvent", description="Something that happened in a workspace."),
]
MissionEvent = Annotated[
    MissionStatusChanged | MissionProgressed | MissionActivityAdded | MissionOutputDelta | StreamReady | StreamLagged,
    strawberry.union("MissionEvent", description="Something in the life of a mission."),
]
NotificationEvent = Annotated[
    NotificationReceived | NotificationsRead | NotificationsDeleted | StreamReady | StreamLagged,
    strawberry.union("NotificationEvent", description="Something about the viewer's notifications."),
]

AfterCursor = Annotated[
    Cursor | None,
    strawberry.argument(description="The last cursor that was seen: what came after it is replayed first."),
]
EventTypes = Annotated[
    list[str] | None, strawberry.argument(description="The names of the types of events to send; all by default.")
]


def live(description: str) -> Callable[[F], F]:
    """A root field that streams."""
    return cast("Callable[[F], F]", strawberry.subscription(description=description))


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
    @live("The viewer's notifications as they come, and as they are read.")
    async def notifications(self, info: Info, after: AfterCursor = UNSET) -> AsyncIterator[NotificationEvent]:
        return LiveEvents(await subscribe.notifications(info.context.ctx, since(info, after)))

    @live("The life of a mission, and the text that its agent writes.")
    async def mission_events(
        self, info: Info, mission_id: MissionId, after: AfterCursor = UNSET
    ) -> AsyncIterator[MissionEvent]:
        return LiveEvents(await subscribe.mission_events(info.context.ctx, mission_id, since(info, after)))

    @live("What happens in a project.")
    async def project_events(
        self, info: Info, project_id: ProjectId, after: AfterCursor = UNSET, types: EventTypes = UNSET
    ) -> AsyncIterator[ProjectEvent]:
        source = await subscribe.project_events(info.context.ctx, project_id, since(info, after), types or None)
        return LiveEvents(source)

    @live("What happens in a workspace.")
    async def workspace_events(
        self, info: Info, workspace_id: WorkspaceId, after: AfterCursor = UNSET, types: EventTypes = UNSET
    ) -> AsyncIterator[WorkspaceEvent]:
        source = await subscribe.workspace_events(info.context.ctx, workspace_id, since(info, after), types or None)
        return LiveEvents(source)
