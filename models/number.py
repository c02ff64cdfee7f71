"""Numbers: what an object is called beside its id, for interfaces that take small integers (docs/decisions/0093).

Most count 1, 2, 3 in the history that tells of them (`realtime.numbers`). Those of users and organizations are drawn at
random, so that none tells how many there are.
"""

from enum import Enum
from secrets import randbelow
from typing import Annotated

from pydantic import BaseModel
from pymongo import ASCENDING, IndexModel

from models.facts import GRAPH, Facts

MAX_NUMBER = 2**31 - 1


class Numbering(Enum):
    """How objects get their numbers: one after the other in the workspace or organization that they are in, or at
    random."""

    COUNTED = "counted"
    DRAWN = "drawn"


Number = Annotated[
    int | None,
    Numbering.COUNTED,
    Facts(
        "Its number: 1, 2, 3 among those of its kind there are or were around it. Null in events of before.",
        GRAPH,
        late=True,
    ),
]
"""Says of the objects of a model that they are counted, as a field `number`. They are written by `insert`, or given
their numbers by `number`, of `realtime.numbers`; `number_index` finds them."""

DrawnNumber = Annotated[
    int | None,
    Numbering.DRAWN,
    Facts("Its number, which no other one has. Null in events of before.", GRAPH, late=True),
]
"""The same for numbers that are drawn."""


def numbering_of(model: type[BaseModel]) -> Numbering | None:
    """How the objects of a model get their numbers; None where they have none."""
    field = model.model_fields.get("number")
    return next((note for note in field.metadata if isinstance(note, Numbering)), None) if field else None


def draw_number() -> int:
    """A number at random."""
    return 1 + randbelow(MAX_NUMBER)


def number_index(around: str) -> IndexModel:
    """What counted objects are found by: `around` is the key of what they are counted in. The head of its history sees
    to it that no two have the same."""
    return IndexModel([("number", ASCENDING), (around, ASCENDING)])


def drawn_index() -> IndexModel:
    """What drawn numbers are found by, and kept from being drawn again."""
    return IndexModel([("number", ASCENDING)], unique=True, partialFilterExpression={"number": {"$type": "int"}})
