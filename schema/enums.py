"""The enums of the graph: those of the documents, with a description for every value."""

from enum import Enum
from inspect import getdoc
from typing import TypeVar

import strawberry

from models.enums import Told, ToldNumber

E = TypeVar("E", bound=type[Enum])


def described(enum: E, description: str, **values: str) -> E:
    """Make `enum` an enum of the graph, every value of it described."""
    shown = strawberry.enum(enum, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return shown


_SETS: list[type[Told] | type[ToldNumber]] = [*Told.__subclasses__(), *ToldNumber.__subclasses__()]
for _set in _SETS:
    described(_set, getdoc(_set) or "", **{member.name: member.description for member in _set})


class OrderDirection(Enum):
    """Which end of a list comes first."""

    ASC = "ASC"
    DESC = "DESC"


described(OrderDirection, "Which end of a list comes first.", ASC="The smallest.", DESC="The largest.")
