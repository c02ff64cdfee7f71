"""Custom fields, and what a change of one does to values."""

from typing_extensions import TypedDict

import models
from models.custom_field import FieldOption
from models.records import CustomFieldRecord
from resolvers.custom_field.change import ChangedField
from rest.present import Id, presents, shown


@presents(FieldOption, without=("id",))
class CustomFieldOption(TypedDict):
    """A choice of a select field."""

    id: Id


@presents(models.CustomField)
class CustomField(TypedDict):
    """What cards of a project can tell beside what every card tells. `order` is its place there, from 0."""

    options: list[CustomFieldOption]
    order: int


class ChangedCustomField(CustomField):
    """The field, and how many cards had a value that could not stay: it is gone, or became another one."""

    affectedCards: int
    clearedValues: int
    convertedValues: int


def custom_field(record: CustomFieldRecord) -> CustomField:
    """`record` carries the `order`."""
    options: list[CustomFieldOption] = [
        {**shown(CustomFieldOption, option), "id": str(option["id"])} for option in record["options"]
    ]
    return {**shown(CustomField, record), "options": options, "order": record["order"]}


def changed_custom_field(changed: ChangedField) -> ChangedCustomField:
    return {
        **custom_field(changed.custom_field),
        "affectedCards": changed.affected_cards,
        "clearedValues": changed.cleared_values,
        "convertedValues": changed.converted_values,
    }
