"""What is known of a value that stands in the code.

It is one of three things: the product's own, an input (whose fields named `…_id` are a client's ids), or a client's id.
What is made of a client's id is one too. A query that names something of the product's own beside it (the workspace,
the project, the card) finds nothing outside that, and is no client's any more; nor is an id after a door.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from tests.rules.code import FunctionDef


class Of(IntEnum):
    """Whose a value is; the higher wins where several meet."""

    PRODUCT = 0
    INPUT = 1
    CLIENT = 2


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value: `opened` are the fields of an input whose doors were passed, `is_bound` says that a
    query names something of the product's own, `is_collection` that documents are read and written by it, `is_open`
    that those documents are no tenant's."""

    of: Of = Of.PRODUCT
    opened: frozenset[str] = frozenset()
    is_bound: bool = False
    is_collection: bool = False
    is_open: bool = False
    made_by: FunctionDef | None = None


OWN = Value()
CLIENT = Value(Of.CLIENT)
Values = dict[str, Value]

IDS = re.compile(r"(^|_)ids?$|Ids?$")
"""What a field is called that is one id, or several, in an input and in a path."""


def met(values: Iterable[Value]) -> Value:
    """What is made of several."""
    known = list(values)
    of = max((value.of for value in known), default=Of.PRODUCT)
    opened = [value.opened for value in known if value.of is Of.INPUT]
    return Value(of, frozenset.intersection(*opened) if opened else frozenset())


def is_id(name: str) -> bool:
    return IDS.search(name) is not None


def joined(parts: Sequence[Value]) -> Value:
    """One query of several parts, which all hold."""
    if any(part.is_bound for part in parts):
        return Value(is_bound=True)
    return met(parts)
