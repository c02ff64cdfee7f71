"""Finding the column of a field: by a batch, by reading in bulk, or by calling a resolver per object."""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import default_field_resolver

from execution.columns import Column, Run
from execution.completion import complete
from execution.leaves import types_of
from execution.plan import FieldPlan
from execution.reading import read_default
from execution.ways import How

if TYPE_CHECKING:
    from execution.engine import Engine

_NOT_CALLABLE = {str, int, float, bool, NoneType, dict, list, tuple}


def resolve(engine: "Engine", run: Run, field: FieldPlan) -> None:
    """Find the values of a field for all sources of a run, and complete them as soon as they are there."""
    column = Column(field, field.shape, run)
    run.columns.append(column)
    sources = run.sources
    alive = engine.nulls.alive(run, field.ordinal)
    if alive is not None:
        column = column.part(alive, len(sources))
        if not alive:
            return
        sources = [sources[source] for source in alive]
    _find(engine, column, field, sources)


def _find(engine: "Engine", column: Column, field: FieldPlan, sources: list[Any]) -> None:
    executor = engine.executor
    how = field.how
    if field.read is not None and engine.wrap is None:
        engine.receive(column, field.read(sources))
        return
    if how is How.TYPENAME and engine.wrap is None:
        column.values = [field.parent_type.name] * len(sources)
        return
    try:
        args = field.arguments(executor.variable_values)
    except Exception as error:
        complete(engine, column, [error] * len(sources), {type(error)})
        return
    if how is How.BATCH:
        _batch(engine, column, sources, args)
        return
    if engine.wrap is None and how is How.DEFAULT and executor.field_resolver is default_field_resolver:
        _read(engine, column, sources, args)
        return
    call = field.definition.resolve or executor.field_resolver
    if engine.wrap is not None:
        call = engine.wrap(call)
    engine.receive(column, _each(engine, column, sources, call, args))


def _read(engine: "Engine", column: Column, sources: list[Any], args: dict[str, Any]) -> None:
    values = read_default(sources, column.run.kinds, column.field.name)
    look = column.shape.look
    seen = None if look is None else look(values)
    if seen is not None:
        column.values = seen
        return
    types = types_of(values)
    if types <= _NOT_CALLABLE:
        engine.receive(column, values, types=None if column.shape.composite else types)
    else:
        engine.receive(column, _called(engine, column, values, types, args))


def _batch(engine: "Engine", column: Column, sources: list[Any], args: Mapping[str, Any]) -> None:
    field = column.field
    assert field.load is not None
    try:
        found: Any = field.load.load(list(sources), args, engine.executor.context_value, field.selection)
    except Exception as error:
        found = error
    if engine.awaitable_places([found], {type(found)}):
        size = len(sources)
        engine.wait(
            column,
            [found],
            lambda _arrived, results: _batched(engine, column, size, results[0]),
            lambda: (0,) if len(engine.nulls.dead_values(column)) == size else (),
        )
    else:
        _batched(engine, column, len(sources), found)


def _batched(engine: "Engine", column: Column, expected: int, found: Any) -> None:
    if isinstance(found, Exception):
        values: list[Any] = [found] * expected
    else:
        try:
            values = found if type(found) is list else list(found)
            if len(values) != expected:
                raise ValueError(f"A batch of {expected} objects was answered with {len(values)} results.")
        except Exception as error:
            values = [error] * expected
    engine.receive(column, values)


def _each(
    engine: "Engine", column: Column, sources: list[Any], call: Callable[..., Any], args: dict[str, Any]
) -> list[Any]:
    info = engine.info
    fresh = _fresh(engine, column.field, args)
    values: list[Any] = []
    for index, source in enumerate(sources):
        try:
            values.append(call(source, info(column, index), **(args if fresh is None or not index else fresh())))
        except Exception as error:
            values.append(error)
    return values


def _called(engine: "Engine", column: Column, values: list[Any], types: set[type], args: dict[str, Any]) -> list[Any]:
    """Values with the callables among them called, as the default resolver does."""
    suspects = {kind for kind in types if any("__call__" in base.__dict__ for base in kind.__mro__)}
    if not suspects:
        return values
    fresh = _fresh(engine, column.field, args)
    out: list[Any] = []
    for index, value in enumerate(values):
        if type(value) in suspects and callable(value):
            try:
                out.append(value(engine.info(column, index), **(args if fresh is None else fresh())))
            except Exception as error:
                out.append(error)
        else:
            out.append(value)
    return out


def _fresh(engine: "Engine", field: FieldPlan, args: dict[str, Any]) -> Callable[[], dict[str, Any]] | None:
    """Arguments that a resolver could change are made anew for every object."""
    if all(isinstance(value, str | int | float | NoneType | Enum) for value in args.values()):
        return None
    return partial(field.fresh_arguments, engine.executor.variable_values)
