"""Typed comparators of filters, which `resolvers.kit.filters` compiles."""

from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

import strawberry
from strawberry import UNSET

from schema.enums import described
from schema.inputs.base import given, required


@strawberry.input(description="Conditions on text; all that are given must hold.")
class StringComparator:
    eq: str | None = given("Is this text.")
    neq: str | None = given("Is another text.")
    in_: list[str] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    nin: list[str] | None = given("Is none of these.")
    contains: str | None = given("Holds this text, whatever its case.")
    starts_with: str | None = given("Starts with this text, whatever its case.")
    null: bool | None = given("Whether there is no text.")


@strawberry.input(description="Conditions on a reference; all that are given must hold.")
class IdComparator:
    eq: strawberry.ID | None = given("Is this object.")
    neq: strawberry.ID | None = given("Is another object.")
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    nin: list[strawberry.ID] | None = given("Is none of these.")
    null: bool | None = given("Whether it refers to nothing.")


@strawberry.input(description="Conditions on a moment; all that are given must hold.")
class DateComparator:
    eq: datetime | None = given("Is this moment.")
    lt: datetime | None = given("Lies before.")
    lte: datetime | None = given("Lies before, or is it.")
    gt: datetime | None = given("Lies after.")
    gte: datetime | None = given("Lies after, or is it.")
    null: bool | None = given("Whether there is none.")


@strawberry.input(description="A condition on a yes or no.")
class BooleanComparator:
    eq: bool | None = given("Is this.")


@strawberry.input(description="Conditions on a number; all that are given must hold.")
class NumberComparator:
    eq: float | None = given("Is this number.")
    neq: float | None = given("Is another number.")
    in_: list[float] | None = strawberry.field(name="in", default=UNSET, description="Is one of these.")
    nin: list[float] | None = given("Is none of these.")
    lt: float | None = given("Is less.")
    lte: float | None = given("Is less, or this.")
    gt: float | None = given("Is more.")
    gte: float | None = given("Is more, or this.")
    null: bool | None = given("Whether there is none.")


@strawberry.input(
    description="Conditions on the value of a custom field, by the comparator of its type; all that are given hold."
)
class CustomFieldComparator:
    field_id: strawberry.ID = required("The custom field, of the project whose cards are listed.")
    text: StringComparator | None = given("Of a text field.")
    number: NumberComparator | None = given("Of a number field.")
    date: DateComparator | None = given("Of a date field.")
    boolean: BooleanComparator | None = given("Of a boolean field.")
    select: IdComparator | None = given("Of a select or multi-select field: the options by their ids.")
    null: bool | None = given("Whether there is no value, whatever the type.")


class OrderDirection(Enum):
    """Which end of a list comes first."""

    ASC = "ASC"
    DESC = "DESC"


described(OrderDirection, "Which end of a list comes first.", ASC="The smallest.", DESC="The largest.")

_COMPARATORS: dict[Any, type] = {
    str: StringComparator,
    datetime: DateComparator,
    bool: BooleanComparator,
    int: NumberComparator,
    float: NumberComparator,
}


@cache
def comparator_of(type_: Any, nullable: bool) -> type:
    """What compares a field of a type."""
    return _COMPARATORS.get(type_) or _enum_comparator(type_, nullable)


def _enum_comparator(enum: type[Enum], nullable: bool) -> type:
    fields: dict[str, tuple[Any, Any]] = {
        "eq": (enum | None, given("Is this one.")),
        "in_": (list[enum] | None, strawberry.field(name="in", default=UNSET, description="Is one of these.")),  # type: ignore[valid-type]
    }
    if nullable:
        fields["null"] = bool | None, given("Whether there is none.")
    members = {name: field for name, (_, field) in fields.items()}
    annotations = {name: type_ for name, (type_, _) in fields.items()}
    made = type(f"{enum.__name__}Comparator", (), {"__annotations__": annotations, **members})
    return strawberry.input(made, description=f"Conditions on a `{enum.__name__}`; all that are given must hold.")
