"""Columns of the default resolver: a key of mappings, an attribute of anything else, read without a call per object."""

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any


def read_default(sources: list[Any], kinds: set[type], name: str) -> list[Any]:
    """What `default_field_resolver` finds before it calls a callable; a failure stands as its exception."""
    if kinds == {dict}:
        try:
            return list(map(itemgetter(name), sources))
        except KeyError:
            return [source.get(name) for source in sources]
    if not any(issubclass(kind, Mapping) for kind in kinds):
        try:
            return list(map(attrgetter(name), sources))
        except Exception:
            return read_each(lambda source: getattr(source, name, None), sources)
    return read_each(
        lambda source: source.get(name) if isinstance(source, Mapping) else getattr(source, name, None), sources
    )


def read_all(get: Callable[[Any], Any], sources: list[Any]) -> list[Any]:
    """`get` of every source; a failure stands as its exception."""
    try:
        return list(map(get, sources))
    except Exception:
        return read_each(get, sources)


def read_each(get: Callable[[Any], Any], sources: list[Any]) -> list[Any]:
    """`get` of every source, one by one, so that a failure is that of its own source."""
    values: list[Any] = []
    for source in sources:
        try:
            values.append(get(source))
        except Exception as error:
            values.append(error)
    return values
