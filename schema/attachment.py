"""Files on cards."""

from datetime import datetime

import strawberry

from resolvers.attachment import graph as edges
from schema.loading import edge
from schema.node import Node
from schema.references import CardRef, UserRef


@strawberry.type(description="A file on a card.")
class Attachment(Node):
    name: str = strawberry.field(description="The name of the file, without folders.")
    mime_type: str = strawberry.field(
        description="The media type that it is served as: by its bytes; what was declared counts as far as harmless."
    )
    declared_mime_type: str | None = strawberry.field(description="The media type that its uploader declared.")
    detected_mime_type: str | None = strawberry.field(description="What its bytes say; null where they say nothing.")
    size: int = strawberry.field(description="How many bytes it has.")
    sha256: str = strawberry.field(description="The SHA-256 of its bytes, in hexadecimal digits.")
    url: str = edge(
        edges.urls_of,
        description="A path of this gateway that answers with its bytes, for 10 minutes, to whoever has the link. "
        "Without the query part it takes a credential, and does not expire.",
    )
    card: CardRef | None = edge(edges.card_of, needs=("card_id",), description="The card that it is attached to.")
    uploaded_by: UserRef | None = edge(edges.uploader_of, needs=("uploaded_by",), description="Who attached it.")
    created_at: datetime = strawberry.field(description="When it was attached.")
