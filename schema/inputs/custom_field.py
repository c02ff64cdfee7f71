"""Inputs about custom fields and their values."""

import strawberry
from strawberry.scalars import JSON

from schema.enums import FieldType, OnIncompatible
from schema.inputs.base import given, required


@strawberry.input(description="A choice of a select field.")
class CustomFieldOptionInput:
    id: strawberry.ID | None = given("The id of an option that is there already; without it the label tells.")
    label: str = required("What is chosen, 1 to 100 characters, unique in the field.")
    color: str | None = given("The colour as #rrggbb; grey without one.")


@strawberry.input(description="A new custom field.")
class CustomFieldCreateInput:
    project_id: strawberry.ID = required("The project that it belongs to; it has at most 50.")
    name: str = required("The name, 1 to 100 characters, unique in the project.")
    type: FieldType = required("What it holds.")
    options: list[CustomFieldOptionInput] | None = given("The choices of a select field, at most 100.")


@strawberry.input(description="What changes of a custom field.")
class CustomFieldUpdateInput:
    name: str | None = given("The name, unique in the project.")
    type: FieldType | None = given("What it holds from now on; values are converted by their text.")
    options: list[CustomFieldOptionInput] | None = given("All its choices from now on.")
    order: int | None = given("The new place among the project's fields, from 0; past the end is the end.")
    on_incompatible: OnIncompatible | None = given(
        "What becomes of values that it cannot hold then; REFUSE by default."
    )


@strawberry.input(description="What a card has for a custom field from now on.")
class CustomFieldValueInput:
    field_id: strawberry.ID = required("A custom field of the card's project.")
    value: JSON | None = given(
        "Text, a number, a boolean, an ISO 8601 date, an option's id or label, or a list of those; null clears."
    )


@strawberry.input(description="Values of custom fields of a card.")
class CardCustomFieldsSetInput:
    values: list[CustomFieldValueInput] = required("The fields that change; all others stay.")
    expected_version: int | None = given(
        "The version that was seen: refused with CONFLICT where one of the same fields has changed since."
    )
