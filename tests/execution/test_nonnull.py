"""Non-null: an error goes up to the nearest place that may be null, and the errors of one place are reported once."""

from typing import Any

import pytest
from graphql import parse

from execution import execute
from tests.execution.support import both, both_later, errors_of, schema_of

SCHEMA = schema_of(
    """
    directive @experimental_disableErrorPropagation on QUERY | MUTATION | SUBSCRIPTION
    type Query { nest: Nest must: Nest! }
    type Nest { a: String b: String! nest: Nest must: Nest! nests: [Nest!] }
    """
)


def _fail(_info: Any) -> str:
    raise RuntimeError("No.")


async def _fail_later(_info: Any) -> str:
    raise RuntimeError("No.")


def _tree(level: int, **leaves: Any) -> dict[str, Any]:
    """Levels of objects below each other; the leaves are those of the even ones."""
    tree: dict[str, Any] = {"a": "a", "b": "b"}
    for number in range(4):
        tree = {"a": "a", "b": "b", "nest": tree, "must": tree, "nests": [tree, tree]}
        if number % 2 == level:
            tree.update(leaves)
    return tree


DOCUMENTS = [
    "{ nest { a b } }",
    "{ nest { b a } }",
    "{ nest { a nest { b } must { b } nests { b } } }",
    "{ nest { must { must { b a } } a } }",
    "{ must { must { must { b } } } }",
    "{ nest { nests { must { b } a } } other: nest { a } }",
    "{ nest { a x: b y: b } must { a } }",
]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize(
    "leaves",
    [{"b": None}, {"b": _fail}, {"a": _fail}, {"a": _fail, "b": _fail}],
    ids=["b is null", "b fails", "a fails", "a and b fail"],
)
@pytest.mark.parametrize("level", [0, 1])
def test_nulls_and_errors_propagate(document: str, leaves: Any, level: int) -> None:
    both(SCHEMA, document, _tree(level, **leaves))


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_with_awaitables_the_errors_are_those_without(document: str) -> None:
    async def deferred() -> Any:
        return _tree(0, a=_fail_later, b=_fail_later)

    found: Any = execute(SCHEMA, parse(document), {"nest": lambda _info: deferred(), "must": lambda _info: deferred()})
    expected = both(SCHEMA, document, {"nest": _tree(0, a=_fail, b=_fail), "must": _tree(0, a=_fail, b=_fail)})
    result = await found
    assert result.data == expected.data
    assert errors_of(result) == errors_of(expected)


def test_the_message_names_the_field() -> None:
    result = both(SCHEMA, "{ nest { b } }", {"nest": {"b": None}})
    assert errors_of(result) == [("Cannot return null for non-nullable field Nest.b.", ["nest", "b"])]


def test_an_error_before_the_one_that_nulls_is_kept_and_one_after_is_not() -> None:
    root = {"nest": {"a": _fail, "b": None, "nest": {"b": None}}}
    result = both(SCHEMA, "{ nest { a nest { b } b x: a } }", root)
    assert result.data == {"nest": None}
    assert [path for _, path in errors_of(result)] == [["nest", "a"], ["nest", "nest", "b"], ["nest", "b"]]


def test_propagation_can_be_disabled_for_an_operation() -> None:
    result = both(
        SCHEMA, "query @experimental_disableErrorPropagation { must { a b } }", {"must": {"a": "a", "b": _fail}}
    )
    assert result.data == {"must": {"a": "a", "b": None}}


async def test_a_rejected_field_lets_its_siblings_finish() -> None:
    result = await both_later(SCHEMA, "{ nest { a } must { a } }", {"nest": {"a": _fail_later}, "must": {"a": "a"}})
    assert result.data == {"nest": {"a": None}, "must": {"a": "a"}}
