"""What REST shows of what models declare: a key a field, in camelCase, and values as JSON holds them."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import Enum
from functools import partial
from operator import itemgetter
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from bson import ObjectId
from pydantic import BaseModel, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict, is_typeddict

from models.base import timestamp
from models.enums import Priority
from models.facts import REST, Declared, Doors, declared

T = TypeVar("T")
Convert = Callable[[Any], Any]
Values = Callable[[Mapping[str, object]], dict[str, Any]]

Id = Annotated[str, Field(pattern="^[0-9a-f]{24}$")]
Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]

_SHOWN: dict[type, Values] = {}
"""How what is declared is shown, by the TypedDict that it is a part of."""


def presents(
    model: type[BaseModel],
    *,
    door: Doors = REST,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    named: Callable[[str], str] = to_camel,
) -> Callable[[type[T]], type[T]]:
    """Adds to a TypedDict the fields that a model declares for a door, and the id; `shown` are their values. What the
    class has itself is by hand. `named` is what a key of the record is called."""

    def add(cls: type[T]) -> type[T]:
        own = cls.__annotations__
        fields = {
            named(key): field
            for key, field in declared(model, door).items()
            if named(key) not in own and key not in without and (only is None or key in only)
        }
        with_id = door is REST and "id" not in without
        types = ({"id": Id} if with_id else {}) | {name: _type(field) for name, field in fields.items()} | own
        made: Any = TypedDict(cls.__name__, types)  # type: ignore[misc]
        made.__doc__, made.__module__ = cls.__doc__, cls.__module__
        _SHOWN[made] = _of_fields(fields, with_id=with_id)
        return cast("type[T]", made)

    return add


def shown(cls: type[T], record: Mapping[str, object]) -> T:
    """What a TypedDict has of a record by declaration; whoever asks adds what is by hand.

    One that presents no model has all of it by its own types: a yes or no is called `is_late` in the record.
    """
    values = _SHOWN.get(cls) or _SHOWN.setdefault(cls, _of_types(cls))
    return cast("T", values(record))


def _of_types(cls: type) -> Values:
    hints = get_type_hints(cls, include_extras=True)
    snake = {name: re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name) for name in hints}
    keys = {name: f"is_{snake[name]}" if hint is bool else snake[name] for name, hint in hints.items()}
    return _compiled([(key, name, _hinted(hints[name])) for name, key in keys.items()], {})


def _of_fields(fields: Mapping[str, Declared], *, with_id: bool) -> Values:
    shown_as = [(field.key, name, _convert(field)) for name, field in fields.items()]
    defaults = {field.key: field.default for field in fields.values() if not field.required}
    return _compiled([*shown_as, ("_id", "id", str)] if with_id else shown_as, defaults)


def _compiled(shown_as: list[tuple[str, str, Convert | None]], defaults: Mapping[str, Any]) -> Values:
    """Worked out once: a response has 500 cards. What is converted comes first."""
    shown_as.sort(key=lambda each: each[2] is None)
    keys, names, _ = zip(*shown_as, strict=True)
    converts = [(place, convert) for place, (_, _, convert) in enumerate(shown_as) if convert is not None]
    read = itemgetter(*keys) if len(keys) > 1 else lambda record: (record[keys[0]],)

    def values(record: Mapping[str, object]) -> dict[str, Any]:
        try:
            row = list(read(record))
        except KeyError:  # a document of before, which lacks some
            row = list(read({**defaults, **record}))
        for place, convert in converts:
            value = row[place]
            if value is not None:
                row[place] = convert(value)
        return dict(zip(names, row, strict=True))

    return values


def _type(field: Declared) -> Any:
    """The type in OpenAPI of what a field is shown as."""
    if get_origin(field.type) is list:
        type_: Any = list[_plain_type(get_args(field.type)[0])]  # type: ignore[misc]
    else:
        type_ = _plain_type(field.type)
    return type_ | None if field.nullable else type_


def _plain_type(type_: Any) -> Any:
    if not isinstance(type_, type):
        return type_
    if issubclass(type_, ObjectId):
        return Id
    if issubclass(type_, Enum):
        return Literal[*(word(member) for member in type_)]
    return Timestamp if type_ is datetime else type_


def _convert(field: Declared) -> Convert | None:
    """What makes JSON of a value; None for one that is JSON."""
    if get_origin(field.type) is list:
        each = _plain_convert(get_args(field.type)[0])
        return None if each is None else lambda values: [each(value) for value in values]
    return _plain_convert(field.type)


def _plain_convert(type_: Any) -> Convert | None:
    if type_ is Any or get_origin(type_) is dict:
        return plain
    if not isinstance(type_, type):
        return None
    if issubclass(type_, Enum):
        words = {member: word(member) for member in type_}
        return words.__getitem__
    if issubclass(type_, ObjectId):
        return str
    return timestamp if type_ is datetime else None


def _hinted(hint: Any) -> Convert | None:
    """What makes JSON of a value that a TypedDict has a type for."""
    hint = next((kind for kind in get_args(hint) if kind is not NoneType), hint) if NoneType in get_args(hint) else hint
    if get_origin(hint) is list:
        each = _hinted(get_args(hint)[0])
        return None if each is None else lambda values: [each(value) for value in values]
    if is_typeddict(hint):
        return partial(shown, hint)
    if get_origin(hint) is Literal:
        return lambda value: word(value) if isinstance(value, Enum) else value
    return str if hint == Id else timestamp if hint == Timestamp else None


def word(member: Enum) -> Any:
    """How REST writes a value of a set."""
    return getattr(of_three(member) if isinstance(member, Priority) else member, "word", member.value)


def of_three(priority: Priority) -> Priority:
    """The nearest priority for clients that know three: `critical` came later."""
    return min(priority, Priority.HIGH)


def plain(value: Any) -> Any:
    """Free-form data as JSON holds it: ids and dates inside become text."""
    if isinstance(value, dict):
        return {str(key): plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    if isinstance(value, ObjectId):
        return str(value)
    return timestamp(value) if isinstance(value, datetime) else value
