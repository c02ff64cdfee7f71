"""Activity: what happened, as people read it."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from resolvers.activity import activity as activity_edges
from schema.enums import ActivityType
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, DocumentRef, ProjectRef, UserRef


@strawberry.type(description="One thing that happened to a card, a document, or a project's members.")
class Activity(Node):
    type: ActivityType = strawberry.field(description="What happened.")
    actor: UserRef | None = edge(activity_edges.actor_of, needs=("actor_id",), description="Who did it.")
    meta: JSON = strawberry.field(description="Details that depend on the type, such as the title of a deleted card.")
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
    created_at: datetime = strawberry.field(description="When it happened.")
