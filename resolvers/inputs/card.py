"""Inputs of the operations on cards, their checklists and comments."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import AfterValidator, Field, model_validator

from models import Card
from models.card_enums import CardStage
from models.facts import CREATE, UPDATE
from models.ids import Kind
from models.limits import PROMPT, Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import (
    CardId,
    ColumnId,
    Flag,
    IdOf,
    Input,
    LabelId,
    Minutes,
    Name,
    NotNull,
    Order,
    ProjectId,
    Prose,
    Seconds,
    Title,
    UserId,
)

MAX_CHECKLIST = 100
MAX_LABELS = 50
MAX_STEPS = 20
ESTIMATE = "How long it should take, in minutes; null for not known."
LONGEST = (
    "How long whoever works on it may take at most, in seconds; null for as long as it takes. The built-in runtime "
    "gives up then; what it waits for people or a budget does not count."
)

ChecklistItemId = Annotated[ObjectId, IdOf(Kind.CHECKLIST_ITEM)]


class ChecklistItemInput(Input):
    """A step of a card.

    A checklist item as a client sends it. `order` sorts the list where it is given; ids are kept where known.
    """

    id: ChecklistItemId | None = Field(
        None, description="The id of a step that is there already, or one that the client made."
    )
    title: Title = Field(description="What is to be done, 1 to 500 characters.")
    done: Flag = Field(False, description="Whether it is done.")
    order: Order | None = Field(None, description="Sorts the list; without it the place in the list counts.")

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


@fields_of(Card, CREATE)
class CardCreate(Input):
    """A new card at the end of a column.

    `id` may be chosen by the client (an optimistic UI): unused, of a card's kind, and naming its project.
    """

    id: CardId | None = Field(
        None,
        description=(
            "An unused id of a card that the client made: its digits 9 and 10 are `51`, its digits 11 to 18 "
            "the last 8 of the project's id."
        ),
    )
    project_id: ProjectId = Field(description="The project that it belongs to.")
    column_id: ColumnId | None = Field(None, description="The column that it goes to.")
    assignee_id: UserId | None = Field(None, description="A member of the project.")
    label_ids: LabelIds = Field(default_factory=list, description="Labels of the project, at most 50.")
    checklist: Checklist = Field(default_factory=list, description="Its steps, at most 100.")
    estimate_minutes: Minutes | None = Field(None, description=ESTIMATE)
    max_duration_seconds: Seconds | None = Field(None, description=LONGEST)


@fields_of(Card, UPDATE)
class CardUpdate(Input):
    """What changes of a card.

    Only what is given changes; null clears what can be empty.

    `expected_version` is the version that the client saw: the update is refused where one of the same fields has
    changed since. `column_id`, `order` and `archived` move and archive in the same change.
    """

    assignee_id: UserId | None = Field(None, description="A member of the project; null for nobody.")
    label_ids: Annotated[LabelIds | None, NotNull] = Field(None, description="All its labels from now on.")
    checklist: Annotated[Checklist | None, NotNull] = Field(None, description="All its steps from now on.")
    estimate_minutes: Minutes | None = Field(None, description=ESTIMATE)
    max_duration_seconds: Seconds | None = Field(None, description=LONGEST)
    column_id: ColumnId | None = Field(None, description="The column to move to; null takes it off the board.")
    order: Annotated[Order | None, NotNull] = Field(
        None, description="The place in the column, from 0; past the end is the end."
    )
    expected_version: Annotated[int, Field(strict=True, ge=1, le=2**53)] | None = Field(
        None,
        description="The version that was seen: refused with CONFLICT where one of the same fields has changed since.",
    )


class CardMove(Input):
    """Where a card goes: a column, and at most one way to name the place in it."""

    column_id: ColumnId | None = Field(None, description="The column; by default the card's own.")
    if_column_id: ColumnId | None = Field(
        None,
        description="The column that it has to stand in, null for none: refused with CONFLICT where it does not.",
    )
    order: Order | None = Field(None, description="The place in the column, from 0; past the end is the end.")
    after_card_id: CardId | None = Field(None, description="Right after this card.")
    before_card_id: CardId | None = Field(None, description="Right before this card.")


Assignee = Annotated[str, Text(1, 100)]
ASSIGNEE = "Who it is assigned to: `me`, an agent by slug or name, a username, a number or an id of the workspace"


@fields_of(Card, UPDATE)
class CardRevise(Input):
    """What changes of a card that is described in words: its labels by name, its stage, who it is assigned to.

    Only what is given changes. What is CANCELLED goes back to TODO before it goes anywhere else.
    """

    stage: Annotated[CardStage | None, NotNull] = Field(
        None, description="How far it is from now on; a stage that its board has no column for is given one."
    )
    assignee: Assignee | None = Field(None, description=f"{ASSIGNEE}; null for nobody.")
    archived: Annotated[Flag | None, NotNull] = Field(
        None, description="Whether it is taken out of sight; not beside a stage, which says so too."
    )
    estimate_minutes: Minutes | None = Field(None, description=ESTIMATE)
    max_duration_seconds: Seconds | None = Field(None, description=LONGEST)

    labels: Annotated[list[Name], Field(max_length=MAX_LABELS)] | None = Field(
        None, description="The names of all its labels from now on; those that the project lacks are made."
    )


class CardStepInput(Input):
    """A column that a card goes through by itself."""

    column_id: ColumnId = Field(description="A column of the card's project.")
    enabled: Flag = Field(True, description="Whether the card stops there.")
    prompt: Annotated[str, PROMPT, Prose] | None = Field(
        None, description="What agents are told there; without one the column's prompt."
    )


class CardPipelineSet(Input):
    """The columns that a card goes through by itself."""

    steps: Annotated[list[CardStepInput], Field(max_length=MAX_STEPS)] | None = Field(
        None, description="Its columns in order, each once, at most 20; null for the ACTIVE columns of its board."
    )


class ChecklistItemAdd(Input):
    """A new step at the end of a card's checklist."""

    title: Title = Field(description="What is to be done, 1 to 500 characters.")
    done: Flag = Field(False, description="Whether it is done.")


class ChecklistItemUpdate(Input):
    """What changes of a step.

    `order` is the new place in the list, from 0.
    """

    title: Annotated[Title | None, NotNull] = Field(None, description="What is to be done.")
    done: Annotated[Flag | None, NotNull] = Field(None, description="Whether it is done.")
    order: Annotated[Order | None, NotNull] = Field(None, description="The new place in the list, from 0.")


class ChecklistItemMove(Input):
    """Where a step goes: at most one way to name the place; the end without any.

    Where to, by `order` or next to another item; the end without any of the three.
    """

    order: Order | None = Field(None, description="The place in the list, from 0; past the end is the end.")
    after_item_id: ChecklistItemId | None = Field(None, description="Right after this step.")
    before_item_id: ChecklistItemId | None = Field(None, description="Right before this step.")


class CommentCreate(Input):
    """A new comment."""

    card_id: CardId = Field(description="The card that it is about.")
    content: Annotated[str, Text(1, 2000), Prose] = Field(description="The text, 1 to 2,000 characters.")
