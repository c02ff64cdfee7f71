"""Custom fields, and what a change of one does to values."""

from typing import Literal

from typing_extensions import TypedDict

from models.base import Record
from models.enums import FieldType
from resolvers.custom_field.change import ChangedField
from rest.stellary.present.base import Id, Timestamp, timestamp

TypeWord = Literal["text", "number", "select", "multi-select", "date", "boolean"]
_WORDS: dict[str, TypeWord] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.SELECT: "select",
    FieldType.MULTI_SELECT: "multi-select",
    FieldType.DATE: "date",
    FieldType.BOOLEAN: "boolean",
}


class CustomFieldOption(TypedDict):
    """A choice of a select field."""

    id: Id
    label: str
    color: str


class CustomField(TypedDict):
    """What cards of a project can tell beside what every card tells. `order` is its place there, from 0."""

    id: Id
    name: str
    type: TypeWord
    options: list[CustomFieldOption]
    order: int
    projectId: Id
    createdAt: Timestamp


class ChangedCustomField(CustomField):
    """The field, and how many cards had a value that could not stay: it is gone, or became another one."""

    affectedCards: int
    clearedValues: int
    convertedValues: int


def custom_field(record: Record) -> CustomField:
    """`record` carries the `order`."""
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "type": _WORDS[record["type"]],
        "options": [{"id": str(one["id"]), "label": one["label"], "color": one["color"]} for one in record["options"]],
        "order": record["order"],
        "projectId": str(record["project_id"]),
        "createdAt": timestamp(record["created_at"]),
    }


def changed_custom_field(changed: ChangedField) -> ChangedCustomField:
    return {
        **custom_field(changed.custom_field),
        "affectedCards": changed.affected_cards,
        "clearedValues": changed.cleared_values,
        "convertedValues": changed.converted_values,
    }
