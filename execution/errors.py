"""Errors of a whole execution: put in the order of the document, less those below a position that is null anyway.

graphql-core finds errors depth first and stops below a position once an error has made it null; with synchronous
resolvers its list of errors is the one made here. With asynchronous ones its list depends on timing, this does not.
"""

from typing import Any, NamedTuple

from graphql import GraphQLError, located_error

from execution.columns import Column, Run

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


_ROOT = _Spot((), (), 0)
_LAST = 1 << 62


def report(failures: list[Failure], propagate: bool) -> list[GraphQLError]:
    """The errors of the response."""
    spots: dict[tuple[Any, int], list[_Spot]] = {}
    found: list[tuple[tuple[int, ...], _Spot, Failure]] = []
    for failure in failures:
        for spot in _spots(failure.column, failure.position, propagate, spots):
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


def _spots(column: Column, index: int, propagate: bool, seen: dict[tuple[Any, int], list[_Spot]]) -> list[_Spot]:
    if column.outer is not None:
        at, item = column.locate(index)
        above, key, order = _spots(column.outer, at, propagate, seen), item, item
        return [_below(spot, key, order, column, propagate) for spot in above]
    field = column.field
    above = _run_spots(column.run, index, propagate, seen)
    return [_below(spot, field.response_name, field.ordinal, column, propagate) for spot in above]


def _run_spots(run: Run, index: int, propagate: bool, seen: dict[tuple[Any, int], list[_Spot]]) -> list[_Spot]:
    if run.above is None:
        return [_ROOT]
    key = (run, index)
    if key not in seen:
        seen[key] = [spot for place in run.positions(index) for spot in _spots(run.above, place, propagate, seen)]
    return seen[key]


def _below(spot: _Spot, key: Key, order: int, column: Column, propagate: bool) -> _Spot:
    path = (*spot.path, key)
    nullable = len(path) if column.shape.nullable or not propagate else spot.nullable
    return _Spot(path, (*spot.order, order), nullable)
