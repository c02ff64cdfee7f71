"""Shapes of documented answers, written by hand: what has to be there, of which JSON type, with which value.

A dict names fields that must be there (others may be, too); a list with one entry is a list of at least one of it; a
tuple is a list of exactly those; a plain value is that value; a Ref is the id of an object of the world.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Ref:
    """The id, or the text, that the world has under a name."""

    name: str


@dataclass(frozen=True)
class Is:
    """Any value of a kind."""

    what: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True)
class Either:
    """One of several shapes."""

    shapes: tuple[Any, ...]


@dataclass(frozen=True)
class Having:
    """A list with an entry of a shape among others."""

    shape: Any


def _is_time(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None
        and datetime.fromisoformat(value).tzinfo is not None
    )


ID = Is("an id", lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{24}", value) is not None)
TIME = Is("an ISO 8601 time in UTC", _is_time)
TEXT = Is("text", lambda value: isinstance(value, str) and value != "")
COUNT = Is("a count", lambda value: type(value) is int and value >= 0)
NUMBER = Is("a number", lambda value: type(value) in (int, float))
FLAG = Is("true or false", lambda value: type(value) is bool)
OBJECT = Is("an object", lambda value: isinstance(value, dict))
LIST = Is("a list", lambda value: isinstance(value, list))
ANYTHING = Is("anything", lambda _: True)


def maybe(shape: Any) -> Either:
    """The shape, or null."""
    return Either((shape, None))


def one_of(*values: str) -> Either:
    """One of the values of an enumeration."""
    return Either(values)


def containing(text: str) -> Is:
    """A text with another one in it."""
    return Is(f"text with {text!r}", lambda value: isinstance(value, str) and text in value)


def misfits(value: Any, shape: Any, ids: Mapping[str, Any], at: str = "answer") -> list[str]:
    """Where a value differs from a shape."""
    match shape:
        case Is():
            return [] if shape.holds(value) else [f"{at} is not {shape.what}: {value!r}"]
        case Ref():
            return misfits(value, str(ids[shape.name]), ids, at)
        case Either():
            found = [misfits(value, one, ids, at) for one in shape.shapes]
            return [] if [] in found else found[0]
        case Having():
            has = isinstance(value, list) and any(not misfits(one, shape.shape, ids) for one in value)
            return [] if has else [f"{at} has nothing like {shape.shape!r}: {value!r}"]
        case dict():
            return _object_misfits(value, shape, ids, at)
        case list() | tuple():
            return _list_misfits(value, shape, ids, at)
    same = type(value) is type(shape) and value == shape
    return [] if same else [f"{at} is not {shape!r}: {value!r}"]


def _object_misfits(value: Any, shape: dict[Any, Any], ids: Mapping[str, Any], at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at} is not an object: {value!r}"]
    shape = {filled(name, ids): child for name, child in shape.items()}
    missing = [f"{at}.{name} is missing" for name in shape if name not in value]
    known = [name for name in shape if name in value]
    return missing + [one for name in known for one in misfits(value[name], shape[name], ids, f"{at}.{name}")]


def _list_misfits(value: Any, shape: list[Any] | tuple[Any, ...], ids: Mapping[str, Any], at: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{at} is not a list: {value!r}"]
    if isinstance(shape, tuple) and len(value) != len(shape):
        return [f"{at} has {len(value)} entries, not {len(shape)}"]
    if isinstance(shape, list) and not value:
        return [f"{at} is empty"]
    wanted = shape if isinstance(shape, tuple) else shape * len(value)
    pairs = enumerate(zip(value, wanted, strict=True))
    return [problem for place, (item, one) in pairs for problem in misfits(item, one, ids, f"{at}.{place}")]


def filled(value: Any, ids: Mapping[str, Any]) -> Any:
    """A body (or its parameters) with the world's ids in place of the Refs; in keys too."""
    if isinstance(value, Ref):
        return str(ids[value.name])
    if isinstance(value, dict):
        return {filled(key, ids): filled(child, ids) for key, child in value.items()}
    return [filled(one, ids) for one in value] if isinstance(value, list) else value
