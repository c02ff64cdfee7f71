"""Columns: the stages of a board."""

from datetime import datetime

import strawberry

from resolvers.card import graph as card_graph_edges
from resolvers.column import column as column_edges
from resolvers.column import scope as scope_edges
from schema.connection import Connection
from schema.loading import edge
from schema.node import Node
from schema.project import cards_window
from schema.references import CardRef, ProjectRef, ScopeRef


@strawberry.type(description="A stage of a project's or a scope's board.")
class Column(Node):
    name: str = strawberry.field(description="The name.")
    order: int = edge(
        column_edges.order_of, needs=("project_id", "scope_id", "rank"), description="Its place on the board, from 0."
    )
    rank: str = strawberry.field(
        description="Sorts the columns of a board: compare byte by byte, then by `id`. Unlike `order` it does not "
        "change with the moves of other columns."
    )
    project: ProjectRef = edge(
        scope_edges.project_of, needs=("project_id",), description="The project that it is part of."
    )
    scope: ScopeRef | None = edge(
        scope_edges.scope_of,
        needs=("scope_id",),
        description="The scope whose board it is on; null for the project's own.",
    )
    cards: Connection[CardRef] = edge(
        card_graph_edges.cards_of_column,
        needs=("project_id",),
        arguments=cards_window,
        description="Its cards, by their place.",
    )
    card_count: int = edge(column_edges.card_count_of, description="How many cards it has, archived ones left out.")
    archived_card_count: int = edge(
        column_edges.archived_card_count_of,
        description="How many archived cards it has, which are deleted with it as the others are.",
    )
    created_at: datetime = strawberry.field(description="When it was created.")
