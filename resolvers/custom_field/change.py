"""Changing a custom field, and what that does to the values on cards: all of it in one transaction, and told."""

from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from auth.policies import board
from models import Card, CustomField
from models.base import Record, collection, update_all, with_changes
from models.enums import FieldType, OnIncompatible
from models.errors import Conflict, NotFound
from models.facts import UPDATE, declared
from models.rank import MAX_LENGTH, rank_between, ranks_after
from models.records import CustomFieldRecord
from models.text import sort_key
from realtime.events.custom_field import CustomFieldUpdated, CustomFieldValuesChanged
from realtime.log import Change, Committed
from resolvers.custom_field.custom_field import TAKEN, WRITE, fields_in_order, options_of
from resolvers.inputs.custom_field import CustomFieldUpdate
from resolvers.inputs.custom_value import convert, key_path_of, path_of
from resolvers.kit.context import Context
from resolvers.kit.nouns import CUSTOM_FIELD
from resolvers.kit.operation import operation

MAX_VALUES = 5000
"""How many values one change rewrites: a card is about a millisecond, and the workspace waits meanwhile."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class ChangedField:
    """The field as it is now, and what became of the values that it could not hold as they were."""

    custom_field: CustomFieldRecord
    affected_cards: int = 0
    cleared_values: int = 0
    converted_values: int = 0


@operation("customFieldUpdate", opens=CUSTOM_FIELD.whole, permission=board.WRITE, scope=WRITE, destroys=True)
async def update_custom_field(
    ctx: Context, door: CustomFieldRecord, values: CustomFieldUpdate
) -> Committed[ChangedField]:
    """Rename, move or retype a custom field, or change its options; refused where values would be lost.

    Raises Conflict where values would be lost, unless `on_incompatible` says that they may be.
    """

    async def body(change: Change) -> ChangedField:
        siblings = await fields_in_order(change, door["project_id"])
        place = next((i for i, sibling in enumerate(siblings) if sibling["_id"] == door["_id"]), None)
        if place is None:
            raise NotFound("Custom field")
        before = siblings.pop(place)
        changes = _definition(before, values)
        if values.order is not None and min(values.order, len(siblings)) != place:
            place = min(values.order, len(siblings))
            changes["rank"] = await _rank(change, siblings, place)
        if not changes:
            return ChangedField({**before, "order": place})
        after = with_changes(before, changes)
        try:
            await collection(CustomField).update_one({"_id": before["_id"]}, {"$set": changes}, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="name") from error
        event = CustomFieldUpdated(custom_field=after, order=place, project_id=after["project_id"])
        change.append(after["workspace_id"], event)
        done = await _rewrite(change, before, after, values.on_incompatible)
        return ChangedField({**after, "order": place}, *done)

    return await ctx.write(door["workspace_id"], body)


def _definition(before: CustomFieldRecord, values: CustomFieldUpdate) -> dict[str, Any]:
    """What changes of the definition, its place aside."""
    type_ = values.type or FieldType(before["type"])
    given = {key: value for key, value in values.given().items() if key in declared(CustomField, UPDATE)}
    wanted: dict[str, Any] = {**given, "type": type_.value}
    if values.options is not None:
        wanted["options"] = options_of(type_, values.options, before["options"])
    elif not type_.has_options:
        wanted["options"] = []
    return {name: value for name, value in wanted.items() if before.get(name) != value}


async def _rewrite(
    change: Change, before: CustomFieldRecord, after: CustomFieldRecord, policy: OnIncompatible
) -> tuple[int, int, int]:
    """Bring the values of all cards into the shape of the changed field: affected cards, cleared, converted."""
    left = {option["id"] for option in after["options"]}
    gone = [option["id"] for option in before["options"] if option["id"] not in left]
    path = path_of(after["_id"])
    if before["type"] != after["type"]:
        having: dict[str, Any] = {"$exists": True}
    elif gone:
        having = {"$in": gone}
    else:
        return 0, 0, 0
    query = {"project_id": after["project_id"], path: having}
    cards = collection(Card).find(query, {path: 1}, session=change.session).limit(MAX_VALUES + 1)
    values = {card["_id"]: card["custom_values"][str(after["_id"])] for card in await cards.to_list()}
    if len(values) > MAX_VALUES:
        raise Conflict(f"More than {MAX_VALUES} cards have a value that would change")
    converted = {card_id: convert(before, after, value) for card_id, value in values.items()}
    cleared = sum(value is None for value in converted.values())
    lossy = cleared + sum(_shorter(values[card_id], value) for card_id, value in converted.items())
    counts = {"affectedCards": len(values), "clearedValues": cleared, "convertedValues": len(values) - cleared}
    if lossy and policy is OnIncompatible.REFUSE:
        message = f"says to refuse what loses values, and {lossy} would be lost"
        raise Conflict(message, field="onIncompatible", **counts)
    await _store(change, after, converted)
    return len(values), cleared, len(values) - cleared


def _shorter(before: Any, after: Any) -> bool:
    """Whether a list of options lost some."""
    return isinstance(before, list) and isinstance(after, list) and len(after) < len(before)


async def _store(change: Change, field: CustomFieldRecord, values: dict[ObjectId, Any]) -> None:
    pairs = list(values.items())
    for start in range(0, len(pairs), BATCH):
        some = pairs[start : start + BATCH]
        updates = [UpdateOne({"_id": card_id}, _update(field["_id"], value)) for card_id, value in some]
        await update_all(Card, updates, change)
        changes = [{"card_id": card_id, "value": value} for card_id, value in some]
        event = CustomFieldValuesChanged(field_id=field["_id"], changes=changes, project_id=field["project_id"])
        change.append(field["workspace_id"], event)


def _update(field_id: ObjectId, value: Any) -> Record:
    """What brings a card's value up to date, and what it is sorted by."""
    wanted = {path_of(field_id): value, key_path_of(field_id): sort_key(value) if isinstance(value, str) else None}
    there = {path: content for path, content in wanted.items() if content is not None}
    gone = dict.fromkeys(wanted.keys() - there.keys(), "")
    return {**({"$set": there} if there else {}), **({"$unset": gone} if gone else {})}


async def _rank(change: Change, others: list[CustomFieldRecord], place: int) -> str:
    """A rank for a place among the other fields, which get short ranks again when theirs have grown long."""
    ranks = [other["rank"] for other in others]
    if any(len(rank) >= MAX_LENGTH for rank in ranks):
        ranks = list(ranks_after(None, len(ranks)))
        updates = [
            UpdateOne({"_id": other["_id"]}, {"$set": {"rank": rank}})
            for other, rank in zip(others, ranks, strict=True)
        ]
        await collection(CustomField).bulk_write(updates, session=change.session)
    return rank_between(ranks[place - 1] if place else None, ranks[place] if place < len(ranks) else None)
