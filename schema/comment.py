"""Comments on cards."""

import models
from resolvers.card import graph as card_graph_edges
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, UserRef


@shows(models.Comment, "A comment on a card.")
class Comment(Node):
    author: UserRef = edge(card_graph_edges.author_of)
    card: CardRef = edge(card_graph_edges.card_of)
