"""Columns of the default resolver: a key of mappings, an attribute of anything else, read without a call per object."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from keyword import iskeyword
from operator import attrgetter, itemgetter
from typing import Any, cast

ReadColumn = Callable[[list[Any]], list[Any]]
"""From the parents to one value apiece."""


def read_default(sources: list[Any], kinds: set[type], name: str) -> list[Any]:
    """What `default_field_resolver` finds before it calls a callable; a failure stands as its exception."""
    if kinds == {dict}:
        try:
            return list(map(itemgetter(name), sources))
        except KeyError:
            return [source.get(name) for source in sources]
    if not any(issubclass(kind, Mapping) for kind in kinds):
        try:
            return attribute_reader(name)(sources)
        except Exception:
            return read_each(lambda source: getattr(source, name, None), sources)
    return read_each(
        lambda source: source.get(name) if isinstance(source, Mapping) else getattr(source, name, None), sources
    )


@lru_cache(4096)
def attribute_reader(name: str) -> ReadColumn:
    """A function that reads an attribute of every source, compiled: it takes half the time of an `attrgetter`."""
    if not name.isidentifier() or iskeyword(name):
        get = attrgetter(name)
        return lambda sources: list(map(get, sources))
    read: ReadColumn = eval(f"lambda sources: [source.{name} for source in sources]", {})  # noqa: S307
    return read


def column_reader(get: Callable[[Any], Any]) -> ReadColumn:
    """A function that calls `get` with every source; a failure stands as its exception."""
    # An attrgetter reduces to itself and its names.
    names: tuple[Any, ...] = cast("Any", get).__reduce__()[1] if isinstance(get, attrgetter) else ()
    read: ReadColumn = attribute_reader(names[0]) if len(names) == 1 else lambda sources: list(map(get, sources))

    def read_all(sources: list[Any]) -> list[Any]:
        try:
            return read(sources)
        except Exception:
            return read_each(get, sources)

    return read_all


def read_each(get: Callable[[Any], Any], sources: list[Any]) -> list[Any]:
    """`get` of every source, one by one, so that a failure is that of its own source."""
    values: list[Any] = []
    for source in sources:
        try:
            values.append(get(source))
        except Exception as error:
            values.append(error)
    return values
