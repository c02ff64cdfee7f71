"""Random values for a schema: right ones, nulls, wrong ones, exceptions, callables, iterables that fail, awaitables."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from typing import Any, ClassVar

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    is_abstract_type,
)

from tests.execution.choices import Choices


class Gate:
    """Holds up what would never end, until a test lets it go."""

    opened: ClassVar[asyncio.Event]

    NEVER: ClassVar[int] = 7
    """The number of ticks that are as many as it takes until the gate opens."""


class Later:
    """A value that may be awaited any number of times."""

    def __init__(self, value: Any, ticks: int = 1) -> None:
        self.value = value
        self.ticks = ticks

    def __await__(self) -> Generator[Any, None, Any]:
        if self.ticks == Gate.NEVER:
            yield from Gate.opened.wait().__await__()
        else:
            for _ in range(self.ticks):
                yield from asyncio.sleep(0).__await__()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


class Thing:
    """An object with attributes instead of keys."""

    def __init__(self, name: str | None) -> None:
        if name is not None:
            self.__typename = name


class Books(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        return self.entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


class Items:
    """An iterable, synchronous or not, that may fail at its end."""

    def __init__(self, items: list[Any], failure: Exception | None) -> None:
        self.items = items
        self.failure = failure

    def __iter__(self) -> Iterator[Any]:
        yield from self.items
        if self.failure is not None:
            raise self.failure


class Stream(Items):
    """The same, to be iterated asynchronously."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        for item in self.items:
            await asyncio.sleep(0)
            yield item
        if self.failure is not None:
            raise self.failure


LEAVES: dict[str, list[Any]] = {
    "String": ["s", "t", 1, True, 1.5, {}],
    "Int": [1, 2, True, 3.0, "4", 2**40, 1.5],
    "Float": [1.5, 2.5, 1, float("nan"), "2"],
    "Boolean": [True, False, 1, 0.5, "no"],
    "ID": ["i", 5, 5.5],
    "Odd": ["o", 1, "bad", "gone"],
    "Anything": ["a", 1, {"k": [1]}, [{"k": 2}]],
    "Color": [0, "g", False, "purple", []],
}
"""Right and wrong values of each scalar and enum."""


def type_name_of(value: Any) -> str | None:
    """The type that a value says it is of."""
    if isinstance(value, Mapping):
        return value.get("__typename")
    return getattr(value, "_Thing__typename", None)


class World:
    """Objects of every type, whose fields lead to each other."""

    def __init__(
        self, schema: GraphQLSchema, objects: list[GraphQLObjectType], choices: Choices, asynchronous: bool
    ) -> None:
        self.asynchronous = asynchronous
        self._schema = schema
        self._choices = choices
        self._count = 0
        self._pool: dict[str, list[Any]] = {
            type_.name: [self._thing(type_.name) for _ in range(2 + choices.below(2))] for type_ in objects
        }
        for type_ in objects:
            for thing in self._pool[type_.name]:
                for name, field in type_.fields.items():
                    self._set(thing, name, self._late(self._value(field.type)))
        self.root = self._pool["T0"][0]

    def value(self, source: Any, name: str, args: Mapping[str, Any], salt: int) -> Any:
        """What a resolver answers; another thing where the salt is a multiple of three."""
        found = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        if salt % 6 == 5:
            raise GraphQLError(f"Salted {salt}.", extensions={"salt": salt})
        if isinstance(found, Later):
            return Later(_answer(found.value, args), found.ticks)
        if isinstance(found, Exception):
            raise found
        return _answer(found, args)

    def caught(self, source: Any, name: str, args: Mapping[str, Any]) -> Any:
        """The same, with an exception as its value."""
        try:
            return self.value(source, name, args, 0)
        except Exception as error:
            return error

    def _thing(self, name: str) -> Any:
        kind = self._choices.below(4)
        known: str | None = self._choices.pick([name] * 7 + ["T1", None, "Nowhere"])
        if kind == 3:
            return Thing(known)
        self._count += 1
        # Objects lead back to themselves: a number apiece settles at once that they are not equal.
        thing: Any = Books() if kind == 2 else {"#": self._count}
        if known is not None:
            (thing.entries if isinstance(thing, Books) else thing)["__typename"] = known
        return thing

    def _set(self, thing: Any, name: str, value: Any) -> None:
        if isinstance(thing, Thing):
            setattr(thing, name, value)
        else:
            (thing.entries if isinstance(thing, Books) else thing)[name] = value

    def _value(self, type_: Any) -> Any:
        choices = self._choices
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type) if not choices.chance(5) else None
        surprise = choices.below(40)
        if surprise == 39:
            return None
        if surprise == 38:
            return ValueError("Stored.")
        if surprise == 37:
            return choices.pick([7, "x", {}, [], b"x"])
        if isinstance(type_, GraphQLList):
            items = [self._late(self._value(type_.of_type)) for _ in range(choices.below(4))]
            return self._list(items)
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            return self._leaf(type_)
        names = (
            [kind.name for kind in self._schema.get_possible_types(type_)] if is_abstract_type(type_) else [type_.name]
        )
        return choices.pick(self._pool[choices.pick(names)])

    def _list(self, items: list[Any]) -> Any:
        failure = IndexError("Ran out.") if self._choices.below(4) == 3 else None
        kind = self._choices.below(8)
        if kind == 6:
            return Items(items, failure)
        if kind == 7:
            return Stream(items, failure) if self.asynchronous else Items(items, failure)
        return tuple(items) if kind == 5 else items

    def _late(self, value: Any) -> Any:
        """The value itself, or by way of a callable, or awaitable."""
        kind = self._choices.below(12)
        ticks = self._choices.pick([0, 1, 2, 0, 1, 2, 5, Gate.NEVER])
        if kind == 11:
            return Later(value, ticks) if self.asynchronous else value
        if kind == 10:
            return _Calling(Later(value, ticks) if self.asynchronous else value)
        if kind == 9:
            return _Calling(value)
        return value

    def _leaf(self, type_: Any) -> Any:
        return self._choices.pick(LEAVES[type_.name])


def _answer(found: Any, args: Mapping[str, Any]) -> Any:
    if args and isinstance(found, str):
        return f"{found} {sorted(args.items())}"
    return None if isinstance(found, _Calling) else found


class _Calling:
    """A callable value, as the default resolver calls it."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return "calling"

    def __call__(self, info: Any, **args: Any) -> Any:
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


Build = Callable[[bool], World]
