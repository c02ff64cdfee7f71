"""Inputs of the operations on custom fields and their values."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import BeforeValidator, Field

from models import CustomField
from models.enums import FieldType, OnIncompatible
from models.facts import CREATE, UPDATE
from models.ids import Kind
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Color, IdOf, Input, Name, NotNull, Order, ProjectId

MAX_FIELDS = 50
MAX_OPTIONS = 100

CustomFieldId = Annotated[ObjectId, IdOf(Kind.CUSTOM_FIELD)]
OptionId = Annotated[ObjectId, IdOf(Kind.CUSTOM_FIELD_OPTION)]


class CustomFieldOptionInput(Input):
    """A choice of a select field.

    A choice. One that is there already is named by its id, or else by its label.
    """

    id: OptionId | None = Field(
        None, description="The id of an option that is there already; without it the label tells."
    )
    label: Name = Field(description="What is chosen, 1 to 100 characters, unique in the field.")
    color: Color = Field("#6b7280", description="The colour as #rrggbb; grey without one.")


def _labels(values: Any) -> Any:
    """Options may be given as their labels alone."""
    if not isinstance(values, list):
        return values
    return [{"label": value} if isinstance(value, str) else value for value in values]


_Written = Annotated[list[CustomFieldOptionInput | Name], Field(max_length=MAX_OPTIONS)]
Options = Annotated[
    list[CustomFieldOptionInput],
    Field(max_length=MAX_OPTIONS),
    BeforeValidator(_labels, json_schema_input_type=_Written),
]


@fields_of(CustomField, CREATE)
class CustomFieldCreate(Input):
    """A new custom field.

    Options are for the types `select` and `multi-select` alone.
    """

    project_id: ProjectId = Field(description="The project that it belongs to; it has at most 50.")
    type: FieldType = Field(description="What it holds.")
    options: Options = Field(default_factory=list, description="The choices of a select field, at most 100.")


@fields_of(CustomField, UPDATE)
class CustomFieldUpdate(Input):
    """What changes of a custom field.

    Only what is given changes; `options` are all of them from now on, `order` the new place among the fields.

    `on_incompatible` says what becomes of values that the changed field cannot hold: the change is refused, or they
    go.
    """

    type: Annotated[FieldType | None, NotNull] = Field(
        None, description="What it holds from now on; values are converted by their text."
    )
    options: Annotated[Options | None, NotNull] = Field(None, description="All its choices from now on.")
    order: Annotated[Order | None, NotNull] = Field(
        None, description="The new place among the project's fields, from 0; past the end is the end."
    )
    on_incompatible: OnIncompatible = Field(
        OnIncompatible.REFUSE, description="What becomes of values that it cannot hold then; REFUSE by default."
    )


class CustomFieldValueInput(Input):
    """What a card has for a custom field from now on.

    A value as the type of the field wants it; null clears.
    """

    field_id: CustomFieldId = Field(description="A custom field of the card's project.")
    value: Any = Field(
        None,
        description=(
            "Text, a number, a boolean, an ISO 8601 date, an option's id or label, or a list of those; null clears."
        ),
    )


class CardCustomFieldsSet(Input):
    """Values of custom fields of a card.

    Fields that are not named stay as they are.
    """

    values: Annotated[list[CustomFieldValueInput], Field(max_length=MAX_FIELDS)] = Field(
        description="The fields that change; all others stay."
    )
    expected_version: Annotated[int, Field(strict=True, ge=1, le=2**53)] | None = Field(
        None,
        description="The version that was seen: refused with CONFLICT where one of the same fields has changed since.",
    )
