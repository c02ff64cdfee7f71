"""Relations between cards."""

import strawberry

import models
from models.enums import RelationType
from resolvers.relation import graph as edges
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CardRef


@shows(models.Relation, "How one card of a workspace stands to another. It ends with either of them.")
class Relation(Node):
    source: CardRef | None = edge(edges.source_of)
    target: CardRef | None = edge(edges.target_of)


@strawberry.type(description="A relation as one of its cards sees it.")
class CardRelation:
    id: strawberry.ID = strawberry.field(description="The id of the relation.")
    type: RelationType = strawberry.field(description="What this card is to the other.")
    card: CardRef | None = edge(edges.other_of, needs=("card_id",), description="The other card.")
    relation: Relation = derived(lambda seen: seen["relation"], description="The relation itself.")


@extends(CardRef, after="custom_fields")
class OfCard:
    relations: list[CardRelation] = edge(
        edges.relations_of, description="How it stands to other cards, oldest first; at most 200."
    )
