"""Custom fields of a project, and their values on cards."""

from pydantic import ConfigDict
from typing_extensions import TypedDict

import models
from models.custom_field import FieldOption
from models.ids import Kind, parse_id
from models.json import join_path
from models.records import CustomFieldRecord
from resolvers.card.custom import set_card_custom_fields
from resolvers.custom_field.change import ChangedField, update_custom_field
from resolvers.custom_field.custom_field import create_custom_field, delete_custom_field, list_custom_fields
from resolvers.inputs.custom_field import CardCustomFieldsSet, CustomFieldCreate, CustomFieldUpdate
from resolvers.kit.input import Input, read_input
from rest.present import Id, presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD, PROJECT
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.card import Card, card

routes = Routes(
    "Custom fields",
    PROJECT + "/custom-fields",
    about="What the cards of a project tell beside what every card tells.",
    place=330,
)
on_cards = Routes("Custom fields", CARD + "/custom-fields")


class CustomFieldValues(Input):
    """Values by the ids of their fields: text, a number, a boolean, an ISO 8601 date, an option's id or label, or a
    list of those; null clears."""

    model_config = ConfigDict(extra="allow")


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


@routes.get("", "List the custom fields of a project", runs=list_custom_fields)
async def find(call: Call) -> list[CustomField]:
    project = await guards.project(call)
    return [custom_field(record) for record in await list_custom_fields(call.ctx, project["_id"])]


@routes.post("", "Create a custom field", runs=create_custom_field, given=["projectId"])
async def create(call: Call) -> CustomField:
    """`options` are for the types `select` and `multi-select`: objects, or labels alone."""
    project = await guards.project(call)
    values = call.body(CustomFieldCreate, projectId=project["_id"])
    return custom_field((await create_custom_field(call.ctx, values)).value)


@routes.patch("/{fieldId}", "Change a custom field", runs=update_custom_field)
async def update(call: Call) -> ChangedCustomField:
    """A change that would lose values is refused unless `onIncompatible` is `clear`."""
    found = await guards.custom_field(call)
    return changed_custom_field((await update_custom_field(call.ctx, found["_id"], call.body(CustomFieldUpdate))).value)


@routes.delete("/{fieldId}", "Delete a custom field and its values", runs=delete_custom_field)
async def delete(call: Call) -> Ok:
    found = await guards.custom_field(call)
    await delete_custom_field(call.ctx, found["_id"])
    return ok()


@on_cards.patch("", "Set custom fields of a card", runs=set_card_custom_fields, body=CustomFieldValues)
async def set_(call: Call) -> Card:
    """The body maps ids of fields to values; those that it does not name stay as they are."""
    found = await guards.card(call)
    given = call.body(CustomFieldValues).model_extra or {}
    values = [
        {"fieldId": parse_id(name, Kind.CUSTOM_FIELD, field=join_path("customFields", name)), "value": value}
        for name, value in given.items()
    ]
    done = await set_card_custom_fields(call.ctx, found["_id"], read_input(CardCustomFieldsSet, {"values": values}))
    return await card(done.value)
