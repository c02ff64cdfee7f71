"""Inputs of an import: a project with everything in it."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from schema.enums import (
    DocumentFormat,
    DocumentStatus,
    DocumentType,
    FieldType,
    OnOddItem,
    Priority,
    RelationType,
    ViewType,
)
from schema.inputs.base import given, required
from schema.inputs.card import ChecklistItemInput
from schema.inputs.custom_field import CustomFieldOptionInput
from schema.scalars import Upload


@strawberry.input(description="The project itself.")
class ImportedProjectInput:
    name: str = required("The name, 1 to 100 characters.")
    description: str | None = given("What it is about.")
    deadline: datetime | None = given("When it should be done.")


@strawberry.input(description="A scope of the project.")
class ImportedScopeInput:
    name: str = required("The name, 1 to 100 characters.")
    description: str | None = given("What it is about.")
    start_date: datetime | None = given("When it starts.")
    end_date: datetime | None = given("When it ends.")
    active_view: ViewType | None = given("How it is shown; KANBAN by default.")


@strawberry.input(description="A column of the project's board, or of a scope's.")
class ImportedColumnInput:
    name: str = required("The name, 1 to 100 characters.")
    scope_index: int | None = given("Its scope's place in `scopes`, from 0; without one it is the project's own.")


@strawberry.input(description="A label with its colour. Those that cards alone name take a colour of a palette.")
class ImportedLabelInput:
    name: str = required("The name, 1 to 100 characters, unique in the project.")
    color: str = required("The colour as #rrggbb.")


@strawberry.input(description="A custom field of the project.")
class ImportedFieldInput:
    name: str = required("The name, 1 to 100 characters, unique in the project.")
    type: FieldType = required("What it holds.")
    options: list[CustomFieldOptionInput] | None = given("The choices of a select field, at most 100.")


@strawberry.input(description="A card's value of a custom field.")
class ImportedValueInput:
    field: str = required("The name of the field.")
    value: JSON = required("Text, a number, a boolean, an ISO 8601 date, an option's label, or a list of those.")


@strawberry.input(description="A comment; its author is the person who imports it.")
class ImportedCommentInput:
    content: str = required("The text, 1 to 2,000 characters.")
    author: str | None = given("Who wrote it; kept as `originalAuthor`.")
    created_at: datetime | None = given("When it was written; kept as `originalAt`.")


@strawberry.input(description="A file on a card, out of the archive that a job imports.")
class ImportedAttachmentInput:
    name: str = required("The name of the file, 1 to 255 characters.")
    mime_type: str | None = given("The media type that it is declared to have.")
    file: str = required("Its name in the archive.")


@strawberry.input(description="A card.")
class ImportedCardInput:
    title: str = required("The title, 1 to 500 characters.")
    column_index: int | None = given("Its column's place in `columns`, from 0; without one it stands beside them.")
    description: str | None = given("The details as Markdown.")
    priority: Priority | None = given("How urgent it is.")
    start_date: datetime | None = given("When work starts.")
    due_date: datetime | None = given("When it is due.")
    started_at: datetime | None = given("When work began; without it that follows from the column.")
    completed_at: datetime | None = given("When work ended; without it that follows from the column.")
    archived: bool | None = given("Whether it is out of sight.")
    checklist: list[ChecklistItemInput] | None = given("Its steps, at most 100.")
    labels: list[str] | None = given("Its labels by name, made where missing.")
    assignee: str | None = given(
        "The e-mail address of a member of the workspace; others are left out, with a warning."
    )
    custom_fields: list[ImportedValueInput] | None = given("Its values of custom fields.")
    comments: list[ImportedCommentInput] | None = given("What was said about it, oldest first.")
    attachments: list[ImportedAttachmentInput] | None = given(
        "Its files, at most 100. They come with an archive alone, so that here each is a warning."
    )


@strawberry.input(description="A relation between two cards of the project.")
class ImportedRelationInput:
    type: RelationType = required("BLOCKS, DUPLICATES, PARENT_OF or RELATED_TO.")
    source: int = required("The place in `cards`, from 0, of the card that blocks, duplicates or is the parent.")
    target: int = required("The place in `cards` of the other card.")


@strawberry.input(description="A document of the project, or of one of its scopes.")
class ImportedDocumentInput:
    title: str = required("The title, 1 to 500 characters.")
    doc_type: DocumentType | None = given("What it is.")
    content: str | None = given("The text, at most 1,000,000 bytes.")
    content_format: DocumentFormat | None = given("The form of `content`; MARKDOWN by default.")
    tags: list[str] | None = given("Tags of 1 to 50 characters, at most 30.")
    status: DocumentStatus | None = given("Where its review stands; only who may review brings it past that.")
    review_notes: str | None = given("What was said in its review.")
    scope_index: int | None = given("The place in `scopes` of what it is about; without one that is the project.")
    parent_index: int | None = given("The place in `documents` of the one that it stands below, which comes before it.")
    card_indexes: list[int] | None = given("The places in `cards` of those that it is linked to.")


@strawberry.input(description="A whole project: at most 50 columns and 500 cards; written all or not at all.")
class ProjectImportInput:
    format: str | None = given("`orrery.project`, where it is given.")
    version: int | None = given("1, where it is given.")
    project: ImportedProjectInput = required("The project.")
    members: list[str] | None = given("E-mail addresses; who is a member of the workspace becomes one of the project.")
    scopes: list[ImportedScopeInput] | None = given("Its scopes, in order.")
    columns: list[ImportedColumnInput] | None = given("Its columns, in order.")
    labels: list[ImportedLabelInput] | None = given("Its labels.")
    custom_fields: list[ImportedFieldInput] | None = given("Its custom fields, in order.")
    cards: list[ImportedCardInput] | None = given("Its cards, in order.")
    relations: list[ImportedRelationInput] | None = given("The relations between its cards.")
    documents: list[ImportedDocumentInput] | None = given("Its documents, each behind its parent.")


@strawberry.input(description="The file of a project, to be imported part by part.")
class ProjectImportStartInput:
    workspace_id: strawberry.ID = required("The workspace that the project comes to.")
    file: Upload = required("The file, as an export has it: at most 64 MB, by a multipart request.")
    on_odd_item: OnOddItem | None = given("What becomes of a file with odd entries; REFUSE by default.")
