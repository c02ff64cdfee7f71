"""What is declared of a document's field beside its type. Every door to the field is made of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import cache
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from models.ids import Kind
from models.limits import Text


class Doors(Flag):
    """Where a field is met. What a door says or does otherwise than it follows from the field stands there, by hand."""

    GRAPH = auto()
    """The graph shows it; instead of an id, the edge to what it leads to."""
    REST = auto()
    """REST shows it, in camelCase."""
    CREATE = auto()
    """Creating takes it."""
    UPDATE = auto()
    """Updating takes it."""
    FILTER = auto()
    """Lists are filtered by it."""
    SORT = auto()
    """Lists are sorted by it."""
    TRANSFER = auto()
    """The file of a project carries it."""
    TEMPLATE = auto()
    """Templates carry it; a date as days from the beginning of the project."""
    TOOL = auto()
    """Tools show it; beside an id, the name of what it leads to."""


GRAPH, REST, CREATE, UPDATE, FILTER, SORT, TRANSFER, TEMPLATE, TOOL = Doors
SHOWN = GRAPH | REST | TOOL
WRITTEN = CREATE | UPDATE
LISTED = FILTER | SORT


@dataclass(frozen=True, slots=True)
class Facts:
    """Annotates a field of a document: what it is, and where it is met. `text` bounds what may be written, `refers` is
    what an id leads to; `told` is how a door puts it that says more than the `description`. Documents and events of
    before may lack what is `late`, and is never null: every door shows its default then."""

    description: str
    doors: Doors = SHOWN
    text: Text | None = None
    refers: Kind | None = None
    told: Mapping[Doors, str] = field(default_factory=dict)
    late: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """A field with its facts. `type` is without null; where it is `required`, a document cannot be without it."""

    key: str
    type: Any
    nullable: bool
    facts: Facts
    info: FieldInfo

    @property
    def required(self) -> bool:
        return self.info.is_required()

    @property
    def default(self) -> Any:
        """What a document of before, which lacks the field, counts as having."""
        return self.info.get_default(call_default_factory=True)

    def description(self, door: Doors) -> str:
        """What it is, as a door says it."""
        return self.facts.told.get(door, self.facts.description)


def declared(model: type[BaseModel], door: Doors) -> Mapping[str, Declared]:
    """The fields of a model that are met at a door, by their keys."""
    return {key: field for key, field in facts_of(model).items() if door in field.facts.doors}


@cache
def facts_of(model: type[BaseModel]) -> Mapping[str, Declared]:
    """The fields of a model that have facts, by their keys."""
    found = (_declared(key, info) for key, info in model.model_fields.items())
    return {field.key: field for field in found if field is not None}


def _declared(key: str, info: FieldInfo) -> Declared | None:
    facts = next((note for note in info.metadata if isinstance(note, Facts)), None)
    if facts is None:
        return None
    kinds = [kind for kind in get_args(info.annotation) if kind is not NoneType]
    nullable = NoneType in get_args(info.annotation)
    return Declared(key, kinds[0] if nullable else info.annotation, nullable, facts, info)
