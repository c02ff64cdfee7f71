"""Lists: of whatever kind of iterable, nested, with nulls and errors in them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.execution.support import both, both_later, errors_of, schema_of

SDL = """
type Query {
  plain: [Int]
  items: [Int!]
  list: [Int]!
  all: [Int!]!
  nested: [[Int!]]
  deep: [[[Int]!]!]
  things: [Thing!]
}
type Thing { id: ID! parts: [[Thing]] }
"""

SCHEMA = schema_of(SDL)


class Failing:
    """An iterable that ends in an error."""

    def __init__(self, *items: Any) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        yield from self._items
        raise RuntimeError("Out of items.")


@pytest.mark.parametrize(
    "value",
    [[1, 2], (1, 2), {1: "a", 2: "b"}.keys(), (number for number in (1, 2)), range(1, 3), {1, 2}],
    ids=["list", "tuple", "view", "generator", "range", "set"],
)
def test_any_iterable_is_a_list(value: Any) -> None:
    values = list(value) if isinstance(value, Iterator) else value
    assert both(SCHEMA, "{ plain }", {"plain": values}).data == {"plain": [1, 2]}


def test_a_generator_is_read_once() -> None:
    from graphql import parse

    from execution import execute_sync

    result = execute_sync(SCHEMA, parse("{ plain }"), {"plain": (number for number in (1, 2))})
    assert result.data == {"plain": [1, 2]}


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": 1}, 7, True], ids=str)
def test_what_is_no_iterable_is_an_error(value: Any) -> None:
    result = both(SCHEMA, "{ plain }", {"plain": value})
    assert result.data == {"plain": None}
    assert errors_of(result) == [("Expected Iterable, but did not find one for field 'Query.plain'.", ["plain"])]


@pytest.mark.parametrize("field", ["plain", "items", "list", "all"])
@pytest.mark.parametrize("value", [[1, None, 2], None, [], [None], [1, "x", 2], [ValueError("Bad.")]], ids=repr)
def test_nulls_and_errors_go_as_far_as_the_types_let_them(field: str, value: Any) -> None:
    both(SCHEMA, f"{{ {field} other: plain }}", {field: value, "plain": [1]})


@pytest.mark.parametrize("field", ["plain", "items", "list", "all"])
def test_errors_of_items_before_the_iteration_failed_count(field: str) -> None:
    result = both(SCHEMA, f"{{ {field} }}", {field: Failing(1, "x")})
    assert errors_of(result)[-1][1] in ([field], [field, 1])


@pytest.mark.parametrize("field", ["nested", "deep"])
def test_lists_of_lists_are_folded_back_as_they_were(field: str) -> None:
    value = [[[1], []], [], [[2, 3, 4], [5]]] if field == "deep" else [[1], [], None, [2, 3]]
    assert both(SCHEMA, f"{{ {field} }}", {field: value}).data == {field: value}


def test_an_error_in_a_nested_list_nulls_the_inner_one() -> None:
    result = both(SCHEMA, "{ nested }", {"nested": [[1], [2, None], [3]]})
    assert result.data == {"nested": [[1], None, [3]]}
    assert errors_of(result)[0][1] == ["nested", 1, 1]


def test_objects_in_nested_lists_keep_their_places() -> None:
    parts = [[{"id": 1}, None], None, [], [{"id": 2}]]
    result = both(SCHEMA, "{ things { parts { id } } }", {"things": [{"parts": parts}, {"parts": [[{}]]}]})
    assert result.data == {"things": [{"parts": [[{"id": "1"}, None], None, [], [{"id": "2"}]]}, {"parts": [[None]]}]}
    assert errors_of(result)[0][1] == ["things", 1, "parts", 0, 0, "id"]


async def _items(*items: Any, failure: Exception | None = None) -> AsyncIterator[Any]:
    for item in items:
        yield item
    if failure is not None:
        raise failure


@pytest.mark.parametrize("items", [(1, 2), (1, None), (1, "x"), (1, ValueError("Bad."))], ids=repr)
@pytest.mark.parametrize("field", ["plain", "items", "list", "all"])
async def test_an_asynchronous_iterable_is_a_list(field: str, items: Any) -> None:
    await both_later(SCHEMA, f"{{ {field} }}", {field: lambda _info: _items(*items)})


async def test_an_asynchronous_iterable_that_fails_is_null() -> None:
    result = await both_later(SCHEMA, "{ plain }", {"plain": lambda _info: _items(1, failure=ValueError("Lost."))})
    assert result.data == {"plain": None}
    assert errors_of(result) == [("Lost.", ["plain"])]


async def test_items_may_be_awaitable() -> None:
    async def number(value: int) -> int:
        if value > 2:
            raise ValueError("Too large.")
        return value

    result = await both_later(SCHEMA, "{ plain }", {"plain": lambda _info: [number(1), 2, number(3)]})
    assert result.data == {"plain": [1, 2, None]}
    assert errors_of(result) == [("Too large.", ["plain", 2])]
