"""Finding the runtime object type of values, and starting the next level with them."""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, default_type_resolver
from graphql.execution.executor import invalid_return_type_error

from execution.columns import Column, Run

if TYPE_CHECKING:
    from execution.engine import Engine

Slots = list[int] | None
"""The indices in a column that values came from; None where they are the whole column."""


def by_runtime_type(engine: "Engine", column: Column, values: list[Any], slots: Slots) -> None:
    """Split values of an interface or a union by their runtime type, and go on with each."""
    abstract: Any = column.shape.type
    resolve = abstract.resolve_type or engine.executor.type_resolver
    if resolve is default_type_resolver and set(map(type, values)) == {dict}:
        names: list[Any] = [value.get("__typename") for value in values]
        if not all(map(str.__instancecheck__, names)):
            names = _each(engine, column, values, slots, resolve, abstract)
    else:
        names = _each(engine, column, values, slots, resolve, abstract)

    def split(_engine: Any, _column: Any, names: list[Any], _types: Any) -> None:
        groups: dict[GraphQLObjectType, tuple[list[Any], list[int]]] = {}
        known: dict[str, GraphQLObjectType] = {}
        for index, name, value in zip(slots or count(), names, values, strict=False):
            try:
                type_ = known.get(name) if isinstance(name, str) else None
                if type_ is None:
                    type_ = _type_named(engine, column, name, value)
                    known[name] = type_
            except Exception as error:
                engine.fail(column, index, error)
                continue
            members = groups.setdefault(type_, ([], []))
            members[0].append(value)
            members[1].append(index)
        for type_, (sources, places) in groups.items():
            check_type(engine, column, type_, sources, None if len(places) == len(column.values) else places)

    engine.receive(column, names, split)


def check_type(engine: "Engine", column: Column, type_: Any, values: list[Any], slots: Slots) -> None:
    """Go on with the values that are of the type, as far as the type can tell."""
    if type_.is_type_of is None:
        _enter(engine, column, type_, values, slots)
        return

    def checked(_engine: Any, _column: Any, answers: list[Any], _types: Any) -> None:
        if all(answer is True for answer in answers):
            _enter(engine, column, type_, values, slots)
            return
        sources: list[Any] = []
        places: list[int] = []
        for index, value, answer in zip(slots or count(), values, answers, strict=False):
            if isinstance(answer, Exception):
                engine.fail(column, index, answer)
            elif answer:
                sources.append(value)
                places.append(index)
            else:
                engine.fail(column, index, invalid_return_type_error(type_, value, column.field.details))
        _enter(engine, column, type_, sources, places)

    engine.receive(column, _each(engine, column, values, slots, type_.is_type_of), checked)


def _each(
    engine: "Engine", column: Column, values: list[Any], slots: Slots, call: Callable[..., Any], *more: Any
) -> list[Any]:
    answers: list[Any] = []
    for index, value in zip(slots or count(), values, strict=False):
        try:
            answers.append(call(value, engine.info(column, index), *more))
        except Exception as error:  # noqa: PERF203 (an error is that of its own value)
            answers.append(error)
    return answers


def _type_named(engine: "Engine", column: Column, name: Any, value: Any) -> GraphQLObjectType:
    if isinstance(name, Exception):
        raise name
    abstract: Any = column.shape.type
    executor = engine.executor
    return executor.ensure_valid_runtime_type(name, abstract, column.field.details, engine.info(column, 0), value)


def _enter(engine: "Engine", column: Column, type_: GraphQLObjectType, values: list[Any], slots: Slots) -> None:
    if not values:
        return
    scope = column.field.scope(type_)
    if isinstance(scope, Exception):
        for index, _ in zip(slots or count(), values, strict=False):
            engine.fail(column, index, scope)
        return
    picks: list[int] | None = None
    if len(values) > 1:
        ids = list(map(id, values))
        distinct = dict(zip(ids, values, strict=True))
        if len(distinct) < len(ids) and scope.shareable:
            numbers = dict(zip(distinct, count(), strict=False))
            picks = list(map(numbers.__getitem__, ids))
            values = list(distinct.values())
    run = Run(scope, values, column, slots, picks)
    assert column.below is not None
    column.below.append(run)
    engine.runs.append(run)
