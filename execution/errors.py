"""Errors of a whole execution: put in the order of the document, less those below a position that is null anyway.

graphql-core finds errors depth first and stops below a position once an error has made it null; with synchronous
resolvers its list of errors is the one made here. With asynchronous ones its list depends on timing, this does not.
"""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import GraphQLError, located_error

from execution.columns import Column

Key = str | int


class Failure(NamedTuple):
    """An exception at one value of a column. `late`: after the items of its list, whose iteration failed."""

    column: Column
    position: int
    error: Exception
    late: bool = False


class _Spot(NamedTuple):
    """A position in the response: its path, its order in the document, and how long its nullable prefix is."""

    path: tuple[Key, ...]
    order: tuple[int, ...]
    nullable: int


class _Step(NamedTuple):
    """A value on the way up from a failure, and what is known of the position below it, innermost first."""

    column: Column
    position: int
    path: tuple[Key, ...]
    order: tuple[int, ...]
    nullable: tuple[bool, ...]


_LAST = 1 << 62


def report(failures: list[Failure], propagate: bool) -> list[GraphQLError]:
    """The errors of the response."""
    found: list[tuple[tuple[int, ...], _Spot, Failure]] = []
    for failure in failures:
        for spot in _spots(failure.column, failure.position, propagate):
            order = (*spot.order, _LAST) if failure.late else spot.order
            found.append((order, spot, failure))
    found.sort(key=lambda item: item[0])
    nulled: set[tuple[Key, ...]] = set()
    errors: list[GraphQLError] = []
    for _, spot, failure in found:
        position = spot.path[: spot.nullable]
        if any(position[:length] in nulled for length in range(len(position) + 1)):
            continue
        nulled.add(position)
        errors.append(located_error(failure.error, failure.column.field.nodes, list(spot.path)))
    return errors


def _spots(column: Column, position: int, propagate: bool) -> Iterator[_Spot]:
    """The places of one value; without recursion, as a document may be deep."""
    steps = [_Step(column, position, (), (), ())]
    while steps:
        column, position, path, order, nullable = steps.pop()
        nullable = (*nullable, column.shape.nullable or not propagate)
        if column.outer is not None:
            at, item = column.locate(position)
            steps.append(_Step(column.outer, at, (*path, item), (*order, item), nullable))
            continue
        path = (*path, column.field.response_name)
        order = (*order, column.field.ordinal)
        run = column.run
        if run.above is None:
            prefix = next((len(path) - at for at, may in enumerate(nullable) if may), 0)
            yield _Spot(path[::-1], order[::-1], prefix)
        else:
            steps.extend(
                _Step(run.above, place, path, order, nullable) for place in run.positions(column.parent_index(position))
            )
