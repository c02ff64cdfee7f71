"""Inputs of the operations on cards, their checklists and comments."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import AfterValidator, Field, model_validator

from models.ids import Kind
from resolvers.inputs.base import (
    CardId,
    ColumnId,
    Date,
    Description,
    Flag,
    IdOf,
    Input,
    LabelId,
    NotNull,
    Order,
    PriorityWord,
    ProjectId,
    Prose,
    Text,
    Title,
    UserId,
)

MAX_CHECKLIST = 100
MAX_LABELS = 50

ChecklistItemId = Annotated[ObjectId, IdOf(Kind.CHECKLIST_ITEM)]


class ChecklistItemInput(Input):
    """A checklist item as a client sends it. `order` sorts the list where it is given; ids are kept where known."""

    id: ChecklistItemId | None = None
    title: Title
    done: Flag = False
    order: Order | None = None

    @model_validator(mode="before")
    @classmethod
    def _reference_id(cls, values: Any) -> Any:
        # The reference calls the item's id `_id`, and clients send back what they read.
        if isinstance(values, dict) and "_id" in values:
            values = {**values, "id": values["_id"]}
            del values["_id"]
        return values


def _unique(values: list[ObjectId]) -> list[ObjectId]:
    return list(dict.fromkeys(values))


Checklist = Annotated[list[ChecklistItemInput], Field(max_length=MAX_CHECKLIST)]
LabelIds = Annotated[list[LabelId], Field(max_length=MAX_LABELS), AfterValidator(_unique)]


class CardCreate(Input):
    """`id` may be chosen by the client (an optimistic UI): unused, of a card's kind, and naming its project."""

    id: CardId | None = None
    project_id: ProjectId
    column_id: ColumnId | None = None
    title: Title
    description: Description | None = None
    priority: PriorityWord | None = None
    start_date: Date | None = None
    due_date: Date | None = None
    assignee_id: UserId | None = None
    label_ids: LabelIds = Field(default_factory=list)
    checklist: Checklist = Field(default_factory=list)


class CardUpdate(Input):
    """Only what is given changes; null clears what can be empty.

    `expected_version` is the version that the client saw: the update is refused where one of the same fields has
    changed since. `column_id`, `order` and `archived` move and archive in the same change.
    """

    title: Annotated[Title | None, NotNull] = None
    description: Description | None = None
    priority: PriorityWord | None = None
    start_date: Date | None = None
    due_date: Date | None = None
    assignee_id: UserId | None = None
    label_ids: Annotated[LabelIds | None, NotNull] = None
    checklist: Annotated[Checklist | None, NotNull] = None
    column_id: ColumnId | None = None
    order: Annotated[Order | None, NotNull] = None
    archived: Annotated[Flag | None, NotNull] = None
    expected_version: Annotated[int, Field(strict=True, ge=1, le=2**53)] | None = None


class CardMove(Input):
    """Where to: a column (by default the card's own), and a place in it by `order`, or next to another card."""

    column_id: ColumnId | None = None
    order: Order | None = None
    after_card_id: CardId | None = None
    before_card_id: CardId | None = None


class ChecklistItemAdd(Input):
    title: Title
    done: Flag = False


class ChecklistItemUpdate(Input):
    """`order` is the new place in the list, from 0."""

    title: Annotated[Title | None, NotNull] = None
    done: Annotated[Flag | None, NotNull] = None
    order: Annotated[Order | None, NotNull] = None


class ChecklistItemMove(Input):
    """Where to, by `order` or next to another item; the end without any of the three."""

    order: Order | None = None
    after_item_id: ChecklistItemId | None = None
    before_item_id: ChecklistItemId | None = None


class CommentCreate(Input):
    card_id: CardId
    content: Annotated[str, Text(1, 2000), Prose]
