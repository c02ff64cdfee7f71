"""Inputs about cards, their checklists and comments."""

from datetime import datetime

import strawberry

from schema.enums import Priority
from schema.inputs.base import given, required


@strawberry.input(description="A step of a card.")
class ChecklistItemInput:
    id: strawberry.ID | None = given("The id of a step that is there already, or one that the client made.")
    title: str = required("What is to be done, 1 to 500 characters.")
    done: bool | None = given("Whether it is done.")
    order: int | None = given("Sorts the list; without it the place in the list counts.")


@strawberry.input(description="A new card at the end of a column.")
class CardCreateInput:
    id: strawberry.ID | None = given(
        "An unused id of a card that the client made: its digits 9 and 10 are `51`, its digits 11 to 18 the last 8 of "
        "the project's id."
    )
    project_id: strawberry.ID = required("The project that it belongs to.")
    column_id: strawberry.ID | None = given("The column that it goes to.")
    title: str = required("The title, 1 to 500 characters.")
    description: str | None = given("The details as Markdown, at most 5,000 characters.")
    priority: Priority | None = given("How urgent it is.")
    start_date: datetime | None = given("When work starts.")
    due_date: datetime | None = given("When it is due.")
    assignee_id: strawberry.ID | None = given("A member of the project.")
    label_ids: list[strawberry.ID] | None = given("Labels of the project, at most 50.")
    checklist: list[ChecklistItemInput] | None = given("Its steps, at most 100.")


@strawberry.input(description="What changes of a card.")
class CardUpdateInput:
    title: str | None = given("The title, 1 to 500 characters.")
    description: str | None = given("The details as Markdown; null clears them.")
    priority: Priority | None = given("How urgent it is; null clears it.")
    start_date: datetime | None = given("When work starts; null clears it.")
    due_date: datetime | None = given("When it is due; null clears it.")
    assignee_id: strawberry.ID | None = given("A member of the project; null for nobody.")
    label_ids: list[strawberry.ID] | None = given("All its labels from now on.")
    checklist: list[ChecklistItemInput] | None = given("All its steps from now on.")
    column_id: strawberry.ID | None = given("The column to move to; null takes it off the board.")
    order: int | None = given("The place in the column, from 0; past the end is the end.")
    archived: bool | None = given("Whether it is taken out of sight.")
    expected_version: int | None = given(
        "The version that was seen: refused with CONFLICT where one of the same fields has changed since."
    )


@strawberry.input(description="Where a card goes: a column, and at most one way to name the place in it.")
class CardMoveInput:
    column_id: strawberry.ID | None = given("The column; by default the card's own.")
    order: int | None = given("The place in the column, from 0; past the end is the end.")
    after_card_id: strawberry.ID | None = given("Right after this card.")
    before_card_id: strawberry.ID | None = given("Right before this card.")


@strawberry.input(description="A new step at the end of a card's checklist.")
class ChecklistItemAddInput:
    title: str = required("What is to be done, 1 to 500 characters.")
    done: bool | None = given("Whether it is done.")


@strawberry.input(description="What changes of a step.")
class ChecklistItemUpdateInput:
    title: str | None = given("What is to be done.")
    done: bool | None = given("Whether it is done.")
    order: int | None = given("The new place in the list, from 0.")


@strawberry.input(description="Where a step goes: at most one way to name the place; the end without any.")
class ChecklistItemMoveInput:
    order: int | None = given("The place in the list, from 0; past the end is the end.")
    after_item_id: strawberry.ID | None = given("Right after this step.")
    before_item_id: strawberry.ID | None = given("Right before this step.")


@strawberry.input(description="A new comment.")
class CommentCreateInput:
    card_id: strawberry.ID = required("The card that it is about.")
    content: str = required("The text, 1 to 2,000 characters.")
