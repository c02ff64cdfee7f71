"""Documents: a workspace's knowledge in a tree, with its versions and its links to cards.

The text of a document is that of its newest version, so that lists of documents never read any text.
"""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from models.ids import Kind
from models.text import sort_key


class Document(Stored):
    """A document. Its context is that of its parent; `rank` orders it among the documents of the same parent.

    `title_key` is what it is sorted by (`models.base.sort_keys`).
    `approved_at` is when it was approved last, whatever became of it since.
    `project_id` and `scope_id` follow the context. `content_id` is the newest version, `content_format` the form that
    its text was written in, `excerpt` the beginning of it, `size` its bytes as Markdown and as TipTap JSON together.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DOCUMENT))
    workspace_id: PydanticObjectId
    context_type: DocumentContext
    context_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
    scope_id: PydanticObjectId | None = None
    parent_id: PydanticObjectId | None = None
    rank: str
    title: str
    title_key: str = Field(default_factory=lambda data: sort_key(data["title"]))
    doc_type: DocumentType = DocumentType.DOCUMENT
    tags: list[str] = Field(default_factory=list)
    status: DocumentStatus = DocumentStatus.DRAFT
    review_notes: str | None = None
    submitted_by: PydanticObjectId | None = None
    submitted_at: datetime | None = None
    reviewed_by: PydanticObjectId | None = None
    reviewed_at: datetime | None = None
    approved_at: datetime | None = None
    content_id: PydanticObjectId
    content_format: DocumentFormat
    excerpt: str
    size: int
    author_id: PydanticObjectId | None = None
    updated_by: PydanticObjectId | None = None
    version: int = 1
    field_versions: dict[str, int] = Field(default_factory=dict)
    updated_at: datetime = Field(default_factory=utc_now)

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


class DocumentVersion(Stored):
    """The text of a document at a time: as it was written, and converted to the other form.

    `tiptap` is a TipTap document as JSON text. `number` counts the versions of the document, from 1. While it is the
    newest one, `kept_from` is the number of the oldest one that is kept, and `kept_bytes` the size of all that are;
    null in those that were written before this was counted.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DOCUMENT_VERSION))
    workspace_id: PydanticObjectId
    document_id: PydanticObjectId
    number: int
    author_id: PydanticObjectId | None = None
    title: str
    content_format: DocumentFormat
    markdown: str
    tiptap: str
    size: int
    kept_from: int | None = None
    kept_bytes: int | None = None
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "document_versions"
        indexes = [
            IndexModel([("document_id", ASCENDING), ("number", DESCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]


class DocumentLink(Stored):
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
