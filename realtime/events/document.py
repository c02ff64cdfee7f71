"""Events of documents, their reviews and their links to cards.

The document's record comes without its text, which is that of the version it names.
"""

from typing import Annotated, Any

from models.records import DocumentLinkRecord, DocumentRecord
from realtime.events.base import IN_PROJECT, Carried, Event, Id, Shown


class DocumentEvent(Event, topics=IN_PROJECT, abstract=True):
    """An event that carries a document; routed by its project, if it has one, unless it tells the project that the
    document has left."""

    document: Annotated[DocumentRecord, Shown("The document as it was then; its text as its version has it today.")]

    def model_post_init(self, _: Any) -> None:
        if self.project_id is None:
            object.__setattr__(self, "project_id", self.document["project_id"])


class DocumentCreated(DocumentEvent):
    """A document was created.

    `order` is its place among the documents of the same parent.
    """

    order: int


class DocumentUpdated(DocumentEvent):
    """Fields or the text of a document changed.

    `changed_fields` are names of the graph (`content`, `docType`).
    """

    changed_fields: Annotated[list[str], Shown("The fields of `Document` that changed.")]


class DocumentMoved(DocumentEvent):
    """A document moved to another parent, context or place."""

    from_parent_id: Id | None
    to_parent_id: Id | None
    order: Annotated[int, Shown("Its new place among the documents of the parent, from 0.")]


class DocumentReviewRequested(DocumentEvent):
    """A document was submitted for review."""


class DocumentReviewed(DocumentEvent):
    """A document was approved, or changes were asked for.

    `document` has the decision, the notes and who decided.
    """


class DocumentDeleted(Event, topics=IN_PROJECT):
    """A document was deleted, with its versions and links."""

    deleted_id: Annotated[Id, Shown("The id of the document.", name="document_id")]


class DocumentLinked(Event, topics=IN_PROJECT):
    """A document was linked to a card."""

    link: Annotated[DocumentLinkRecord, Carried()]


class DocumentUnlinked(Event, topics=IN_PROJECT):
    """A document was taken off a card; also where one of them was deleted."""

    deleted_id: Id
    document_id: Annotated[Id, Shown("The id of the document.")]
    card_id: Annotated[Id | None, Shown("The id of the card.")] = None
