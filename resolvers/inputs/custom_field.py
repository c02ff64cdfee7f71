"""Inputs of the operations on custom fields and their values."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import BeforeValidator, Field

from models.enums import FieldType, OnIncompatible
from models.ids import Kind
from resolvers.inputs.base import Color, IdOf, Input, Name, NotNull, Order, ProjectId

MAX_FIELDS = 50
MAX_OPTIONS = 100

CustomFieldId = Annotated[ObjectId, IdOf(Kind.CUSTOM_FIELD)]
OptionId = Annotated[ObjectId, IdOf(Kind.CUSTOM_FIELD_OPTION)]


class CustomFieldOptionInput(Input):
    """A choice. One that is there already is named by its id, or else by its label."""

    id: OptionId | None = None
    label: Name
    color: Color = "#6b7280"


def _labels(values: Any) -> Any:
    """Options may be given as their labels alone."""
    if not isinstance(values, list):
        return values
    return [{"label": one} if isinstance(one, str) else one for one in values]


_Written = Annotated[list[CustomFieldOptionInput | Name], Field(max_length=MAX_OPTIONS)]
Options = Annotated[
    list[CustomFieldOptionInput],
    Field(max_length=MAX_OPTIONS),
    BeforeValidator(_labels, json_schema_input_type=_Written),
]


class CustomFieldCreate(Input):
    """Options are for the types `select` and `multi-select` alone."""

    project_id: ProjectId
    name: Name
    type: FieldType
    options: Options = Field(default_factory=list)


class CustomFieldUpdate(Input):
    """Only what is given changes; `options` are all of them from now on, `order` the new place among the fields.

    `on_incompatible` says what becomes of values that the changed field cannot hold: the change is refused, or they go.
    """

    name: Annotated[Name | None, NotNull] = None
    type: Annotated[FieldType | None, NotNull] = None
    options: Annotated[Options | None, NotNull] = None
    order: Annotated[Order | None, NotNull] = None
    on_incompatible: OnIncompatible = OnIncompatible.REFUSE


class CustomFieldValueInput(Input):
    """A value as the type of the field wants it; null clears."""

    field_id: CustomFieldId
    value: Any = None


class CardCustomFieldsSet(Input):
    """Fields that are not named stay as they are."""

    values: Annotated[list[CustomFieldValueInput], Field(min_length=1, max_length=MAX_FIELDS)]
    expected_version: Annotated[int, Field(strict=True, ge=1, le=2**53)] | None = None
