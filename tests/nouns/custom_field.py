"""Custom fields of a project, and what cards have in them."""

from typing import Any

from models.enums import FieldType
from resolvers.card.custom import set_card_custom_fields
from resolvers.custom_field import custom_field
from resolvers.inputs.custom_field import (
    CardCustomFieldsSet,
    CustomFieldCreate,
    CustomFieldOptionInput,
    CustomFieldUpdate,
    CustomFieldValueInput,
)
from tests.gateway.replay.state import JSON, State, take
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import CARD, PROJECT
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    ids = world.ids
    low = CustomFieldOptionInput(label="Low")
    level = CustomFieldCreate.of(project_id=ids["project"], name="Level", type=FieldType.SELECT, options=[low])
    made = await world.made(custom_field.create_custom_field, level)
    ids["custom_field"], ids["option"] = made["_id"], made["options"][0]["id"]
    values = CardCustomFieldsSet(values=[CustomFieldValueInput(field_id=ids["custom_field"], value="Low")])
    await world.made(set_card_custom_fields, ids["card"], values)


def _deleted(state: State, event: JSON) -> None:
    take(state, "CustomField", event["customFieldId"])
    for card in state.get("Card", {}).values():
        _set_value(card, event["customFieldId"], None)


def _values_changed(state: State, event: JSON) -> None:
    for one in event["changes"]:
        if card := state.get("Card", {}).get(one["cardId"]):
            _set_value(card, event["customFieldId"], one["value"])


def _set_value(card: JSON, field: str, value: Any) -> None:
    others = [one for one in card["customFields"] if one["field"] != field]
    card["customFields"] = others if value is None else [*others, {"field": field, "value": value}]


async def story(cast: Cast) -> None:
    ann, fields = cast.ann, f"{cast.path}/custom-fields"
    field = await made(ann, fields, name="Level", type="select", options=["Low", "High"])
    await changed(ann, f"{fields}/{field['id']}", name="Risk")
    assert (await changed(ann, f"{cast.card_path}/custom-fields", **{field["id"]: "High"}))["customFields"]
    assert len(await read(ann, fields)) == 1
    await deleted(ann, f"{fields}/{field['id']}")


SAMPLE = Sample(
    after=("checklist",),
    make=make,
    places={"fieldId": "custom_field"},
    calls={
        "customFields": lambda ids: (ids["project"],),
        "customFieldCreate": lambda ids: (
            CustomFieldCreate.of(project_id=ids["project"], name="more", type=FieldType.NUMBER),
        ),
        "customFieldUpdate": lambda ids: (ids["custom_field"], CustomFieldUpdate.of(name="other")),
        "customFieldDelete": lambda ids: (ids["custom_field"],),
        "cardCustomFieldsSet": lambda ids: (
            ids["card"],
            CardCustomFieldsSet(values=[CustomFieldValueInput(field_id=ids["custom_field"])]),
        ),
    },
    routes={
        ("GET", PROJECT + "/custom-fields"): None,
        ("POST", PROJECT + "/custom-fields"): sent(name="more", type="number"),
        ("PATCH", PROJECT + "/custom-fields/{fieldId}"): sent(name="other"),
        ("DELETE", PROJECT + "/custom-fields/{fieldId}"): None,
        ("PATCH", CARD + "/custom-fields"): lambda ids: {str(ids["custom_field"]): None},
    },
    kept={
        "CustomField": Kept(
            "options { id label color } project { id }", {"Project": "customFields { ...CustomFieldFields }"}
        )
    },
    rules={
        "CustomFieldDeleted": ("customFieldId", _deleted),
        "CustomFieldValuesChanged": ("customFieldId changes { cardId value }", _values_changed),
    },
    story=story,
)
