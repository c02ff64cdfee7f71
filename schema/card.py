"""Cards: the work items, with their checklist."""

from collections.abc import Sequence, Set

import strawberry

import models
from models.base import AnyRecord
from models.card import CardStep as CardStepModel
from models.card_enums import CardStage
from models.records import CardRecord
from resolvers.card import custom as card_custom_edges
from resolvers.card import graph as card_graph_edges
from resolvers.card import pipeline as card_pipeline_edges
from resolvers.card import seen as seen_edges
from resolvers.credential.assigned import credential_of
from resolvers.relation import graph as relation_edges
from schema.connection import Connection, window_of
from schema.custom_field import CustomFieldValue
from schema.extension import extends
from schema.fields import shows
from schema.filters import CardFilter, CardOrder
from schema.label import Label
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CardRef, ColumnRef, CredentialRef, ProjectRef, ScopeRef

PLACE = ("column_id", "project_id", "rank")

cards_window = window_of(CardFilter, CardOrder)


def _checklist(card: CardRecord, asked: Set[str]) -> Sequence[AnyRecord]:
    items = card["checklist"]
    if "order" not in asked:
        return items
    return [
        {"_id": item["id"], "title": item["title"], "done": item["done"], "order": place}
        for place, item in enumerate(items)
    ]


def _checklist_progress(card: CardRecord) -> float:
    items = card["checklist"]
    return sum(item["done"] for item in items) / len(items) if items else 0.0


@strawberry.type(description="A step of a card.")
class ChecklistItem:
    id: strawberry.ID = strawberry.field(description="The id, unique in the card.")
    title: str = strawberry.field(description="What is to be done.")
    done: bool = strawberry.field(description="Whether it is done.")
    order: int = strawberry.field(description="Its place in the list, from 0.")


@shows(CardStepModel, "A column that a card goes through by itself.")
class CardStep:
    pass


@shows(models.Card, "A work item of a project.")
class Card(Node):
    order: int = edge(card_graph_edges.order_of, needs=PLACE, description="Its place in its column, from 0.")
    stage: CardStage = edge(
        card_graph_edges.stage_of_cards,
        needs=("project_id", "column_id", "archived"),
        description="How far it is, by the column that it stands in.",
    )
    labels: list[Label] = edge(
        card_graph_edges.labels_of, needs=("label_ids",), description="Its labels, in the order they were put on."
    )
    checklist: list[ChecklistItem] = derived(
        _checklist, needs=("checklist",), selected=True, description="Its steps, in order."
    )
    checklist_progress: float = derived(
        _checklist_progress, needs=("checklist",), description="Done steps over all steps, 0 to 1; 0 without any."
    )
    custom_fields: list[CustomFieldValue] = edge(
        card_custom_edges.custom_fields_of,
        needs=("project_id", "custom_values"),
        description="The custom fields that it has a value for, in the project's order.",
    )
    blocked_by: list[CardRef] = edge(
        relation_edges.blocked_by_of, description="The cards that it waits for, done ones included."
    )
    blocks: list[CardRef] = edge(relation_edges.blocks_of, description="The cards that wait for it.")
    is_blocked: bool = edge(
        relation_edges.is_blocked_of,
        description="Whether it waits for a card that is neither archived nor in a column that is done.",
    )
    parent: CardRef | None = edge(relation_edges.parent_of, description="The card that it is a part of.")
    children: list[CardRef] = edge(relation_edges.children_of, description="The cards that are parts of it.")
    pipeline: list[CardStep] = edge(
        card_pipeline_edges.pipeline_of,
        needs=("project_id", "scope_id", "pipeline"),
        description="The columns that it goes through by itself: its own choice, else the ACTIVE ones of its board.",
    )
    credential: CredentialRef | None = edge(
        credential_of,
        needs=("credential_id",),
        description="What models are asked with for it, before its project's: for admins of the organization.",
    )
    is_unread: bool = edge(
        seen_edges.is_unread_of,
        needs=("project_id", "workspace_id"),
        description="Whether others have done something with it since the viewer looked at it: as far as the 100 "
        "newest activities of its project tell.",
    )


@extends(ProjectRef, after="columns")
class OfProject:
    cards: Connection[Card] = edge(
        card_graph_edges.cards_of_project,
        arguments=cards_window,
        description="All its cards, those of its scopes included.",
    )


@extends(ScopeRef, after="columns")
class OfScope:
    cards: Connection[Card] = edge(
        card_graph_edges.cards_of_scope, needs=("project_id",), arguments=cards_window, description="Its cards."
    )


@extends(ColumnRef, after="order")
class OfColumn:
    cards: Connection[Card] = edge(
        card_graph_edges.cards_of_column,
        needs=("project_id",),
        arguments=cards_window,
        description="Its cards, by their place.",
    )
