"""The values of custom fields on cards."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import CustomField
from models.base import Record, collection
from models.enums import TokenScope
from models.errors import BadUserInput
from models.records import CardRecord, CustomFieldRecord
from realtime.log import Change, Committed
from resolvers.card.update import changed_values, edit_card
from resolvers.custom_field.custom_field import BY_RANK, fields_in_order
from resolvers.inputs.custom_field import CardCustomFieldsSet
from resolvers.inputs.custom_value import known, parse, shown
from resolvers.kit.context import Context
from resolvers.kit.edit import check_version
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import edge, operation


@operation("cardCustomFieldsSet", opens=CARD, permission=board.WRITE, scope=TokenScope.PROJECTS_WRITE)
async def set_card_custom_fields(ctx: Context, door: CardRecord, values: CardCustomFieldsSet) -> Committed[CardRecord]:
    """Set or clear custom fields of a card.

    Set custom fields of a card, or clear them; those that are not named stay.

    Raises Conflict where one of them has changed since `expected_version`.
    """

    async def edit(change: Change, card: CardRecord) -> dict[str, Any]:
        fields = {field["_id"]: field for field in await fields_in_order(change, card["project_id"])}
        before = {key: value for key, value in card.get("custom_values", {}).items() if ObjectId(key) in fields}
        after = dict(before)
        for given in values.values:
            name = f"customFields.{given.field_id}"
            if given.field_id not in fields:
                raise BadUserInput("is not a custom field of the card's project", field=name)
            value = parse(fields[given.field_id], given.value, name=name)
            after.pop(str(given.field_id), None)
            if value is not None:
                after[str(given.field_id)] = value
        changed = changed_values(before, after)
        named = {key: f"customFields.{key}" for key in changed}
        check_version(card, changed, values.expected_version, noun="card", client_names=named)
        return {"custom_values": after} if changed else {}

    return await edit_card(ctx, door, edit)


@edge(scope=TokenScope.PROJECTS_READ)
async def custom_fields_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[Record]]:
    """The custom fields that a card has a value for, in the order of the project's."""
    per_project = await definitions_of(cards)
    return [
        [shown(field, value) for field, value in known(card.get("custom_values"), per_project[card["project_id"]])]
        for card in cards
    ]


async def definitions_of(cards: Sequence[CardRecord]) -> dict[ObjectId, list[CustomFieldRecord]]:
    """The custom fields of the cards' projects, in order: one query, and none where no card has a value."""
    found: dict[ObjectId, list[CustomFieldRecord]] = {card["project_id"]: [] for card in cards}
    wanted = list({card["project_id"] for card in cards if card.get("custom_values")})
    if wanted:
        query = {"project_id": {"$in": wanted}}
        for field in await collection(CustomField).find(query).sort(BY_RANK).to_list():
            siblings = found[field["project_id"]]
            siblings.append({**field, "order": len(siblings)})
    return found
