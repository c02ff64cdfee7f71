"""Activity: what happened, as people read it."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

import models
from models.enums import ActorType
from resolvers.activity import activity as activity_edges
from resolvers.activity import log as activity_log
from resolvers.card.graph import activity_of
from resolvers.document import graph as document_graph
from schema.connection import After, Connection, First, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, DocumentRef, ProjectRef, WorkspaceRef

OfType = Annotated[
    ActorType | None, strawberry.argument(description="Those alone that a person, an agent or nobody did.")
]
OfActor = Annotated[
    strawberry.ID | None, strawberry.argument(description="The id of a user or of an agent: what that one did.")
]
OfAction = Annotated[
    str | None,
    strawberry.argument(description="What happened: `card.moved` for CARD_MOVED, or in the words of who recorded it."),
]


def activities_window(
    first: First = UNSET,
    after: After = UNSET,
    actor_type: OfType = UNSET,
    actor_id: OfActor = UNSET,
    action: OfAction = UNSET,
) -> None:
    """The arguments of a list of activities."""


@strawberry.type(description="How often something happened.")
class ActionCount:
    action: str = strawberry.field(description="What happened, as `activities(action:)` takes it.")
    count: int = strawberry.field(description="How often.")


@strawberry.type(description="What the activities of a workspace come to.")
class ActivityStats:
    since: datetime = strawberry.field(description="Those since this moment, seven days ago.")
    total: int = strawberry.field(description="How many.")
    by_user: int = strawberry.field(description="How many of them people did.")
    by_agent: int = strawberry.field(description="How many of them agents did.")
    by_system: int = strawberry.field(description="How many of them nobody did.")
    actions: list[ActionCount] = strawberry.field(description="The 50 that happened most often, those first.")


@shows(
    models.Activity,
    "One thing that happened in a workspace: to a card, a document, a project's members; a notice, a record.",
)
class Activity(Node):
    project: ProjectRef | None = edge(
        activity_edges.project_of,
        needs=("project_id", "workspace_id"),
        description="The project that it happened in; null for a document of the workspace itself, and once the viewer "
        "has left its workspace.",
    )
    card: CardRef | None = edge(
        activity_edges.card_of,
        needs=("card_id", "workspace_id"),
        description="The card that it is about; null once it is deleted, or the viewer has left its workspace.",
    )
    document: DocumentRef | None = edge(
        activity_edges.document_of,
        needs=("document_id", "workspace_id"),
        description="The document that it is about; null once it is deleted, or the viewer has left its workspace.",
    )


@extends(CardRef, after="attachments")
class OfCard:
    activity: Connection[Activity] = edge(
        activity_of, arguments=window, description="What happened to it, oldest first."
    )


@extends(DocumentRef, after="linked_cards")
class OfDocument:
    activity: Connection[Activity] = edge(
        document_graph.activity_of, arguments=window, description="What happened to it, oldest first."
    )


@extends(WorkspaceRef, after="members")
class OfWorkspace:
    activities: Connection[Activity] = edge(
        activity_log.activities_of,
        arguments=activities_window,
        description="What happened in it, newest first; what is older than 400 days is gone.",
    )
    activity_stats: ActivityStats = edge(
        activity_log.stats_of, description="How often what happened in it in the last seven days."
    )
