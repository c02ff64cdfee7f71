"""From what a model declares of its fields to the fields of inputs and to what lists are filtered and sorted by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

import orjson
from bson import ObjectId
from pydantic import BaseModel, Field, create_model

from models.enums import Priority
from models.facts import FILTER, SORT, UPDATE, Declared, Doors, declared
from models.limits import MARKDOWN, PROMPT
from resolvers.kit.input import Date, Flag, Input, NotNull, PriorityWord, Prose

M = TypeVar("M", bound=Input)

_WRITTEN: dict[Any, Any] = {
    datetime: Date,
    bool: Flag,
    int: Annotated[int, Field(strict=True, ge=-(2**31), lt=2**31)],
    float: Annotated[float, Field(strict=True, allow_inf_nan=False)],
    Priority: PriorityWord,
}


def fields_of(model: type[BaseModel], door: Doors) -> Callable[[type[M]], type[M]]:
    """Adds to an input the fields that a model declares for a door. Those that the input has itself are as they are
    there."""

    def add(cls: type[M]) -> type[M]:
        fields = {
            key: _field(field, door) for key, field in declared(model, door).items() if key not in cls.model_fields
        }
        made = create_model(cls.__name__, __base__=cls, __module__=cls.__module__, __doc__=cls.__doc__, **fields)  # type: ignore[call-overload]
        return cast("type[M]", made)

    return add


def values_of(given: Input, model: type[BaseModel], door: Doors) -> dict[str, Any]:
    """What an input has for the fields that a model declares for a door."""
    return {key: getattr(given, key) for key in declared(model, door)}


def _field(field: Declared, door: Doors) -> tuple[Any, Any]:
    type_ = _written_type(field)
    if door is UPDATE:
        if field.nullable:
            return type_ | None, Field(None, description=_clearing(field))
        return Annotated[type_ | None, NotNull], Field(None, description=_bounded(field, door))
    default = {} if field.required else {"default": field.default}
    return type_ | None if field.nullable else type_, Field(**default, description=_defaulted(field, door))


def _written_type(field: Declared) -> Any:
    if (text := field.facts.text) is not None:
        return Annotated[str, text, Prose] if text in (MARKDOWN, PROMPT) else Annotated[str, text]
    if field.type in _WRITTEN or (isinstance(field.type, type) and issubclass(field.type, Enum)):
        return written_as(field.type)
    raise TypeError(f"{field.key} is written, and has no bounds: neither its type nor its facts have any")


def written_as(type_: Any) -> Any:
    """How clients write a value of a type that has bounds of its own."""
    return _WRITTEN.get(type_, type_)


def _clearing(field: Declared) -> str:
    """What a field is that null clears."""
    told = field.facts.told.get(UPDATE)
    return told or f"{field.facts.description.removesuffix('.')}; null clears it."


def _bounded(field: Declared, door: Doors) -> str:
    """What a field is, with the limits of its text."""
    text = field.facts.text
    if text is None or door in field.facts.told:
        return field.description(door)
    limits = f"{text.minimum} to" if text.minimum else "at most"
    return f"{field.facts.description.removesuffix('.')}, {limits} {text.maximum:,} characters."


def _defaulted(field: Declared, door: Doors) -> str:
    """What a field is, with what it is where nothing is given: none, or no by default, goes without saying."""
    told = _bounded(field, door)
    default = None if field.required or door in field.facts.told else field.default
    if default is None or default is False:
        return told
    word = default.name if isinstance(default, Enum) else orjson.dumps(default).decode()
    return f"{told.removesuffix('.')}; {word} by default."


@dataclass(frozen=True, slots=True)
class Filtered:
    """A field that lists are filtered by: its key in records, and what that holds."""

    key: str
    is_id: bool = False
    is_list: bool = False
    is_text: bool = False


def filtered_by(model: type[BaseModel]) -> Mapping[str, Filtered]:
    """What a list of a model is filtered by, by the names of clients: what has an id, or some, is called without it."""
    return _listed(model)[0]


def sorted_by(model: type[BaseModel]) -> Mapping[str, str]:
    """The keys of records that a list of a model is sorted by, by the names of clients. A text has a key of its own for
    that; a rank is an order to clients."""
    return _listed(model)[1]


@cache
def _listed(model: type[BaseModel]) -> tuple[Mapping[str, Filtered], Mapping[str, str]]:
    names = {key: "ORDER" if key == "rank" else key.upper() for key in declared(model, SORT)}
    keys = {name: f"{key}_key" if f"{key}_key" in model.model_fields else key for key, name in names.items()}
    return {_filter_name(field): _filtered(field) for field in declared(model, FILTER).values()}, keys


def _filter_name(field: Declared) -> str:
    if get_origin(field.type) is list:
        return field.key.removesuffix("s").removesuffix("_id")
    return field.key.removesuffix("_id")


def _filtered(field: Declared) -> Filtered:
    is_list = get_origin(field.type) is list
    type_ = get_args(field.type)[0] if is_list else field.type
    return Filtered(field.key, issubclass(type_, ObjectId), is_list, type_ is str)


__all__ = ["Filtered", "fields_of", "filtered_by", "sorted_by", "values_of", "written_as"]
