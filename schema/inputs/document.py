"""Inputs about documents, their reviews and links."""

import strawberry

from schema.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from schema.inputs.base import given, required

CONTENT = "Markdown, or a TipTap document as JSON text, at most 1,000,000 bytes."
FORMAT = "The form of `content`; without it the JSON text of a document is TipTap's, any other text Markdown."


@strawberry.input(description="A new document, the last one below its parent or in its context.")
class DocumentCreateInput:
    workspace_id: strawberry.ID = required("The workspace that it belongs to.")
    title: str = required("The title, 1 to 500 characters.")
    content: str | None = given(CONTENT)
    content_format: DocumentFormat | None = given(FORMAT)
    doc_type: DocumentType | None = given("What it is.")
    context_type: DocumentContext | None = given("The kind of what it is about; the parent's, or else the workspace.")
    context_id: strawberry.ID | None = given("The id of what it is about.")
    parent_id: strawberry.ID | None = given("The document that it stands below.")
    tags: list[str] | None = given("Tags of 1 to 50 characters, at most 30.")


@strawberry.input(description="What changes of a document. A new text of an approved one makes it a draft again.")
class DocumentUpdateInput:
    title: str | None = given("The title, 1 to 500 characters.")
    content: str | None = given(CONTENT)
    content_format: DocumentFormat | None = given(FORMAT)
    doc_type: DocumentType | None = given("What it is.")
    tags: list[str] | None = given("All its tags from now on.")
    parent_id: strawberry.ID | None = given("The document to stand below; null for the top of its context.")
    order: int | None = given("The place among the documents of the parent, from 0; past the end is the end.")
    expected_version: int | None = given(
        "The version that was seen: refused with CONFLICT where one of the same fields has changed since."
    )


@strawberry.input(description="Where a document goes with all below it, and at most one way to name the place there.")
class DocumentMoveInput:
    parent_id: strawberry.ID | None = given("The document to stand below; null for the top of the context.")
    context_type: DocumentContext | None = given("The kind of what it is about from now on.")
    context_id: strawberry.ID | None = given("The id of what it is about from now on.")
    order: int | None = given("The place among the documents of the parent, from 0; past the end is the end.")
    after_document_id: strawberry.ID | None = given("Right after this document.")
    before_document_id: strawberry.ID | None = given("Right before this document.")


@strawberry.input(description="What is done to every document of a batch; a deletion takes nothing beside it.")
class DocumentBatchInput:
    doc_type: DocumentType | None = given("What they are from now on.")
    add_tags: list[str] | None = given("Tags to put on.")
    remove_tags: list[str] | None = given("Tags to take off.")
    parent_id: strawberry.ID | None = given("The document to stand below; null for the top of the context.")
    context_type: DocumentContext | None = given("The kind of what they are about from now on.")
    context_id: strawberry.ID | None = given("The id of what they are about from now on.")
    delete: bool | None = given("Delete them with all below them.")


@strawberry.input(description="The decision of a reviewer.")
class DocumentReviewInput:
    status: DocumentStatus = required("APPROVED or CHANGES_REQUESTED.")
    notes: str | None = given("What to say about it, at most 5,000 characters.")
    expected_version: int | None = given("The version that was read: refused with CONFLICT where it has changed since.")
