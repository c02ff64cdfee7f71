"""Cards with their checklist and labels, and comments."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bson import ObjectId
from typing_extensions import TypedDict

from models import Label as LabelDocument
from models.base import Record
from models.enums import Priority
from resolvers.card.custom import definitions_of
from resolvers.inputs.custom_value import known
from resolvers.kit.load import by_ids
from resolvers.lane.card_place import places_of
from rest.stellary.present.base import Id, Timestamp, id_or_none, name_of, plain, timestamp, timestamp_or_none
from rest.stellary.present.board import Label, label

PriorityWord = Literal["low", "medium", "high"]
_WORDS: dict[int, PriorityWord] = {Priority.LOW: "low", Priority.MEDIUM: "medium", Priority.HIGH: "high"}


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


class Card(TypedDict):
    """A work item. `order` is its place in its column, from 0; `checklistProgress` is done over all, 0 to 1.

    `customFields` are the values by the ids of the project's fields; those without a value are left out.
    """

    id: Id
    title: str
    description: str | None
    projectId: Id
    scopeId: Id | None
    columnId: Id | None
    order: int
    archived: bool
    priority: PriorityWord | None
    startDate: Timestamp | None
    dueDate: Timestamp | None
    startedAt: Timestamp | None
    completedAt: Timestamp | None
    assigneeId: Id | None
    createdBy: Id | None
    labelIds: list[Id]
    labels: list[Label]
    checklist: list[ChecklistItem]
    checklistProgress: float
    customFields: dict[str, Any]
    commentCount: int
    attachmentCount: int
    version: int
    createdAt: Timestamp
    updatedAt: Timestamp


class Comment(TypedDict):
    """A comment of one author on one card."""

    id: Id
    cardId: Id
    authorId: Id
    authorName: str | None
    content: str
    createdAt: Timestamp


async def cards(records: Sequence[Record]) -> list[Card]:
    """The cards with their places, labels and custom fields: one query for each, whatever their number."""
    await places_of(records)
    labels = await by_ids(LabelDocument, (one for record in records for one in record["label_ids"]))
    fields = await definitions_of(records)
    return [_card(record, labels, fields[record["project_id"]]) for record in records]


async def card(record: Record) -> Card:
    return (await cards([record]))[0]


def _card(record: Record, labels: Mapping[ObjectId | None, Record], fields: Sequence[Record]) -> Card:
    items: Sequence[Record] = record["checklist"]
    return {
        "id": str(record["_id"]),
        "title": record["title"],
        "description": record["description"],
        "projectId": str(record["project_id"]),
        "scopeId": id_or_none(record["scope_id"]),
        "columnId": id_or_none(record["column_id"]),
        "order": record["order"],
        "archived": record["archived"],
        "priority": None if record["priority"] is None else _WORDS[record["priority"]],
        "startDate": timestamp_or_none(record["start_date"]),
        "dueDate": timestamp_or_none(record["due_date"]),
        "startedAt": timestamp_or_none(record.get("started_at")),
        "completedAt": timestamp_or_none(record.get("completed_at")),
        "assigneeId": id_or_none(record["assignee_id"]),
        "createdBy": id_or_none(record["created_by"]),
        "labelIds": [str(one) for one in record["label_ids"] if one in labels],
        "labels": [label(labels[one]) for one in record["label_ids"] if one in labels],
        "checklist": _checklist(items),
        "checklistProgress": _progress(items),
        "customFields": {
            str(field["_id"]): plain(value) for field, value in known(record.get("custom_values"), fields)
        },
        "commentCount": record["comment_count"],
        "attachmentCount": record["attachment_count"],
        "version": record["version"],
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def changed_item(card: Record, item_id: ObjectId) -> ChangedItem:
    """The item of a card's record, with the checklist around it."""
    items = _checklist(card["checklist"])
    item = next(one for one in items if one["id"] == str(item_id))
    return {**item, "checklist": items, "checklistProgress": _progress(card["checklist"])}


def _checklist(items: Sequence[Record]) -> list[ChecklistItem]:
    return [
        {"_id": str(item["id"]), "id": str(item["id"]), "title": item["title"], "done": item["done"], "order": place}
        for place, item in enumerate(items)
    ]


def _progress(items: Sequence[Record]) -> float:
    return sum(item["done"] for item in items) / len(items) if items else 0.0


def comment(record: Record, author: Record | None) -> Comment:
    return {
        "id": str(record["_id"]),
        "cardId": str(record["card_id"]),
        "authorId": str(record["author_id"]),
        "authorName": name_of(author),
        "content": record["content"],
        "createdAt": timestamp(record["created_at"]),
    }
