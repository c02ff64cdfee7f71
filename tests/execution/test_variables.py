"""Variables, defaults, oneOf inputs and the directives that read variables."""

from typing import Any

import pytest

from tests.execution.support import both, errors_of, schema_of

SDL = """
enum Color { RED GREEN }
input Filter { q: String! limit: Int = 10 colors: [Color!] inner: Filter }
input By @oneOf { id: ID name: String }
type Query {
  find(filter: Filter, by: By, n: Int = 3, must: Int!): String
  any(filter: Filter = {q: "default"}, by: By, n: Int! = 3): String
  a: String
  b: String
  me: Query
}
"""


def _show(_source: Any, _info: Any, **args: Any) -> str:
    return repr(sorted(args.items()))


SCHEMA = schema_of(SDL, Query__find=_show, Query__any=_show)
ROOT: dict[str, Any] = {"a": "A", "b": "B"}
ROOT["me"] = ROOT


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ("query ($f: Filter) { any(filter: $f) }", {"f": {"q": "x", "inner": {"q": "y", "limit": None}}}),
        ("query ($f: Filter) { any(filter: $f) }", {"f": {"limit": 1}}),
        ("query ($f: Filter) { any(filter: $f) }", {"f": {"q": "x", "unknown": 1}}),
        ("query ($f: Filter) { any(filter: $f) }", {"f": None}),
        ("query ($f: Filter) { any(filter: $f) }", {}),
        ("query ($f: Filter = {q: \"d\"}) { any(filter: $f) }", {}),
        ("query ($q: String!) { any(filter: {q: $q, colors: [RED, GREEN]}) }", {"q": "v"}),
        ("query ($q: String) { any(filter: {q: $q}) }", {}),
        ("query ($n: Int) { any(n: $n) }", {}),
        ("query ($n: Int) { any(n: $n) }", {"n": None}),
        ("query ($n: Int!) { find(must: $n) }", {"n": "4"}),
        ("query ($n: Int!) { find(must: $n) }", {}),
        ("{ find }", {}),
        ("query ($c: [Color!]!) { any(filter: {q: \"x\", colors: $c}) }", {"c": "RED"}),
        ("query ($c: [Color!]!) { any(filter: {q: \"x\", colors: $c}) }", {"c": ["RED", "PINK"]}),
        ("query ($by: By!) { any(by: $by) }", {"by": {"id": "1"}}),
        ("query ($by: By!) { any(by: $by) }", {"by": {"id": "1", "name": "n"}}),
        ("query ($by: By!) { any(by: $by) }", {"by": {"id": None}}),
        ("query ($by: By!) { any(by: $by) }", {"by": {}}),
        ("query ($id: ID) { any(by: {id: $id}) }", {}),
        ("{ any(by: {id: 1, name: \"n\"}) }", {}),
        ("query ($x: Nothing) { a }", {"x": 1}),
    ],
)  # fmt: skip
def test_inputs_are_coerced_as_graphql_core_coerces_them(document: str, values: dict[str, Any]) -> None:
    both(SCHEMA, document, ROOT, variable_values=values)


@pytest.mark.parametrize("skip", [True, False, None])
@pytest.mark.parametrize("include", [True, False])
def test_conditions_are_read_anew_for_every_request(skip: Any, include: bool) -> None:
    document = """
      query ($s: Boolean = false, $i: Boolean!) {
        a @skip(if: $s) @include(if: $i) b me { ...F @include(if: $i) ... @skip(if: $s) { b } }
      }
      fragment F on Query { a x: b @include(if: $i) }
    """
    both(SCHEMA, document, ROOT, variable_values={"s": skip, "i": include})


def test_a_condition_without_a_value_is_an_error_where_it_stands() -> None:
    result = both(SCHEMA, "query ($s: Boolean) { a me { b @skip(if: $s) } }", ROOT, variable_values={})
    assert result.data == {"a": "A", "me": None}
    assert [path for _, path in errors_of(result)] == [["me"]]


def test_a_condition_without_a_value_at_the_root_is_an_error_of_the_request() -> None:
    result = both(SCHEMA, "query ($s: Boolean) { a @skip(if: $s) }", ROOT, variable_values={})
    assert result.data is None
    assert [path for _, path in errors_of(result)] == [None]


def test_an_operation_that_selects_nothing_is_empty() -> None:
    assert both(SCHEMA, "{ a @skip(if: true) me { a @include(if: false) } }", ROOT).data == {"me": {}}


@pytest.mark.parametrize("name", [None, "A", "B", "C"])
def test_the_operation_is_chosen_by_name(name: str | None) -> None:
    both(SCHEMA, "query A { a } query B { b }", ROOT, operation_name=name)


def test_fragment_variables_are_taken_into_account() -> None:
    from graphql import ExecutionResult, parse
    from graphql import execute as core_execute

    from execution import execute

    document = parse(
        "query ($n: Int) { ...F(x: $n) me { ...F(x: 8) } } fragment F($x: Int!) on Query { any(n: $x) }",
        experimental_fragment_arguments=True,
    )
    for number in (1, 2):
        ours = execute(SCHEMA, document, ROOT, variable_values={"n": number})
        assert isinstance(ours, ExecutionResult)
        assert ours == core_execute(SCHEMA, document, ROOT, variable_values={"n": number})
        assert ours.errors is None
