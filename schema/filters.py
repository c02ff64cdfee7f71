"""Filters and orders of lists: typed comparators that `resolvers.kit.filters` compiles."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry
from strawberry import UNSET

from schema.enums import DocumentContext, DocumentStatus, DocumentType, MissionStatus, Priority, described
from schema.inputs.base import given, required


@strawberry.input(description="Conditions on text; all that are given must hold.")
class StringComparator:
    eq: str | None = given("Is this text.")
    neq: str | None = given("Is another text.")
    in_: list[str] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    nin: list[str] | None = given("Is none of these.")
    contains: str | None = given("Holds this text, whatever its case.")
    starts_with: str | None = given("Starts with this text, whatever its case.")
    null: bool | None = given("Whether there is no text.")


@strawberry.input(description="Conditions on a reference; all that are given must hold.")
class IdComparator:
    eq: strawberry.ID | None = given("Is this object.")
    neq: strawberry.ID | None = given("Is another object.")
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    nin: list[strawberry.ID] | None = given("Is none of these.")
    null: bool | None = given("Whether it refers to nothing.")


@strawberry.input(description="Conditions on a moment; all that are given must hold.")
class DateComparator:
    eq: datetime | None = given("Is this moment.")
    lt: datetime | None = given("Lies before.")
    lte: datetime | None = given("Lies before, or is it.")
    gt: datetime | None = given("Lies after.")
    gte: datetime | None = given("Lies after, or is it.")
    null: bool | None = given("Whether there is none.")


@strawberry.input(description="Conditions on a priority; all that are given must hold.")
class PriorityComparator:
    eq: Priority | None = given("Is this one.")
    in_: list[Priority] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    null: bool | None = given("Whether there is none.")


@strawberry.input(description="A condition on a yes or no.")
class BooleanComparator:
    eq: bool | None = given("Is this.")


@strawberry.input(description="Conditions on a number; all that are given must hold.")
class NumberComparator:
    eq: float | None = given("Is this number.")
    neq: float | None = given("Is another number.")
    in_: list[float] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    nin: list[float] | None = given("Is none of these.")
    lt: float | None = given("Is less.")
    lte: float | None = given("Is less, or this.")
    gt: float | None = given("Is more.")
    gte: float | None = given("Is more, or this.")
    null: bool | None = given("Whether there is none.")


@strawberry.input(
    description="Conditions on the value of a custom field, by the comparator of its type; all that are given hold."
)
class CustomFieldComparator:
    field_id: strawberry.ID = required("The custom field, of the project whose cards are listed.")
    text: StringComparator | None = given("Of a text field.")
    number: NumberComparator | None = given("Of a number field.")
    date: DateComparator | None = given("Of a date field.")
    boolean: BooleanComparator | None = given("Of a boolean field.")
    select: IdComparator | None = given("Of a select or multi-select field: the options by their ids.")
    null: bool | None = given("Whether there is no value, whatever the type.")


@strawberry.input(description="Conditions on a mission's status; all that are given must hold.")
class MissionStatusComparator:
    eq: MissionStatus | None = given("Is this one.")
    in_: list[MissionStatus] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")


@strawberry.input(description="Conditions on a document's type; all that are given must hold.")
class DocumentTypeComparator:
    eq: DocumentType | None = given("Is this one.")
    in_: list[DocumentType] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")


@strawberry.input(description="Conditions on a document's status; all that are given must hold.")
class DocumentStatusComparator:
    eq: DocumentStatus | None = given("Is this one.")
    in_: list[DocumentStatus] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")


@strawberry.input(description="Conditions on the kind of what a document is about; all that are given must hold.")
class DocumentContextComparator:
    eq: DocumentContext | None = given("Is this one.")
    in_: list[DocumentContext] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")


DocumentFilterRef = Annotated["DocumentFilter", strawberry.lazy("schema.filters")]
CardFilterRef = Annotated["CardFilter", strawberry.lazy("schema.filters")]
ProjectFilterRef = Annotated["ProjectFilter", strawberry.lazy("schema.filters")]
MissionFilterRef = Annotated["MissionFilter", strawberry.lazy("schema.filters")]


@strawberry.input(description="Which cards. Without a condition on `archived`, archived ones are left out.")
class CardFilter:
    and_: list[CardFilterRef] | None = strawberry.field(name="and", default=UNSET, description="All of these hold.")
    or_: list[CardFilterRef] | None = strawberry.field(name="or", default=UNSET, description="One of these holds.")
    not_: CardFilterRef | None = strawberry.field(name="not", default=UNSET, description="This does not hold.")
    title: StringComparator | None = given("The title.")
    priority: PriorityComparator | None = given("The priority.")
    archived: BooleanComparator | None = given("Whether it is archived.")
    due_date: DateComparator | None = given("When it is due.")
    assignee: IdComparator | None = given("Who it is assigned to.")
    column: IdComparator | None = given("The column it stands in.")
    scope: IdComparator | None = given("The scope it belongs to.")
    label: IdComparator | None = given("A label that it carries.")
    custom_field: CustomFieldComparator | None = given("The value of a custom field.")
    created_at: DateComparator | None = given("When it was created.")
    updated_at: DateComparator | None = given("When it last changed.")


@strawberry.input(description="Which projects.")
class ProjectFilter:
    and_: list[ProjectFilterRef] | None = strawberry.field(name="and", default=UNSET, description="All of these hold.")
    or_: list[ProjectFilterRef] | None = strawberry.field(name="or", default=UNSET, description="One of these holds.")
    not_: ProjectFilterRef | None = strawberry.field(name="not", default=UNSET, description="This does not hold.")
    name: StringComparator | None = given("The name.")
    deadline: DateComparator | None = given("The deadline.")
    created_at: DateComparator | None = given("When it was created.")
    updated_at: DateComparator | None = given("When it last changed.")


@strawberry.input(description="Which missions.")
class MissionFilter:
    and_: list[MissionFilterRef] | None = strawberry.field(name="and", default=UNSET, description="All of these hold.")
    or_: list[MissionFilterRef] | None = strawberry.field(name="or", default=UNSET, description="One of these holds.")
    not_: MissionFilterRef | None = strawberry.field(name="not", default=UNSET, description="This does not hold.")
    status: MissionStatusComparator | None = given("Where it stands.")
    agent: IdComparator | None = given("The agent that it is for.")
    card: IdComparator | None = given("The card that it is about.")
    created_at: DateComparator | None = given("When it was created.")


@strawberry.input(description="Which documents.")
class DocumentFilter:
    and_: list[DocumentFilterRef] | None = strawberry.field(name="and", default=UNSET, description="All of these hold.")
    or_: list[DocumentFilterRef] | None = strawberry.field(name="or", default=UNSET, description="One of these holds.")
    not_: DocumentFilterRef | None = strawberry.field(name="not", default=UNSET, description="This does not hold.")
    title: StringComparator | None = given("The title.")
    doc_type: DocumentTypeComparator | None = given("What it is.")
    status: DocumentStatusComparator | None = given("Where it stands in its review.")
    context_type: DocumentContextComparator | None = given("The kind of what it is about.")
    context: IdComparator | None = given("What it is about.")
    project: IdComparator | None = given("The project that it is about, itself or by a scope.")
    scope: IdComparator | None = given("The scope that it is about.")
    parent: IdComparator | None = given("The document that it stands below; none for the top.")
    tag: StringComparator | None = given("A tag that it carries.")
    author: IdComparator | None = given("Who created it.")
    created_at: DateComparator | None = given("When it was created.")
    updated_at: DateComparator | None = given("When it last changed.")


class OrderDirection(Enum):
    """Which end of a list comes first."""

    ASC = "ASC"
    DESC = "DESC"


class CardOrderField(Enum):
    """What cards are sorted by."""

    ORDER = "ORDER"
    TITLE = "TITLE"
    PRIORITY = "PRIORITY"
    DUE_DATE = "DUE_DATE"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    CUSTOM_FIELD = "CUSTOM_FIELD"


class ProjectOrderField(Enum):
    """What projects are sorted by."""

    NAME = "NAME"
    DEADLINE = "DEADLINE"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


class DocumentOrderField(Enum):
    """What documents are sorted by."""

    ORDER = "ORDER"
    TITLE = "TITLE"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


described(
    DocumentOrderField,
    "What documents are sorted by.",
    ORDER="The place among the documents of the same parent.",
    TITLE="The title.",
    CREATED_AT="When it was created.",
    UPDATED_AT="When it last changed.",
)
described(OrderDirection, "Which end of a list comes first.", ASC="The smallest.", DESC="The largest.")
described(
    CardOrderField,
    "What cards are sorted by.",
    ORDER="The place on the board.",
    TITLE="The title.",
    PRIORITY="The priority, from low to high; none comes before low.",
    DUE_DATE="When it is due; none comes first.",
    CREATED_AT="When it was created.",
    UPDATED_AT="When it last changed.",
    CUSTOM_FIELD="The value of the custom field `customFieldId`; none comes first, options come in the field's order.",
)
described(
    ProjectOrderField,
    "What projects are sorted by.",
    NAME="The name.",
    DEADLINE="The deadline; none comes first.",
    CREATED_AT="When it was created.",
    UPDATED_AT="When it last changed.",
)


@strawberry.input(description="One key to sort cards by.")
class CardOrder:
    field: CardOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection | None = strawberry.field(
        default=OrderDirection.ASC, description="Which end comes first."
    )
    custom_field_id: strawberry.ID | None = given("The custom field, for CUSTOM_FIELD; at most three in one order.")


@strawberry.input(description="One key to sort projects by.")
class ProjectOrder:
    field: ProjectOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection | None = strawberry.field(
        default=OrderDirection.ASC, description="Which end comes first."
    )


@strawberry.input(description="One key to sort documents by.")
class DocumentOrder:
    field: DocumentOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection | None = strawberry.field(
        default=OrderDirection.ASC, description="Which end comes first."
    )
