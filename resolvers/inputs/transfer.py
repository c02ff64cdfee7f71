"""The transfer format: a project with everything in it. `docs/transfer.md` describes it to those who write such files.

Objects point at each other by their place in the file's own lists, from 0. What the reference's files hold is a subset.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.address import known_address
from models.enums import DocumentFormat, DocumentStatus, DocumentType, FieldType, OnOddItem, RelationType, ViewType
from resolvers.inputs.base import (
    Color,
    Date,
    Description,
    Flag,
    Input,
    Name,
    Order,
    PriorityWord,
    Prose,
    Text,
    Title,
    WorkspaceId,
)
from resolvers.inputs.board import MAX_PROJECT_LABELS
from resolvers.inputs.card import MAX_LABELS, Checklist
from resolvers.inputs.custom_field import MAX_FIELDS, Options
from resolvers.inputs.document import Content, Notes, Tags
from resolvers.upload import Upload

FORMAT = "orrery.project"
VERSION = 1

MAX_COLUMNS = 50
MAX_CARDS = 500
MAX_SCOPES = 100
MAX_MEMBERS = 500
MAX_COMMENTS = 5_000
MAX_ATTACHMENTS = 100
MAX_RELATIONS = 10_000
MAX_DOCUMENTS = 5_000
MAX_LINKS = 500
WHOLE_CARDS = 50_000
WHOLE_RELATIONS = 200_000

STORED = (RelationType.BLOCKS, RelationType.DUPLICATES, RelationType.PARENT_OF, RelationType.RELATED_TO)

Email = Annotated[str, Text(3, 254), AfterValidator(known_address)]


def _stored(type: RelationType) -> RelationType:
    if type not in STORED:
        raise PydanticCustomError("relation", "must be blocks, duplicates, parent_of or related_to")
    return type


class ImportedProject(Input):
    name: Name
    description: Description | None = None
    deadline: Date | None = None


class ImportedScope(Input):
    name: Name
    description: Description | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    active_view: ViewType = ViewType.KANBAN


class ImportedColumn(Input):
    """`scope_index` points into `scopes`; without it the column is the project's own."""

    name: Name
    scope_index: Order | None = None


class ImportedLabel(Input):
    name: Name
    color: Color


class ImportedField(Input):
    """A custom field; options are for the types `select` and `multi-select` alone."""

    name: Name
    type: FieldType
    options: Options = Field(default_factory=list)


class ImportedValue(Input):
    """The value of a custom field, which goes by its name: as the type wants it, options by their labels."""

    field: Name
    value: Any


class ImportedComment(Input):
    """`author` and `created_at` are kept beside the comment, whose author is the person who imports."""

    content: Annotated[str, Text(1, 2000), Prose]
    author: Annotated[str, Text(1, 254)] | None = None
    created_at: Date | None = None


class ImportedAttachment(Input):
    """A file of the archive that the import came in: `file` is its name there. What it is tells its content."""

    name: Annotated[str, Text(1, 255)]
    mime_type: Annotated[str, Text(1, 255)] | None = None
    file: Annotated[str, Text(1, 255)]


class ImportedCard(Input):
    """`column_index` points into `columns`; null puts the card beside them. Labels go by name, made where missing.

    `assignee` is an e-mail address, of use where it is that of a member of the workspace. When work began and ended
    follows from the column where the file does not tell it.
    """

    title: Title
    column_index: Order | None = None
    description: Description | None = None
    priority: PriorityWord | None = None
    start_date: Date | None = None
    due_date: Date | None = None
    started_at: Date | None = None
    completed_at: Date | None = None
    archived: Flag = False
    checklist: Checklist = Field(default_factory=list)
    labels: Annotated[list[Name], Field(max_length=MAX_LABELS)] = Field(default_factory=list)
    assignee: Email | None = None
    custom_fields: Annotated[list[ImportedValue], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)
    comments: Annotated[list[ImportedComment], Field(max_length=MAX_COMMENTS)] = Field(default_factory=list)
    attachments: Annotated[list[ImportedAttachment], Field(max_length=MAX_ATTACHMENTS)] = Field(default_factory=list)


class ImportedRelation(Input):
    """The card `source` blocks, duplicates, is the parent of or is related to the card `target`."""

    type: Annotated[RelationType, AfterValidator(_stored)]
    source: Order
    target: Order


class ImportedDocument(Input):
    """`content` is in the form that `content_format` names; `parent_index` points to a document before this one.

    `scope_index` is the scope that a document without a parent is about; without it that is the project. `card_indexes`
    are the cards that it is linked to.
    """

    title: Title
    doc_type: DocumentType = DocumentType.DOCUMENT
    content: Content = ""
    content_format: DocumentFormat = DocumentFormat.MARKDOWN
    tags: Tags = Field(default_factory=list)
    status: DocumentStatus = DocumentStatus.DRAFT
    review_notes: Notes | None = None
    scope_index: Order | None = None
    parent_index: Order | None = None
    card_indexes: Annotated[list[Order], Field(max_length=MAX_LINKS)] = Field(default_factory=list)


class ProjectImport(Input):
    """At most 50 columns and 500 cards; what is wrong is told of the first bad card alone."""

    format: Literal["orrery.project"] = "orrery.project"
    version: Literal[1] = 1
    project: ImportedProject
    members: Annotated[list[Email], Field(max_length=MAX_MEMBERS)] = Field(default_factory=list)
    scopes: Annotated[list[ImportedScope], Field(max_length=MAX_SCOPES)] = Field(default_factory=list)
    columns: Annotated[list[ImportedColumn], Field(max_length=MAX_COLUMNS)] = Field(default_factory=list)
    labels: Annotated[list[ImportedLabel], Field(max_length=MAX_PROJECT_LABELS)] = Field(default_factory=list)
    custom_fields: Annotated[list[ImportedField], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)
    cards: Annotated[list[ImportedCard], Field(max_length=MAX_CARDS, fail_fast=True)] = Field(default_factory=list)
    relations: Annotated[list[ImportedRelation], Field(max_length=MAX_RELATIONS)] = Field(default_factory=list)
    documents: Annotated[list[ImportedDocument], Field(max_length=MAX_CARDS)] = Field(default_factory=list)


class WholeImport(ProjectImport):
    """What a job takes: 50,000 cards, and as many of the rest as a project may have."""

    scopes: Annotated[list[ImportedScope], Field(max_length=500)] = Field(default_factory=list)
    columns: Annotated[list[ImportedColumn], Field(max_length=5_000)] = Field(default_factory=list)
    cards: Annotated[list[ImportedCard], Field(max_length=WHOLE_CARDS, fail_fast=True)] = Field(default_factory=list)
    relations: Annotated[list[ImportedRelation], Field(max_length=WHOLE_RELATIONS)] = Field(default_factory=list)
    documents: Annotated[list[ImportedDocument], Field(max_length=MAX_DOCUMENTS)] = Field(default_factory=list)


class ProjectImportQuery(Input):
    """`on_odd_item` says what becomes of the others where an entry cannot be as it is: refused with it, or imported."""

    on_odd_item: OnOddItem = OnOddItem.REFUSE


class ProjectImportStart(ProjectImportQuery):
    """`file` is read once the caller is known to be allowed to write to the workspace."""

    workspace_id: WorkspaceId
    file: Annotated[Upload, WithJsonSchema({"type": "string", "format": "binary"})]
