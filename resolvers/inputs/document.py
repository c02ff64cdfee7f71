"""Inputs of the operations on documents, their reviews and links."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from models import Document
from models.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.ids import Kind, parse_id
from models.limits import WITHOUT_NUL, Text
from resolvers.kit.batch import MAX_BATCH
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Flag, IdOf, Input, NotNull, Order, Prose, WorkspaceId, WrittenAs

MAX_TAGS = 30

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
    WrittenAs(str),
    BeforeValidator(_content),
    WithJsonSchema(
        {
            "oneOf": [{"type": "string", "pattern": WITHOUT_NUL}, {"type": "object", "additionalProperties": True}],
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


@fields_of(Document, CREATE)
class DocumentCreate(Input):
    """A new document, the last one below its parent or in its context.

    Without a context it is that of the parent, or else the workspace.

    Without `content_format`, an object and the JSON text of a document are TipTap's, any other text is Markdown.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    content: Content = Field("", description="Markdown, or a TipTap document as JSON text, at most 1,000,000 bytes.")
    content_format: DocumentFormat | None = Field(
        None,
        description=(
            "The form of `content`; without it the JSON text of a document is TipTap's, any other text Markdown."
        ),
    )
    context_type: DocumentContext | None = Field(
        None, description="The kind of what it is about; the parent's, or else the workspace."
    )
    context_id: ContextId | None = Field(None, description="The id of what it is about.")
    parent_id: DocumentId | None = Field(None, description="The document that it stands below.")
    tags: Tags = Field(default_factory=list, description="Tags of 1 to 50 characters, at most 30.")


@fields_of(Document, UPDATE)
class DocumentUpdate(Input):
    """What changes of a document. A new text of an approved one makes it a draft again.

    Only what is given changes.

    `expected_version` is the version that the client saw: the update is refused where one of the same fields has
    changed since. `parent_id` (null for the top) and `order` move in the same change.
    """

    content: Annotated[Content | None, NotNull] = Field(
        None, description="Markdown, or a TipTap document as JSON text, at most 1,000,000 bytes."
    )
    content_format: Annotated[DocumentFormat | None, NotNull] = Field(
        None,
        description=(
            "The form of `content`; without it the JSON text of a document is TipTap's, any other text Markdown."
        ),
    )
    tags: Annotated[Tags | None, NotNull] = Field(None, description="All its tags from now on.")
    parent_id: DocumentId | None = Field(
        None, description="The document to stand below; null for the top of its context."
    )
    order: Annotated[Order | None, NotNull] = Field(
        None, description="The place among the documents of the parent, from 0; past the end is the end."
    )
    expected_version: Version | None = Field(
        None,
        description="The version that was seen: refused with CONFLICT where one of the same fields has changed since.",
    )


class DocumentMove(Input):
    """Where a document goes with all below it, and at most one way to name the place there.

    Where to: below a parent (null: the top of the context), or to the top of another context; and a place there.

    What stands below moves along.
    """

    parent_id: DocumentId | None = Field(
        None, description="The document to stand below; null for the top of the context."
    )
    context_type: DocumentContext | None = Field(None, description="The kind of what it is about from now on.")
    context_id: ContextId | None = Field(None, description="The id of what it is about from now on.")
    order: Order | None = Field(
        None, description="The place among the documents of the parent, from 0; past the end is the end."
    )
    after_document_id: DocumentId | None = Field(None, description="Right after this document.")
    before_document_id: DocumentId | None = Field(None, description="Right before this document.")


class DocumentBatch(Input):
    """What is done to every document of a batch; a deletion takes nothing beside it."""

    doc_type: Annotated[DocumentType | None, NotNull] = Field(None, description="What they are from now on.")
    add_tags: Tags = Field(default_factory=list, description="Tags to put on.")
    remove_tags: Tags = Field(default_factory=list, description="Tags to take off.")
    parent_id: DocumentId | None = Field(
        None, description="The document to stand below; null for the top of the context."
    )
    context_type: DocumentContext | None = Field(None, description="The kind of what they are about from now on.")
    context_id: ContextId | None = Field(None, description="The id of what they are about from now on.")
    delete: Flag = Field(False, description="Delete them with all below them.")

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


def _decision(status: DocumentStatus) -> DocumentStatus:
    if status not in (DocumentStatus.APPROVED, DocumentStatus.CHANGES_REQUESTED):
        raise PydanticCustomError("status", "must be approved or changes_requested")
    return status


class DocumentReview(Input):
    """The decision of a reviewer.

    With `expected_version`, refused where the document has changed since that version.
    """

    status: Annotated[DocumentStatus, AfterValidator(_decision)] = Field(description="APPROVED or CHANGES_REQUESTED.")
    notes: Notes | None = Field(None, description="What to say about it, at most 5,000 characters.")
    expected_version: Version | None = Field(
        None, description="The version that was read: refused with CONFLICT where it has changed since."
    )
