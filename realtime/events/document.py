"""Events of documents, their reviews and their links to cards.

The document's record comes without its text, which is that of the version it names.
"""

from typing import Any

from models.base import Record
from realtime.events.base import Event, Id


class DocumentEvent(Event):
    """An event that carries a document; routed by its project, if it has one, unless it tells the project that the
    document has left."""

    document: Record

    def model_post_init(self, _: Any) -> None:
        if self.project_id is None:
            object.__setattr__(self, "project_id", self.document["project_id"])


class DocumentCreated(DocumentEvent):
    """`order` is its place among the documents of the same parent."""

    order: int


class DocumentUpdated(DocumentEvent):
    """`changed_fields` are names of the graph (`content`, `docType`)."""

    changed_fields: list[str]


class DocumentMoved(DocumentEvent):
    from_parent_id: Id | None
    to_parent_id: Id | None
    order: int


class DocumentReviewRequested(DocumentEvent):
    """It was submitted."""


class DocumentReviewed(DocumentEvent):
    """`document` has the decision, the notes and who decided."""


class DocumentDeleted(Event):
    deleted_id: Id


class DocumentLinked(Event):
    link: Record


class DocumentUnlinked(Event):
    """Also where the document or the card was deleted."""

    deleted_id: Id
    document_id: Id
