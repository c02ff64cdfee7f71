"""Columns: the stages of a board."""

import models
from resolvers.card import graph as card_graph_edges
from resolvers.column import column as column_edges
from schema.connection import Connection
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.project import cards_window
from schema.references import CardRef


@shows(models.Column, "A stage of a project's or a scope's board.")
class Column(Node):
    order: int = edge(
        column_edges.order_of, needs=("project_id", "scope_id", "rank"), description="Its place on the board, from 0."
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
