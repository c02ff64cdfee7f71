"""Inputs of the operations on documents, their reviews and links."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from models.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from resolvers.inputs.base import Flag, IdOf, Input, NotNull, Order, Prose, Text, Title, WorkspaceId

MAX_TAGS = 30
MAX_BATCH = 50

DocumentId = Annotated[ObjectId, IdOf(Kind.DOCUMENT)]


def _any_id(value: Any) -> ObjectId:
    try:
        return parse_id(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error


ContextId = Annotated[
    ObjectId, BeforeValidator(_any_id), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$"})
]
"""The id of an organization, a workspace, a project or a scope: which of them, the context's type tells."""


# Its length is the operation's to judge: what is too long has a code of its own.
_text: TypeAdapter[str] = TypeAdapter(Annotated[str, Text(0, 2**31, strip=False)])


def _content(value: Any) -> Any:
    if isinstance(value, str):
        return _text.validate_python(value)
    if not isinstance(value, dict) or value.get("type") != "doc":
        raise PydanticCustomError("content", "must be text, or a TipTap document")
    return value


Content = Annotated[
    Any,
    BeforeValidator(_content),
    WithJsonSchema(
        {
            "oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": True}],
            "description": "Markdown, or a TipTap document as JSON (text or an object), at most 1,000,000 bytes",
        }
    ),
]


def _unique(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Tag = Annotated[str, Text(1, 50)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(_unique)]
Version = Annotated[int, Field(strict=True, ge=1, le=2**53)]
Notes = Annotated[str, Text(0, 5000, strip=False), Prose]


class DocumentCreate(Input):
    """Without a context it is that of the parent, or else the workspace.

    Without `content_format`, an object and the JSON text of a document are TipTap's, any other text is Markdown.
    """

    workspace_id: WorkspaceId
    title: Title
    content: Content = ""
    content_format: DocumentFormat | None = None
    doc_type: DocumentType = DocumentType.DOCUMENT
    context_type: DocumentContext | None = None
    context_id: ContextId | None = None
    parent_id: DocumentId | None = None
    tags: Tags = Field(default_factory=list)


class DocumentUpdate(Input):
    """Only what is given changes.

    `expected_version` is the version that the client saw: the update is refused where one of the same fields has
    changed since. `parent_id` (null for the top) and `order` move in the same change.
    """

    title: Annotated[Title | None, NotNull] = None
    content: Annotated[Content | None, NotNull] = None
    content_format: Annotated[DocumentFormat | None, NotNull] = None
    doc_type: Annotated[DocumentType | None, NotNull] = None
    tags: Annotated[Tags | None, NotNull] = None
    parent_id: DocumentId | None = None
    order: Annotated[Order | None, NotNull] = None
    expected_version: Version | None = None


class DocumentMove(Input):
    """Where to: below a parent (null: the top of the context), or to the top of another context; and a place there.

    What stands below moves along.
    """

    parent_id: DocumentId | None = None
    context_type: DocumentContext | None = None
    context_id: ContextId | None = None
    order: Order | None = None
    after_document_id: DocumentId | None = None
    before_document_id: DocumentId | None = None


class DocumentBatch(Input):
    """What is done to each document of a batch. Deleting takes nothing beside it."""

    doc_type: Annotated[DocumentType | None, NotNull] = None
    add_tags: Tags = Field(default_factory=list)
    remove_tags: Tags = Field(default_factory=list)
    parent_id: DocumentId | None = None
    context_type: DocumentContext | None = None
    context_id: ContextId | None = None
    delete: Flag = False

    @model_validator(mode="after")
    def _something_alone(self) -> "DocumentBatch":
        wanted = self.changes()
        if not wanted and not self.delete:
            raise PydanticCustomError("batch", "must say at least one of the things to do")
        if wanted and self.delete:
            raise PydanticCustomError("batch", "cannot delete and change at once")
        return self

    def changes(self) -> set[str]:
        """The names of what is asked for beside a deletion."""
        return self.model_fields_set & {"doc_type", "add_tags", "remove_tags", *MOVING}


MOVING = frozenset({"parent_id", "context_type", "context_id"})


class DocumentBulk(DocumentBatch):
    """A batch with the documents that it is about."""

    ids: Annotated[list[DocumentId], Field(min_length=1, max_length=MAX_BATCH)]

    @property
    def batch(self) -> DocumentBatch:
        return DocumentBatch(**{name: getattr(self, name) for name in self.model_fields_set - {"ids"}})


class DocumentReview(Input):
    """The decision. With `expected_version`, refused where the document has changed since that version."""

    status: DocumentStatus
    notes: Notes | None = None
    expected_version: Version | None = None

    @model_validator(mode="after")
    def _decision(self) -> "DocumentReview":
        if self.status not in (DocumentStatus.APPROVED, DocumentStatus.CHANGES_REQUESTED):
            raise PydanticCustomError("status", "status must be approved or changes_requested")
        return self
