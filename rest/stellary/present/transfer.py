"""The export format, which is what the import takes."""

from typing import Any

from typing_extensions import TypedDict

from rest.stellary.present.base import Timestamp, timestamp_or_none
from rest.stellary.present.card import PriorityWord


class ExportedDetails(TypedDict):
    name: str
    description: str | None
    deadline: Timestamp | None


class ExportedColumn(TypedDict):
    name: str


class ExportedItem(TypedDict):
    title: str
    done: bool


class ExportedCard(TypedDict):
    """`columnIndex` points into `columns`; null for a card that stands in none. Labels go by name."""

    title: str
    columnIndex: int | None
    description: str | None
    priority: PriorityWord | None
    startDate: Timestamp | None
    dueDate: Timestamp | None
    archived: bool
    checklist: list[ExportedItem]
    labels: list[str]


class ExportedProject(TypedDict):
    """A whole project: its own columns come first, then those of its scopes."""

    project: ExportedDetails
    columns: list[ExportedColumn]
    cards: list[ExportedCard]


def exported_project(exported: dict[str, Any]) -> ExportedProject:
    details = exported["project"]
    return {
        "project": {
            "name": details["name"],
            "description": details["description"],
            "deadline": timestamp_or_none(details["deadline"]),
        },
        "columns": exported["columns"],
        "cards": [_card(card) for card in exported["cards"]],
    }


def _card(card: dict[str, Any]) -> ExportedCard:
    return {
        "title": card["title"],
        "columnIndex": card["columnIndex"],
        "description": card["description"],
        "priority": card["priority"],
        "startDate": timestamp_or_none(card["startDate"]),
        "dueDate": timestamp_or_none(card["dueDate"]),
        "archived": card["archived"],
        "checklist": card["checklist"],
        "labels": card["labels"],
    }
