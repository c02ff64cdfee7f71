"""Documents: a workspace's knowledge in a tree, with its versions and its links to cards.

The text of a document is that of its newest version, so that lists of documents never read any text.
"""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import ChangeCount, Stored, id_factory, kind, utc_now
from models.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from models.facts import FILTER, LISTED, SHOWN, SORT, TRANSFER, WRITTEN, Facts
from models.ids import Kind
from models.limits import TITLE
from models.records import DocumentLinkRecord, DocumentRecord, DocumentVersionRecord
from models.text import sort_key


@kind(0x56)
class Document(Stored[DocumentRecord]):
    """A document. Its context is that of its parent; `rank` orders it among the documents of the same parent.

    `title_key` is what it is sorted by (`models.base.sort_keys`).
    `approved_at` is when it was approved last, whatever became of it since.
    `project_id` and `scope_id` follow the context. `content_id` is the newest version, `content_format` the form that
    its text was written in, `excerpt` the beginning of it, `size` its bytes as Markdown and as TipTap JSON together.
    """

    added = {"order": int, "depth": int, "text": str}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DOCUMENT))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it is in.", refers=Kind.WORKSPACE)]
    context_type: Annotated[DocumentContext, Facts("The kind of what it is about.", SHOWN | FILTER)]
    context_id: Annotated[PydanticObjectId, Facts("What it is about.", SHOWN | FILTER)]
    project_id: Annotated[
        PydanticObjectId | None,
        Facts("The project that it is about, itself or by a scope.", SHOWN | FILTER, refers=Kind.PROJECT),
    ] = None
    scope_id: Annotated[
        PydanticObjectId | None, Facts("The scope that it is about.", SHOWN | FILTER, refers=Kind.SCOPE)
    ] = None
    parent_id: Annotated[
        PydanticObjectId | None,
        Facts("The document that it stands below; null at the top.", SHOWN | FILTER, refers=Kind.DOCUMENT),
    ] = None
    rank: Annotated[str, Facts("The place among the documents of the same parent.", SORT)]
    title: Annotated[str, Facts("The title.", SHOWN | WRITTEN | LISTED | TRANSFER, text=TITLE)]
    title_key: str = Field(default_factory=lambda data: sort_key(data["title"]))
    doc_type: Annotated[DocumentType, Facts("What it is.", SHOWN | WRITTEN | FILTER | TRANSFER)] = DocumentType.DOCUMENT
    tags: Annotated[
        list[str], Facts("Its tags.", SHOWN | FILTER | TRANSFER, told={FILTER: "A tag that it carries."})
    ] = Field(default_factory=list)
    status: Annotated[DocumentStatus, Facts("Where it stands in its review.", SHOWN | FILTER | TRANSFER)] = (
        DocumentStatus.DRAFT
    )
    review_notes: Annotated[str | None, Facts("What the last reviewer said.", SHOWN | TRANSFER)] = None
    submitted_by: Annotated[PydanticObjectId | None, Facts("Who last submitted it for review.", refers=Kind.USER)] = (
        None
    )
    submitted_at: Annotated[datetime | None, Facts("When it was last submitted for review.")] = None
    reviewed_by: Annotated[PydanticObjectId | None, Facts("Who last reviewed it.", refers=Kind.USER)] = None
    reviewed_at: Annotated[datetime | None, Facts("When it was last reviewed.")] = None
    approved_at: datetime | None = None
    content_id: PydanticObjectId
    content_format: Annotated[DocumentFormat, Facts("The form that its text was last written in.")]
    excerpt: Annotated[str, Facts("The beginning of the text, at most 200 characters, without markup.")]
    size: Annotated[int, Facts("The bytes of both forms of the text together.")]
    author_id: Annotated[PydanticObjectId | None, Facts("Who created it.", SHOWN | FILTER, refers=Kind.USER)] = None
    updated_by: Annotated[PydanticObjectId | None, Facts("Who last changed it.", refers=Kind.USER)] = None
    version: ChangeCount = 1
    field_versions: dict[str, int] = Field(default_factory=dict)
    created_at: Annotated[datetime, Facts("When it was created.", SHOWN | LISTED)] = Field(default_factory=utc_now)
    updated_at: Annotated[datetime, Facts("When it last changed.", SHOWN | LISTED)] = Field(default_factory=utc_now)

    class Settings:
        name = "documents"
        indexes = [
            IndexModel(
                [
                    ("workspace_id", ASCENDING),
                    ("context_id", ASCENDING),
                    ("parent_id", ASCENDING),
                    ("rank", ASCENDING),
                    ("_id", ASCENDING),
                ]
            ),
            IndexModel([("workspace_id", ASCENDING), ("tags", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("scope_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("parent_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
        ]


@kind(0x57)
class DocumentVersion(Stored[DocumentVersionRecord]):
    """The text of a document at a time: as it was written, and converted to the other form.

    `tiptap` is a TipTap document as JSON text. `number` counts the versions of the document, from 1. While it is the
    newest one, `kept_from` is the number of the oldest one that is kept, and `kept_bytes` the size of all that are;
    null in those that were written before this was counted.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DOCUMENT_VERSION))
    workspace_id: PydanticObjectId
    document_id: Annotated[PydanticObjectId, Facts("The document.", refers=Kind.DOCUMENT)]
    number: Annotated[int, Facts("Counts the versions of the document, from 1.")]
    author_id: Annotated[PydanticObjectId | None, Facts("Who wrote it.", refers=Kind.USER)] = None
    title: Annotated[str, Facts("The title of the document then.")]
    content_format: Annotated[DocumentFormat, Facts("The form that it was written in.")]
    markdown: str
    tiptap: str
    size: Annotated[int, Facts("The bytes of both forms together.")]
    kept_from: int | None = None
    kept_bytes: int | None = None
    created_at: Annotated[datetime, Facts("When it was begun.")] = Field(default_factory=utc_now)
    updated_at: Annotated[datetime, Facts("When it was last saved.")] = Field(default_factory=utc_now)

    class Settings:
        name = "document_versions"
        indexes = [
            IndexModel([("document_id", ASCENDING), ("number", DESCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]


@kind(0x58)
class DocumentLink(Stored[DocumentLinkRecord]):
    """A link between a document and a card of the same workspace; `project_id` is the card's."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DOCUMENT_LINK))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    document_id: PydanticObjectId
    card_id: PydanticObjectId
    created_by: PydanticObjectId | None = None

    class Settings:
        name = "document_links"
        indexes = [
            IndexModel([("document_id", ASCENDING), ("card_id", ASCENDING)], unique=True),
            IndexModel([("document_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
