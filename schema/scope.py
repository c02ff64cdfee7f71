"""Scopes: work packages of a project."""

import models
from models.enums import ViewType
from resolvers.card import graph as card_graph_edges
from resolvers.column import column as column_edges
from resolvers.column import scope as scope_edges
from resolvers.document import graph as document_graph
from resolvers.figures import roadmap, stats
from schema.connection import Connection
from schema.document import documents_window
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.project import cards_window
from schema.references import CardRef, ColumnRef, DocumentRef
from schema.roadmap import Roadmap
from schema.stats import Stats, stats_range


@shows(models.Scope, "A work package or phase of a project, with a board and views of its own.")
class Scope(Node):
    views: list[ViewType] = derived(lambda _: list(ViewType), description="The views that it can be shown in.")
    columns: list[ColumnRef] = edge(column_edges.columns_of_scope, description="Its columns, in order.")
    cards: Connection[CardRef] = edge(
        card_graph_edges.cards_of_scope, needs=("project_id",), arguments=cards_window, description="Its cards."
    )
    documents: Connection[DocumentRef] = edge(
        document_graph.documents_of_scope, arguments=documents_window, description="The documents about it."
    )
    progress: float = edge(
        scope_edges.progress_of,
        description="Done cards over all cards, 0 to 1; done is what stands in a column that is done.",
    )
    roadmap: Roadmap = edge(roadmap.roadmap_of_scope, description="Its cards in time, and what waits for what.")
    stats: Stats = edge(
        stats.stats_of_scope,
        arguments=stats_range,
        description="Figures of its cards: as they are now, and over time.",
    )
