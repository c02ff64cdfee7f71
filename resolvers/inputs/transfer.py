"""The transfer format: a project with everything in it. `docs/transfer.md` describes it to those who write such files.

Objects point at each other by their place in the file's own lists, from 0. What the reference's files hold is a subset.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models import Card, Column, CustomField, Document, Label, Project, Scope
from models.address import known_address
from models.enums import DocumentFormat, DocumentStatus, FieldType, OnOddItem, RelationType
from models.facts import TRANSFER
from models.limits import PROMPT, Text
from resolvers.inputs.card import ESTIMATE, LONGEST, MAX_LABELS, MAX_STEPS, Checklist
from resolvers.inputs.custom_field import MAX_FIELDS, Options
from resolvers.inputs.document import Content, Notes, Tags
from resolvers.inputs.label import MAX_PROJECT_LABELS
from resolvers.kit.fields import fields_of
from resolvers.kit.input import (
    Color,
    Date,
    Flag,
    Input,
    Minutes,
    Name,
    Order,
    Prose,
    Seconds,
    WorkspaceId,
)
from resolvers.kit.upload import Upload

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


@fields_of(Project, TRANSFER)
class ImportedProject(Input):
    """The project itself."""

    name: Name = Field(description="The name, 1 to 100 characters.")


@fields_of(Scope, TRANSFER)
class ImportedScope(Input):
    """A scope of the project."""

    start_date: Date | None = Field(None, description="When it starts.")
    end_date: Date | None = Field(None, description="When it ends.")


@fields_of(Column, TRANSFER)
class ImportedColumn(Input):
    """A column of the project's board, or of a scope's.

    `scope_index` points into `scopes`; without it the column is the project's own.
    """

    scope_index: Order | None = Field(
        None, description="Its scope's place in `scopes`, from 0; without one it is the project's own."
    )


@fields_of(Label, TRANSFER)
class ImportedLabel(Input):
    """A label with its colour. Those that cards alone name take a colour of a palette."""

    name: Name = Field(description="The name, 1 to 100 characters, unique in the project.")
    color: Color = Field(description="The colour as #rrggbb.")


@fields_of(CustomField, TRANSFER)
class ImportedField(Input):
    """A custom field of the project.

    A custom field; options are for the types `select` and `multi-select` alone.
    """

    name: Name = Field(description="The name, 1 to 100 characters, unique in the project.")
    type: FieldType = Field(description="What it holds.")
    options: Options = Field(default_factory=list, description="The choices of a select field, at most 100.")


class ImportedValue(Input):
    """A card's value of a custom field.

    The value of a custom field, which goes by its name: as the type wants it, options by their labels.
    """

    field: Name = Field(description="The name of the field.")
    value: Any = Field(
        description="Text, a number, a boolean, an ISO 8601 date, an option's label, or a list of those."
    )


class ImportedComment(Input):
    """A comment; its author is the person who imports it.

    `author` and `created_at` are kept beside the comment, whose author is the person who imports.
    """

    content: Annotated[str, Text(1, 2000), Prose] = Field(description="The text, 1 to 2,000 characters.")
    author: Annotated[str, Text(1, 254)] | None = Field(None, description="Who wrote it; kept as `originalAuthor`.")
    created_at: Date | None = Field(None, description="When it was written; kept as `originalAt`.")


class ImportedAttachment(Input):
    """A file on a card, out of the archive that a job imports.

    A file of the archive that the import came in: `file` is its name there. What it is tells its content.
    """

    name: Annotated[str, Text(1, 255)] = Field(description="The name of the file, 1 to 255 characters.")
    mime_type: Annotated[str, Text(1, 255)] | None = Field(
        None, description="The media type that it is declared to have."
    )
    file: Annotated[str, Text(1, 255)] = Field(description="Its name in the archive.")


class ImportedStep(Input):
    """A column that a card goes through by itself."""

    column_index: Order = Field(description="The column's place in `columns`, from 0.")
    enabled: Flag = Field(True, description="Whether the card stops there.")
    prompt: Annotated[str, PROMPT, Prose] | None = Field(None, description="What agents are told there.")


@fields_of(Card, TRANSFER)
class ImportedCard(Input):
    """A card.

    `column_index` points into `columns`; null puts the card beside them. Labels go by name, made where missing.

    `assignee` is an e-mail address, of use where it is that of a member of the workspace. When work began and ended
    follows from the column where the file does not tell it.
    """

    archived: Flag = Field(False, description="Whether it is taken out of sight.")
    estimate_minutes: Minutes | None = Field(None, description=ESTIMATE)
    max_duration_seconds: Seconds | None = Field(None, description=LONGEST)
    started_at: Date | None = Field(None, description="When work began; without it that follows from the column.")
    completed_at: Date | None = Field(None, description="When work ended; without it that follows from the column.")
    column_index: Order | None = Field(
        None, description="Its column's place in `columns`, from 0; without one it stands beside them."
    )
    pipeline: Annotated[list[ImportedStep], Field(max_length=MAX_STEPS)] | None = Field(
        None, description="The columns that it goes through by itself; without them the ACTIVE ones of its board."
    )
    checklist: Checklist = Field(default_factory=list, description="Its steps, at most 100.")
    labels: Annotated[list[Name], Field(max_length=MAX_LABELS)] = Field(
        default_factory=list, description="Its labels by name, made where missing."
    )
    assignee: Email | None = Field(
        None, description="The e-mail address of a member of the workspace; others are left out, with a warning."
    )
    custom_fields: Annotated[list[ImportedValue], Field(max_length=MAX_FIELDS)] = Field(
        default_factory=list, description="Its values of custom fields."
    )
    comments: Annotated[list[ImportedComment], Field(max_length=MAX_COMMENTS)] = Field(
        default_factory=list, description="What was said about it, oldest first."
    )
    attachments: Annotated[list[ImportedAttachment], Field(max_length=MAX_ATTACHMENTS)] = Field(
        default_factory=list,
        description="Its files, at most 100. They come with an archive alone, so that here each is a warning.",
    )


class ImportedRelation(Input):
    """A relation between two cards of the project.

    The card `source` blocks, duplicates, is the parent of or is related to the card `target`.
    """

    type: Annotated[RelationType, AfterValidator(_stored)] = Field(
        description="BLOCKS, DUPLICATES, PARENT_OF or RELATED_TO."
    )
    source: Order = Field(
        description="The place in `cards`, from 0, of the card that blocks, duplicates or is the parent."
    )
    target: Order = Field(description="The place in `cards` of the other card.")


@fields_of(Document, TRANSFER)
class ImportedDocument(Input):
    """A document of the project, or of one of its scopes.

    `content` is in the form that `content_format` names; `parent_index` points to a document before this one.

    `scope_index` is the scope that a document without a parent is about; without it that is the project.
    `card_indexes` are the cards that it is linked to.
    """

    content: Content = Field("", description="The text, at most 1,000,000 bytes.")
    content_format: DocumentFormat = Field(
        DocumentFormat.MARKDOWN, description="The form of `content`; MARKDOWN by default."
    )
    tags: Tags = Field(default_factory=list, description="Tags of 1 to 50 characters, at most 30.")
    status: DocumentStatus = Field(
        DocumentStatus.DRAFT, description="Where its review stands; only who may review brings it past that."
    )
    review_notes: Notes | None = Field(None, description="What was said in its review.")
    scope_index: Order | None = Field(
        None, description="The place in `scopes` of what it is about; without one that is the project."
    )
    parent_index: Order | None = Field(
        None, description="The place in `documents` of the one that it stands below, which comes before it."
    )
    card_indexes: Annotated[list[Order], Field(max_length=MAX_LINKS)] = Field(
        default_factory=list, description="The places in `cards` of those that it is linked to."
    )


class ProjectImport(Input):
    """A whole project: at most 50 columns and 500 cards; written all or not at all.

    At most 50 columns and 500 cards; what is wrong is told of the first bad card alone.
    """

    format: Literal["orrery.project"] = Field("orrery.project", description="`orrery.project`, where it is given.")
    version: Literal[1] = Field(1, description="1, where it is given.")
    project: ImportedProject = Field(description="The project.")
    members: Annotated[list[Email], Field(max_length=MAX_MEMBERS)] = Field(
        default_factory=list,
        description="E-mail addresses; who is a member of the workspace becomes one of the project.",
    )
    scopes: Annotated[list[ImportedScope], Field(max_length=MAX_SCOPES)] = Field(
        default_factory=list, description="Its scopes, in order."
    )
    columns: Annotated[list[ImportedColumn], Field(max_length=MAX_COLUMNS)] = Field(
        default_factory=list, description="Its columns, in order."
    )
    labels: Annotated[list[ImportedLabel], Field(max_length=MAX_PROJECT_LABELS)] = Field(
        default_factory=list, description="Its labels."
    )
    custom_fields: Annotated[list[ImportedField], Field(max_length=MAX_FIELDS)] = Field(
        default_factory=list, description="Its custom fields, in order."
    )
    cards: Annotated[list[ImportedCard], Field(max_length=MAX_CARDS, fail_fast=True)] = Field(
        default_factory=list, description="Its cards, in order."
    )
    relations: Annotated[list[ImportedRelation], Field(max_length=MAX_RELATIONS)] = Field(
        default_factory=list, description="The relations between its cards."
    )
    documents: Annotated[list[ImportedDocument], Field(max_length=MAX_CARDS)] = Field(
        default_factory=list, description="Its documents, each behind its parent."
    )


class WholeImport(ProjectImport):
    """What a job takes: 50,000 cards, and as many of the rest as a project may have."""

    scopes: Annotated[list[ImportedScope], Field(max_length=500)] = Field(default_factory=list)
    columns: Annotated[list[ImportedColumn], Field(max_length=5_000)] = Field(default_factory=list)
    cards: Annotated[list[ImportedCard], Field(max_length=WHOLE_CARDS, fail_fast=True)] = Field(default_factory=list)
    relations: Annotated[list[ImportedRelation], Field(max_length=WHOLE_RELATIONS)] = Field(default_factory=list)
    documents: Annotated[list[ImportedDocument], Field(max_length=MAX_DOCUMENTS)] = Field(default_factory=list)


class ProjectImportQuery(Input):
    """`on_odd_item` says what becomes of the others where an entry cannot be as it is: refused with it, or imported."""

    on_odd_item: OnOddItem = Field(
        OnOddItem.REFUSE, description="What becomes of a file with odd entries; REFUSE by default."
    )


class ProjectImportStart(ProjectImportQuery):
    """The file of a project, to be imported part by part.

    `file` is read once the caller is known to be allowed to write to the workspace.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that the project comes to.")
    file: Annotated[Upload, WithJsonSchema({"type": "string", "format": "binary"})] = Field(
        description="The file, as an export has it: at most 64 MB, by a multipart request."
    )
