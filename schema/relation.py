"""Relations between cards."""

from datetime import datetime

import strawberry

from resolvers.relation import graph as edges
from schema.enums import RelationType
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CardRef, UserRef


@strawberry.type(description="How one card of a workspace stands to another. It ends with either of them.")
class Relation(Node):
    type: RelationType = strawberry.field(description="What the source is to the target.")
    source: CardRef | None = edge(edges.source_of, needs=("source_id",), description="The card that it begins at.")
    target: CardRef | None = edge(edges.target_of, needs=("target_id",), description="The card that it leads to.")
    created_by: UserRef | None = edge(edges.creator_of, needs=("created_by",), description="Who related the two.")
    created_at: datetime = strawberry.field(description="When they were related.")


@strawberry.type(description="A relation as one of its cards sees it.")
class CardRelation:
    id: strawberry.ID = strawberry.field(description="The id of the relation.")
    type: RelationType = strawberry.field(description="What this card is to the other.")
    card: CardRef | None = edge(edges.other_of, needs=("card_id",), description="The other card.")
    relation: Relation = derived(lambda seen: seen["relation"], description="The relation itself.")
