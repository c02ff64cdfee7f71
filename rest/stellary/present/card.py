"""Cards with their checklist and labels, and comments."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from typing_extensions import TypedDict

import models
from models.records import CardRecord, ChecklistItemRecord, CommentRecord, CustomFieldRecord, LabelRecord, UserRecord
from resolvers.card.custom import definitions_of
from resolvers.inputs.custom_value import known
from resolvers.kit.load import by_ids
from resolvers.lane.card_place import places_of
from rest.present import Id, plain, presents, shown
from rest.stellary.present.base import name_of
from rest.stellary.present.label import Label, label


class ChecklistItem(TypedDict):
    """A step of a card. `_id` and `id` are the same."""

    _id: Id
    id: Id
    title: str
    done: bool
    order: int


class ChangedItem(ChecklistItem):
    """A checklist item with the whole checklist that it is now in."""

    checklist: list[ChecklistItem]
    checklistProgress: float


@presents(models.Card)
class Card(TypedDict):
    """A work item. `order` is its place in its column, from 0; `checklistProgress` is done over all, 0 to 1.

    `customFields` are the values by the ids of the project's fields; those without a value are left out.
    """

    order: int
    labelIds: list[Id]
    labels: list[Label]
    checklist: list[ChecklistItem]
    checklistProgress: float
    customFields: dict[str, Any]


@presents(models.Comment)
class Comment(TypedDict):
    """A comment of one author on one card."""

    authorName: str | None


async def cards(records: Sequence[CardRecord]) -> list[Card]:
    """The cards with their places, labels and custom fields: one query for each, whatever their number."""
    await places_of(records)
    labels = await by_ids(models.Label, (label_id for record in records for label_id in record["label_ids"]))
    fields = await definitions_of(records)
    return [_card(record, labels, fields[record["project_id"]]) for record in records]


async def card(record: CardRecord) -> Card:
    return (await cards([record]))[0]


def _card(
    record: CardRecord, labels: Mapping[ObjectId | None, LabelRecord], fields: Sequence[CustomFieldRecord]
) -> Card:
    items: Sequence[ChecklistItemRecord] = record["checklist"]
    return {
        **shown(Card, record),
        "order": record["order"],
        "labelIds": [str(label_id) for label_id in record["label_ids"] if label_id in labels],
        "labels": [label(labels[label_id]) for label_id in record["label_ids"] if label_id in labels],
        "checklist": _checklist(items),
        "checklistProgress": _progress(items),
        "customFields": {
            str(field["_id"]): plain(value) for field, value in known(record.get("custom_values"), fields)
        },
    }


def changed_item(card: CardRecord, item_id: ObjectId) -> ChangedItem:
    """The item of a card's record, with the checklist around it."""
    items = _checklist(card["checklist"])
    item = next(record for record in items if record["id"] == str(item_id))
    return {**item, "checklist": items, "checklistProgress": _progress(card["checklist"])}


def _checklist(items: Sequence[ChecklistItemRecord]) -> list[ChecklistItem]:
    return [
        {"_id": str(item["id"]), "id": str(item["id"]), "title": item["title"], "done": item["done"], "order": place}
        for place, item in enumerate(items)
    ]


def _progress(items: Sequence[ChecklistItemRecord]) -> float:
    return sum(item["done"] for item in items) / len(items) if items else 0.0


def comment(record: CommentRecord, author: UserRecord | None) -> Comment:
    return {**shown(Comment, record), "authorName": name_of(author)}
