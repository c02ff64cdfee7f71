"""Which of what happens an automation is for: from where to where, and a filter of its card.

The filter is that of the graph, in JSON, where a bare value is equal to, a list one of these, and null none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import Card
from models.base import Record
from models.card_enums import CardStatus
from models.enums import AutomationTrigger
from models.errors import BadUserInput
from models.ids import Kind, kind_of, parse_id
from resolvers.custom_field.custom_filter import definitions
from resolvers.kit.comparators import read_filter
from resolvers.kit.filters import MAX_VALUES, card_filter

SIDES = ("from", "to")
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "neq": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value in wanted,
    "nin": lambda value, wanted: value not in wanted,
    "null": lambda value, wanted: (value is None) is wanted,
}

Side = Mapping[str, Any]
"""Comparators of what was before, or is now."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an automation asks: comparators of what changed, by `from` and `to`, and the query that its card meets."""

    sides: Mapping[str, Side]
    query: Record

    def hold(self, before: Any, after: Any) -> bool:
        """Whether what changed is from and to what is asked for."""
        return all(
            _compares(self.sides.get(name, {}), value) for name, value in zip(SIDES, (before, after), strict=True)
        )


def _id(kind: Kind, *others: Kind) -> Callable[[Any, str], Any]:
    def read(value: Any, field: str) -> ObjectId:
        parsed = parse_id(value, field=field)
        return parsed if kind_of(parsed) in others else parse_id(parsed, kind, field=field)

    return read


def _status(value: Any, field: str) -> str:
    if value not in tuple(CardStatus):
        raise BadUserInput(f"must be {', '.join(CardStatus)}", field=field)
    return str(value)


_READERS: Mapping[AutomationTrigger, Callable[[Any, str], Any]] = {
    AutomationTrigger.TASK_MOVED: _id(Kind.COLUMN),
    AutomationTrigger.TASK_ADDED_TO_BOARD: _id(Kind.SCOPE, Kind.PROJECT),
    AutomationTrigger.TASK_STATUS_CHANGED: _status,
    AutomationTrigger.TASK_ASSIGNED: _id(Kind.USER),
}
"""What changes, by what tells of it; the others have no `from` and `to`."""


async def read_conditions(trigger: AutomationTrigger, values: Mapping[str, Any], project_id: ObjectId) -> Conditions:
    """Conditions as a client wrote them, of an automation of a project. Raises BadUserInput, also for what is gone."""
    sides = {name: _read_side(trigger, values[name], name) for name in SIDES if name in values}
    written = _spelled_out({name: value for name, value in values.items() if name not in SIDES})
    try:
        filter = read_filter(Card, written)
        query = card_filter(filter, await definitions([project_id], filter, None))
    except BadUserInput as error:
        place = (error.field or "").removeprefix("filter").removeprefix(".")
        told = error.message.removeprefix(f"{error.field}: ")
        raise BadUserInput(told, field=f"conditions.{place}" if place else "conditions") from error
    return Conditions(sides, query)


def _read_side(trigger: AutomationTrigger, value: Any, name: str) -> Side:
    field, read = f"conditions.{name}", _READERS.get(trigger)
    if read is None:
        raise BadUserInput(f"is not told by {trigger}", field=field)
    side: dict[str, Any] = {}
    for operator, given in _comparator(value).items():
        if operator not in _OPERATORS:
            raise BadUserInput(f"must be one of {', '.join(_OPERATORS)}", field=field)
        if operator == "null":
            if not isinstance(given, bool):
                raise BadUserInput("must be true or false", field=f"{field}.null")
            side[operator] = given
        elif operator in ("in", "nin"):
            if not isinstance(given, list) or len(given) > MAX_VALUES:
                raise BadUserInput(f"must be a list of at most {MAX_VALUES}", field=f"{field}.{operator}")
            side[operator] = [read(each, f"{field}.{operator}") for each in given]
        else:
            side[operator] = read(given, field)
    return side


def _compares(side: Side, value: Any) -> bool:
    return all(_OPERATORS[operator](value, wanted) for operator, wanted in side.items())


def _comparator(value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    if value is None:
        return {"null": True}
    return {"in" if isinstance(value, list) else "eq": value}


def _spelled_out(values: Any) -> Any:
    """A filter in which every condition is a comparator."""
    if not isinstance(values, dict):
        return values  # which is refused where it is read
    spelled: dict[str, Any] = {
        name: _comparator(value) for name, value in values.items() if name not in ("and", "or", "not")
    }
    for name in values.keys() & {"and", "or", "not"}:
        inner = values[name]
        spelled[name] = [_spelled_out(each) for each in inner] if isinstance(inner, list) else _spelled_out(inner)
    return spelled
