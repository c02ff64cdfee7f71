"""Comments on cards."""

import models
from resolvers.card.graph import comments_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef


@shows(models.Comment, "A comment on a card.")
class Comment(Node):
    pass


@extends(CardRef, after="worktree")
class OfCard:
    comments: Connection[Comment] = edge(
        comments_of, arguments=window, description="What was said about it, oldest first."
    )
