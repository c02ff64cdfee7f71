"""Completing a column: nulls and exceptions out, leaves serialized, lists flattened, objects to the next level."""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from graphql.pyutils import UndefinedType, is_iterable

from execution.columns import Column
from execution.leaves import all_strings, types_of
from execution.nulls import NULLED
from execution.runtime_types import Members, by_runtime_type, check_type, enter_each
from execution.shape import Kind, Shape
from execution.streams import Collected, collect, discard

if TYPE_CHECKING:
    from execution.engine import Engine

_PLAIN = {str, int, float, bool, dict, list, tuple}
_PLAIN_OR_NULL = _PLAIN | {NoneType}
_NONE = id(None)
_LISTS = {list, tuple, NoneType}


def complete(engine: "Engine", column: Column, values: list[Any], types: set[type]) -> None:
    """Complete the values of a column, none of which is awaitable; exceptions among them become errors."""
    shape = column.shape
    if not types <= (_PLAIN_OR_NULL if shape.nullable else _PLAIN) and _needs_sifting(shape.nullable, types):
        values = _sifted(engine, column, values)
        types = types_of(values)
        column.ids = None
    column.values = values
    if shape.kind is Kind.LEAF:
        assert shape.serialize is not None
        out = shape.serialize(values, types)
        if out is not values:
            column.values = _stripped(engine, column, out)
    elif shape.kind is Kind.LIST:
        if types <= _LISTS:
            _complete_lists(engine, column, values, NoneType in types)
        else:
            _convert_lists(engine, column, values)
    else:
        column.below = []
        type_: Any = shape.type
        if column.ids is None and shape.kind is Kind.OBJECT and type_.is_type_of is None:
            enter_each(engine, column, type_, NoneType in types)
            return
        if column.ids is None:
            column.identify(values)
        assert column.ids is not None
        column.distinct.pop(_NONE, None)
        members = Members(column.ids, column.distinct)
        if shape.kind is Kind.OBJECT:
            check_type(engine, column, type_, members)
        else:
            by_runtime_type(engine, column, members)


def complete_wanted(engine: "Engine", column: Column, values: list[Any]) -> None:
    """Complete values that were waited for, but for those that an error has made unwanted meanwhile."""
    for place in engine.nulls.dead_values(column):
        discard(values[place])
        values[place] = NULLED
    complete(engine, column, values, types_of(values))


def _needs_sifting(nullable: bool, types: set[type]) -> bool:
    if UndefinedType in types or (not nullable and NoneType in types):
        return True
    return any(issubclass(kind, Exception) for kind in types)


def _sifted(engine: "Engine", column: Column, values: list[Any]) -> list[Any]:
    """The values with null for what is no value; an exception is an error, and so is a null where none may be."""
    field = column.field
    out: list[Any] = []
    for index, value in enumerate(values):
        if isinstance(value, Exception):
            engine.fail(column, index, value)
            out.append(None)
        elif value is None or isinstance(value, UndefinedType):
            if not column.shape.nullable:
                name = f"{field.parent_type}.{field.name}"
                engine.fail(column, index, TypeError(f"Cannot return null for non-nullable field {name}."))
            out.append(None)
        else:
            out.append(value)
    return out


def _stripped(engine: "Engine", column: Column, values: list[Any]) -> list[Any]:
    if all_strings(values) or not any(issubclass(kind, Exception) for kind in types_of(values)):
        return values
    out: list[Any] = []
    for index, value in enumerate(values):
        if isinstance(value, Exception):
            engine.fail(column, index, value)
            out.append(None)
        else:
            out.append(value)
    return out


def _complete_lists(engine: "Engine", column: Column, lists: Sequence[Sequence[Any] | None], nulls: bool) -> None:
    shape = column.shape
    assert shape.item is not None
    column.lengths = [None if items is None else len(items) for items in lists] if nulls else list(map(len, lists))  # type: ignore[arg-type]
    column.inner = Column(column.field, shape.item, column.run, column)
    engine.receive(column.inner, list(chain.from_iterable(filter(None, lists) if nulls else lists)))  # type: ignore[arg-type]


def _convert_lists(engine: "Engine", column: Column, values: list[Any]) -> None:
    """Make lists of other iterables; asynchronous ones are read to their end first."""
    streams = [index for index, value in enumerate(values) if _is_stream(engine, value)]
    if streams:
        assert column.shape.item is not None
        spoils = partial(_spoils, engine, column.shape.item)
        # Nulls are no news where they may not be: their errors are known.
        lists: list[Any] = (
            list(values) if column.shape.nullable else [NULLED if value is None else value for value in values]
        )
        for index in streams:
            lists[index] = collect(values[index], spoils)
        engine.await_values(column, lists, streams)
        return
    lists = list(values)
    for index, value in enumerate(values):
        if type(value) is Collected:
            lists[index] = _ended(engine, column, index, value.items, value.error)
        elif value is not None and not isinstance(value, list | tuple):
            lists[index] = _listed(engine, column, index, value)
    _complete_lists(engine, column, lists, True)


def _is_stream(engine: "Engine", value: Any) -> bool:
    return hasattr(type(value), "__aiter__") and engine.executor.is_async_iterable(value)


def _spoils(engine: "Engine", shape: Shape, item: Any) -> bool:
    """Whether an item is an error that takes its whole list with it."""
    if shape.nullable or engine.awaitable_places([item], {type(item)}):
        return False
    if item is None or isinstance(item, Exception | UndefinedType):
        return True
    return shape.serialize is not None and isinstance(shape.serialize([item], {type(item)})[0], Exception)


def _listed(engine: "Engine", column: Column, index: int, value: Any) -> list[Any] | None:
    if not is_iterable(value):
        name = f"{column.field.parent_type}.{column.field.name}"
        engine.fail(column, index, GraphQLError(f"Expected Iterable, but did not find one for field '{name}'."))
        return None
    items: list[Any] = []
    try:
        for item in value:
            items.append(item)  # noqa: PERF402 (what came before a failure counts)
    except Exception as error:
        return _ended(engine, column, index, items, error)
    return items


def _ended(engine: "Engine", column: Column, index: int, items: list[Any], error: Exception | None) -> list[Any]:
    """A list as far as its iteration came. One that failed is null, but the errors of its items still count."""
    if error is not None:
        engine.fail(column, index, error, late=True)
    return items
