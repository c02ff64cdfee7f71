"""Files on cards."""

import models
from resolvers.attachment import graph as edges
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, UserRef


@shows(models.Attachment, "A file on a card.")
class Attachment(Node):
    url: str = edge(
        edges.urls_of,
        description="A path of this gateway that answers with its bytes, for 10 minutes, to whoever has the link. "
        "Without the query part it takes a credential, and does not expire.",
    )
    card: CardRef | None = edge(edges.card_of)
    uploaded_by: UserRef | None = edge(edges.uploader_of)


@extends(CardRef, after="comments")
class OfCard:
    attachments: list[Attachment] = edge(
        edges.attachments_of, description="The files on it, oldest first; at most 100."
    )
