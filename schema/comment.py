"""Comments on cards."""

from datetime import datetime

import strawberry

from resolvers.card import graph as card_graph_edges
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, UserRef


@strawberry.type(description="A comment on a card.")
class Comment(Node):
    content: str = strawberry.field(description="The text.")
    author: UserRef = edge(card_graph_edges.author_of, needs=("author_id",), description="Who wrote it.")
    card: CardRef = edge(card_graph_edges.card_of, needs=("card_id",), description="The card that it is about.")
    created_at: datetime = strawberry.field(description="When it was written.")
    original_author: str | None = strawberry.field(
        description="Of an imported comment: who wrote it, as the file told. Its author is the one who imported it."
    )
    original_at: datetime | None = strawberry.field(
        description="Of an imported comment: when it was written, as the file told."
    )
