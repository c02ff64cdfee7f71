"""What tests of custom fields are written with: fields of some types, and cards with values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.base import Record
from models.records import CardRecord, CustomFieldRecord
from resolvers.card.custom import custom_fields_of, set_card_custom_fields
from resolvers.custom_field.custom_field import create_custom_field
from resolvers.inputs.custom_field import CardCustomFieldsSet, CustomFieldCreate
from resolvers.kit.input import read_input
from tests.resolvers.projects import Board


@dataclass(slots=True)
class Fields:
    """Custom fields of a board by name, and some of its cards."""

    board: Board
    by_name: dict[str, CustomFieldRecord] = field(default_factory=dict)
    cards: list[CardRecord] = field(default_factory=list)

    def __getitem__(self, name: str) -> CustomFieldRecord:
        return self.by_name[name]

    def id(self, name: str) -> str:
        return str(self.by_name[name]["_id"])

    def option(self, name: str, label: str) -> str:
        """The id of an option."""
        return next(str(one["id"]) for one in self.by_name[name]["options"] if one["label"] == label)

    async def add(self, name: str, type_: str, options: tuple[str, ...] = ()) -> CustomFieldRecord:
        """A new field."""
        given = {"projectId": self.board.project["_id"], "name": name, "type": type_, "options": list(options)}
        made = await create_custom_field(self.board.ctx, read_input(CustomFieldCreate, given))
        self.by_name[name] = made.value
        return made.value

    async def set(self, card: CardRecord, values: Mapping[str, Any], expected: int | None = None) -> CardRecord:
        """Set values of a card, by the names of their fields."""
        given = [{"fieldId": self.id(name), "value": value} for name, value in values.items()]
        wanted = read_input(CardCustomFieldsSet, {"values": given, "expectedVersion": expected})
        return (await set_card_custom_fields(self.board.ctx, card["_id"], wanted)).value

    async def values(self, name: str) -> list[Any]:
        """What each card has for a field: options as their labels, in the order of the field."""
        stored = [await self.board.stored(card) for card in self.cards]
        shown = await custom_fields_of(self.board.ctx, stored, None)
        return [
            next((_plain(one) for one in some if str(one["field"]["_id"]) == self.id(name)), None) for some in shown
        ]


def _plain(shown: Record) -> Any:
    labels = [one["label"] for one in shown["options"]]
    if shown["field"]["type"] == "select":
        return labels[0]
    return labels if shown["field"]["type"] == "multi-select" else shown["value"]


async def make_fields(board: Board) -> Fields:
    """Level (Low, Mid, High) and Tags (x, y), and four cards; the last one has no value."""
    fields = Fields(board)
    await fields.add("Level", "select", ("Low", "Mid", "High"))
    await fields.add("Tags", "multi-select", ("x", "y"))
    for values in (
        {"Level": "Low", "Tags": ["y", "x"]},
        {"Level": "Mid", "Tags": ["x"]},
        {"Level": "High", "Tags": ["y"]},
        {},
    ):
        card = await board.card()
        fields.cards.append(await fields.set(card, values) if values else card)
    return fields
