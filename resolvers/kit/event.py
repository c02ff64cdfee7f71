"""What can be reached from an event beside the object that it carries. Its `actor_id` leads to who caused it."""

from collections.abc import Sequence

from models import Document
from models.base import AnyRecord
from models.enums import TokenScope
from models.records import DocumentRecord
from resolvers.kit.context import Context
from resolvers.kit.load import one_by, to_one
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import COLUMN, DOCUMENT, QUEUE
from resolvers.kit.operation import edge

from_column_of = one_by(COLUMN, "from_column_id")
"""The column that a card left; None where it is gone, or there was none."""
to_column_of = one_by(COLUMN, "to_column_id")
"""The column that a card came to; None where it is gone, or there is none."""
from_parent_of = one_by(DOCUMENT, "from_parent_id")
"""What a document stood below; None where that is gone, or it stood at the top."""
to_parent_of = one_by(DOCUMENT, "to_parent_id")
"""What a document came to stand below; None where that is gone, or it stands at the top."""

queue_of = one_by(QUEUE, "queue_id")
"""The queue of a job or a schedule; None where it is gone."""


@edge(scope=TokenScope.PROJECTS_READ)
async def linked_document_of(ctx: Context, events: Sequence[AnyRecord], fields: Fields) -> list[DocumentRecord | None]:
    """The document of a link; None where it is gone."""
    return await to_one(Document, [event["link"] for event in events], "document_id", fields)
