"""Running a request by our executor and by graphql-core's own, which must agree."""

from collections.abc import Awaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, build_schema, parse
from graphql import execute as core_execute

from execution import execute

Outcome = tuple[Any, list[tuple[str, list[str | int] | None]]]


def schema_of(sdl: str, **resolvers: Any) -> GraphQLSchema:
    """A schema with resolvers, named by `Type__field`; double underscores part the two."""
    schema = build_schema(sdl)
    for name, resolve in resolvers.items():
        type_name, field_name = name.split("__")
        type_: Any = schema.type_map[type_name]
        type_.fields[field_name].resolve = resolve
    return schema


def errors_of(result: ExecutionResult) -> list[tuple[str, list[str | int] | None]]:
    """Message and path of every error."""
    return [(error.message, error.path) for error in result.errors or ()]


def places_of(errors: list[GraphQLError] | None) -> list[list[tuple[int, int]]]:
    """Line and column of the places of every error."""
    return [[(place.line, place.column) for place in error.locations or ()] for error in errors or ()]


def both(schema: GraphQLSchema, source: str, root: Any = None, **options: Any) -> ExecutionResult:
    """The result of both executors, once it is clear that they agree; for requests in which nothing is awaitable."""
    document = parse(source)
    theirs = core_execute(schema, document, root, **options)
    ours = execute(schema, document, root, **options)
    assert isinstance(theirs, ExecutionResult)
    assert isinstance(ours, ExecutionResult)
    _check_same(ours, theirs)
    return ours


async def both_later(schema: GraphQLSchema, source: str, root: Any = None, **options: Any) -> ExecutionResult:
    """The same for requests that are awaitable. Errors may come in another order, so that they are compared sorted."""
    document = parse(source)
    theirs = core_execute(schema, document, root, **options)
    ours = execute(schema, document, root, **options)
    assert isinstance(theirs, Awaitable)
    assert isinstance(ours, Awaitable)
    found = await ours
    _check_same(found, await theirs, ordered=False)
    return found


def _check_same(ours: ExecutionResult, theirs: ExecutionResult, ordered: bool = True) -> None:
    assert ours.data == theirs.data
    assert repr(ours.data) == repr(theirs.data)
    mine, others = (
        [
            (*pair, place, error.extensions)
            for pair, place, error in zip(errors_of(result), places_of(result.errors), result.errors or (), strict=True)
        ]
        for result in (ours, theirs)
    )
    if not ordered:
        mine.sort(key=repr)
        others.sort(key=repr)
    assert mine == others
