"""What a list's filter is written with: the comparators, and the filter of a model, checked. Every door is made of
them; `filters` compiles what they let through."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from bson import ObjectId
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_camel

from models.errors import BadUserInput
from models.facts import FILTER, declared
from resolvers.kit.fields import filtered_by, written_as
from resolvers.kit.filters import MAX_DEPTH
from resolvers.kit.input import AnyId, Date, Flag, Input, read_input

Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]

LOGIC = {"and_": "All of these hold.", "or_": "One of these holds.", "not_": "This does not hold."}


def given(description: str) -> Any:
    """A condition that may be left out."""
    return Field(None, description=description)


def _client_name(name: str) -> str:
    """`in_` and `or_` are called so in Python alone."""
    return to_camel(name.rstrip("_"))


class Comparator(Input):
    """Conditions on one field."""

    model_config = ConfigDict(alias_generator=_client_name, populate_by_name=True)


class StringComparator(Comparator):
    """Conditions on text; all that are given must hold."""

    eq: str | None = given("Is this text.")
    neq: str | None = given("Is another text.")
    in_: list[str] | None = given("Is one of these.")
    nin: list[str] | None = given("Is none of these.")
    contains: str | None = given("Holds this text, whatever its case.")
    starts_with: str | None = given("Starts with this text, whatever its case.")
    null: Flag | None = given("Whether there is no text.")


class IdComparator(Comparator):
    """Conditions on a reference; all that are given must hold."""

    eq: AnyId | None = given("Is this object.")
    neq: AnyId | None = given("Is another object.")
    in_: list[AnyId] | None = given("Is one of these.")
    nin: list[AnyId] | None = given("Is none of these.")
    null: Flag | None = given("Whether it refers to nothing.")


class DateComparator(Comparator):
    """Conditions on a moment; all that are given must hold."""

    eq: Date | None = given("Is this moment.")
    lt: Date | None = given("Lies before.")
    lte: Date | None = given("Lies before, or is it.")
    gt: Date | None = given("Lies after.")
    gte: Date | None = given("Lies after, or is it.")
    null: Flag | None = given("Whether there is none.")


class BooleanComparator(Comparator):
    """A condition on a yes or no."""

    eq: Flag | None = given("Is this.")


class NumberComparator(Comparator):
    """Conditions on a number; all that are given must hold."""

    eq: Real | None = given("Is this number.")
    neq: Real | None = given("Is another number.")
    in_: list[Real] | None = given("Is one of these.")
    nin: list[Real] | None = given("Is none of these.")
    lt: Real | None = given("Is less.")
    lte: Real | None = given("Is less, or this.")
    gt: Real | None = given("Is more.")
    gte: Real | None = given("Is more, or this.")
    null: Flag | None = given("Whether there is none.")


class CustomFieldComparator(Comparator):
    """Conditions on the value of a custom field, by the comparator of its type; all that are given hold."""

    field_id: AnyId = Field(description="The custom field, of the project whose cards are listed.")
    text: StringComparator | None = given("Of a text field.")
    number: NumberComparator | None = given("Of a number field.")
    date: DateComparator | None = given("Of a date field.")
    boolean: BooleanComparator | None = given("Of a boolean field.")
    select: IdComparator | None = given("Of a select or multi-select field: the options by their ids.")
    null: Flag | None = given("Whether there is no value, whatever the type.")


_COMPARATORS: Mapping[Any, type[Comparator]] = {
    str: StringComparator,
    datetime: DateComparator,
    bool: BooleanComparator,
    int: NumberComparator,
    float: NumberComparator,
}


@cache
def comparator_of(type_: Any, nullable: bool) -> type[Comparator]:
    """What compares a field of a type."""
    if issubclass(type_, ObjectId):
        return IdComparator
    return _COMPARATORS.get(type_) or _enum_comparator(type_, nullable)


def _enum_comparator(enum: type[Enum], nullable: bool) -> type[Comparator]:
    member = written_as(enum)
    fields: dict[str, Any] = {
        "eq": (member | None, given("Is this one.")),
        "in_": (list[member] | None, given("Is one of these.")),  # type: ignore[valid-type]
    }
    if nullable:
        fields["null"] = Flag | None, given("Whether there is none.")
    told = f"Conditions on a `{enum.__name__}`; all that are given must hold."
    return create_model(f"{enum.__name__}Comparator", __base__=Comparator, __doc__=told, **fields)


@cache
def conditions_of(model: type[BaseModel]) -> Mapping[str, tuple[type[Comparator], str]]:
    """The comparator of each field that a list of a model is filtered by, with what it is."""
    fields = declared(model, FILTER)
    found = {
        name: (
            comparator_of(_element(fields[by.key].type), fields[by.key].nullable),
            fields[by.key].description(FILTER),
        )
        for name, by in filtered_by(model).items()
    }
    if "custom_values" in model.model_fields:
        found["custom_field"] = CustomFieldComparator, "The value of a custom field."
    return found


@cache
def filter_model(model: type[BaseModel]) -> type[Comparator]:
    """One level of the filter of a model: its conditions, and filters again that `and`, `or` and `not` take."""
    fields: dict[str, Any] = {name: (type_ | None, given(told)) for name, (type_, told) in conditions_of(model).items()}
    for name, told in LOGIC.items():
        inner: Any = dict[str, Any] if name == "not_" else list[dict[str, Any]]
        fields[name] = inner | None, given(f"{told.removesuffix('.')}: as the filter itself.")
    return create_model(f"{model.__name__}Filter", __base__=Comparator, **fields)


def read_filter(model: type[BaseModel], values: Any, depth: int = 1) -> dict[str, Any]:
    """A filter as operations take it, of one as clients write it in JSON; raises BadUserInput for what does not fit."""
    if depth > MAX_DEPTH:
        raise BadUserInput(f"is deeper than {MAX_DEPTH} levels", field="filter")
    found = _plain(read_input(filter_model(model), values, under="filter"))
    for name in ("and", "or"):
        if found.get(name) is not None:
            found[name] = [read_filter(model, inner, depth + 1) for inner in found[name]]
    if found.get("not") is not None:
        found["not"] = read_filter(model, found["not"], depth + 1)
    return found


def _plain(checked: Input) -> dict[str, Any]:
    return {
        name.rstrip("_"): _plain(value) if isinstance(value, Input) else value
        for name, value in checked.given().items()
    }


def _element(type_: Any) -> Any:
    return get_args(type_)[0] if get_origin(type_) is list else type_
