"""Columns: the stages of a board."""

import models
from resolvers.column import column as column_edges
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import ProjectRef, ScopeRef


@shows(models.Column, "A stage of a project's or a scope's board.")
class Column(Node):
    order: int = edge(
        column_edges.order_of, needs=("project_id", "scope_id", "rank"), description="Its place on the board, from 0."
    )
    card_count: int = edge(column_edges.card_count_of, description="How many cards it has, archived ones left out.")
    archived_card_count: int = edge(
        column_edges.archived_card_count_of,
        description="How many archived cards it has, which are deleted with it as the others are.",
    )


@extends(ProjectRef, after="scopes")
class OfProject:
    columns: list[Column] = edge(
        column_edges.columns_of_project, description="The columns of the project itself, outside any scope, in order."
    )


@extends(ScopeRef, after="views")
class OfScope:
    columns: list[Column] = edge(column_edges.columns_of_scope, description="Its columns, in order.")
