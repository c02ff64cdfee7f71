"""Mutations on documents, their reviews and links."""

from typing import Annotated, Any

import strawberry

from resolvers import document, document_link, document_review, document_update
from resolvers.inputs.document import DocumentBatch, DocumentCreate, DocumentMove, DocumentReview, DocumentUpdate
from schema.arguments import CHANGES, VALUES, CardId, DocumentId, VersionId
from schema.card import Card
from schema.context import Info
from schema.document import Document
from schema.inputs.base import read
from schema.inputs.document import (
    DocumentBatchInput,
    DocumentCreateInput,
    DocumentMoveInput,
    DocumentReviewInput,
    DocumentUpdateInput,
)
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor


@strawberry.type(description="What a change of a document returns.")
class DocumentPayload:
    document: Document = strawberry.field(description="The document as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of a link between a document and a card returns.")
class DocumentLinkPayload:
    document: Document = strawberry.field(description="The document.")
    card: Card = strawberry.field(description="The card.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="Why one document of a batch was left as it is.")
class DocumentBatchError:
    code: str = strawberry.field(description="The stable code.")
    message: str = strawberry.field(description="The reason.")


@strawberry.type(description="What became of one document of a batch.")
class DocumentBatchResult:
    id: strawberry.ID = strawberry.field(description="The id of the document.")
    document: Document | None = strawberry.field(
        description="The document as it is now; null where it was deleted, or the change was refused."
    )
    error: DocumentBatchError | None = strawberry.field(description="Why it was refused.")


@strawberry.type(description="What a batch of documents returns.")
class DocumentBatchPayload:
    results: list[DocumentBatchResult] = strawberry.field(description="One for each, in the order of the ids.")
    cursor: Cursor = cursor_field()


DocumentIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of 1 to 50 documents.")]


@strawberry.type
class DocumentMutation:
    @mutation("Create a document.")
    async def document_create(self, info: Info, input: Annotated[DocumentCreateInput, VALUES]) -> DocumentPayload:
        done = await document.create_document(info.context.ctx, read(DocumentCreate, input))
        return committed(DocumentPayload, "document", done)

    @mutation("Change a document.")
    async def document_update(
        self, info: Info, id: DocumentId, input: Annotated[DocumentUpdateInput, CHANGES]
    ) -> DocumentPayload:
        done = await document_update.update_document(info.context.ctx, id, read(DocumentUpdate, input))
        return committed(DocumentPayload, "document", done)

    @mutation("Move a document with all below it.")
    async def document_move(
        self, info: Info, id: DocumentId, input: Annotated[DocumentMoveInput, VALUES]
    ) -> DocumentPayload:
        done = await document_update.move_document(info.context.ctx, id, read(DocumentMove, input))
        return committed(DocumentPayload, "document", done)

    @mutation("Delete a document with its versions, its links and all below it, for good.")
    async def document_delete(self, info: Info, id: DocumentId) -> DeletePayload:
        return deleted(await document.delete_document(info.context.ctx, id))

    @mutation("Do the same to up to 50 documents of one workspace.")
    async def document_batch_update(
        self, info: Info, ids: DocumentIds, input: Annotated[DocumentBatchInput, CHANGES]
    ) -> DocumentBatchPayload:
        results, cursor = await document_update.update_documents(info.context.ctx, ids, read(DocumentBatch, input))
        return payload(DocumentBatchPayload, results=[_result(one) for one in results], cursor=str(cursor))

    @mutation("Submit a document for review; those who may review are notified.")
    async def document_submit_review(self, info: Info, id: DocumentId) -> DocumentPayload:
        return committed(DocumentPayload, "document", await document_review.submit_document(info.context.ctx, id))

    @mutation("Approve a document that was submitted, or ask for changes.")
    async def document_review(
        self, info: Info, id: DocumentId, input: Annotated[DocumentReviewInput, VALUES]
    ) -> DocumentPayload:
        done = await document_review.review_document(info.context.ctx, id, read(DocumentReview, input))
        return committed(DocumentPayload, "document", done)

    @mutation("Link a document to a card of its workspace.")
    async def document_link(self, info: Info, id: DocumentId, card_id: CardId) -> DocumentLinkPayload:
        done = await document_link.link_document(info.context.ctx, id, card_id)
        return payload(DocumentLinkPayload, **done.value, cursor=str(done.cursor))

    @mutation("Take a document off a card.")
    async def document_unlink(self, info: Info, id: DocumentId, card_id: CardId) -> DocumentLinkPayload:
        done = await document_link.unlink_document(info.context.ctx, id, card_id)
        return payload(DocumentLinkPayload, **done.value, cursor=str(done.cursor))

    @mutation("Make the text of an older version the newest one.")
    async def document_restore_version(self, info: Info, id: DocumentId, version_id: VersionId) -> DocumentPayload:
        done = await document_update.restore_document_version(info.context.ctx, id, version_id)
        return committed(DocumentPayload, "document", done)


def _result(one: document_update.BatchResult) -> dict[str, Any]:
    # An exception as a value would be taken for a failure of the field.
    error = {"code": one.error.code, "message": one.error.message} if one.error else None
    return {"id": one.id, "document": one.document, "error": error}
