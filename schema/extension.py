"""Fields that a type is given by the modules of what they lead to, as `extend type` does in SDL.

So a noun says itself where it is shown, and the modules of what is around it do not know of it.
"""

import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar, get_args

import strawberry
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

import schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Extension:
    """Fields that stand right behind the field `after` of a type; without that, behind all of its own."""

    fields: Sequence[StrawberryField]
    after: str | None


_EXTENSIONS: defaultdict[Any, list[Extension]] = defaultdict(list)
"""By the reference to the type that is extended."""


def extends(parent: Any, *, after: str | None = None) -> Callable[[type[T]], type[T]]:
    """The fields of a class are fields of the type that a reference leads to, right behind its field `after`, which may
    come from an extension too; behind all of its own where nothing is said. What of several modules stands at one place
    stands in the order of their names."""

    def add(cls: type[T]) -> type[T]:
        fields = get_object_definition(strawberry.type(cls), strict=True).fields
        _EXTENSIONS[parent].append(Extension(fields, after))
        return cls

    return add


def extend_types() -> None:
    """Give the types what the modules of all others declare for them. Raises LookupError for an extension that is to
    stand behind a field that is not there."""
    for module in pkgutil.iter_modules(schema.__path__, "schema."):
        import_module(module.name)
    while _EXTENSIONS:
        parent, extensions = _EXTENSIONS.popitem()
        name, lazy = get_args(parent)
        definition = get_object_definition(lazy.resolve_forward_ref(name).resolve_type(), strict=True)
        extensions.sort(key=lambda extension: extension.fields[0].origin.__module__)
        definition.fields = _placed(definition, extensions)


def _placed(definition: StrawberryObjectDefinition, extensions: Sequence[Extension]) -> list[StrawberryField]:
    waiting = defaultdict(list)
    for extension in extensions:
        waiting[extension.after].append(extension)

    def spread(fields: Sequence[StrawberryField]) -> Iterator[StrawberryField]:
        for field in fields:
            yield field
            yield from behind(field.python_name)

    def behind(name: str | None) -> Iterator[StrawberryField]:
        for extension in waiting.pop(name, ()):
            yield from spread(extension.fields)

    placed = [*spread(definition.fields), *behind(None)]
    if waiting:
        raise LookupError(f"no field of {definition.name} is called {', '.join(map(str, waiting))}")
    return placed
