"""Activity: what happened, as people read it."""

import models
from resolvers.activity import activity as activity_edges
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, DocumentRef, ProjectRef


@shows(models.Activity, "One thing that happened to a card, a document, or a project's members.")
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
