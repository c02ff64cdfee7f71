"""Events of documents, their reviews and their links to cards."""

import strawberry

from resolvers import event
from resolvers.card_graph import card_of
from schema.document import Document
from schema.events.base import ActorRef, Event, actor, carried
from schema.events.base import event as entered
from schema.loading import edge
from schema.references import CardRef, DocumentRef

THEN = "The document as it was then; its text as its version has it today."


@entered("A document was created.")
class DocumentCreated(Event):
    actor: ActorRef = actor()
    document: Document = carried(THEN)


@entered("Fields or the text of a document changed.")
class DocumentUpdated(Event):
    actor: ActorRef = actor()
    document: Document = carried(THEN)
    changed_fields: list[str] = carried("The fields of `Document` that changed.")


@entered("A document moved to another parent, context or place.")
class DocumentMoved(Event):
    actor: ActorRef = actor()
    document: Document = carried(THEN)
    from_parent: DocumentRef | None = edge(
        event.from_parent_of, needs=("from_parent_id",), description="What it stood below, if that is still there."
    )
    to_parent: DocumentRef | None = edge(
        event.to_parent_of, needs=("to_parent_id",), description="What it stands below now."
    )
    order: int = carried("Its new place among the documents of the parent, from 0.")


@entered("A document was deleted, with its versions and links.")
class DocumentDeleted(Event):
    actor: ActorRef = actor()
    document_id: strawberry.ID = carried("The id of the document.", key="deleted_id")


@entered("A document was submitted for review.")
class DocumentReviewRequested(Event):
    actor: ActorRef = actor()
    document: Document = carried(THEN)


@entered("A document was approved, or changes were asked for.")
class DocumentReviewed(Event):
    actor: ActorRef = actor()
    document: Document = carried(THEN)


@entered("A document was linked to a card.")
class DocumentLinked(Event):
    actor: ActorRef = actor()
    linked_document: DocumentRef | None = edge(
        event.linked_document_of, needs=("link",), description="The document, if it is still there."
    )
    linked_card: CardRef | None = edge(card_of, needs=("card_id",), description="The card, if it is still there.")


@entered("A document was taken off a card; also where one of them was deleted.")
class DocumentUnlinked(Event):
    actor: ActorRef = actor()
    document_id: strawberry.ID = carried("The id of the document.")
    card_id: strawberry.ID = carried("The id of the card.")
