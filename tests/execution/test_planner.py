"""Plans: made once, kept within a bound, and free of anything of the request that they were made for."""

from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query, parse
from graphql.execution.executor import SELECTIONS_NESTED_TOO_DEEPLY

from execution import Executor, Planner, execute_sync
from execution.plan import DocumentPlan
from tests.execution.support import both, errors_of, schema_of

SCHEMA = schema_of("type Query { a: String b: String me: Query args(x: String): String }")


class _Own(Executor):
    planner = Planner(operations=3, variants=2)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    _Own.planner.clear()


def _run(document: Any, **values: Any) -> Any:
    return execute_sync(SCHEMA, document, {"a": "A", "b": "B"}, variable_values=values, executor_class=_Own)


def test_the_least_recently_used_plan_is_forgotten() -> None:
    documents = [parse(f"{{ x{number}: a }}") for number in range(4)]
    for document in documents:
        _run(document)
    assert len(_Own.planner) == 3


def test_a_document_is_planned_once_per_set_of_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    from execution import planner

    made: list[Any] = []
    plan = DocumentPlan
    monkeypatch.setattr(planner, "DocumentPlan", lambda *args: made.append(args) or plan(*args))  # type: ignore[func-returns-value]
    document = parse("query ($x: Boolean!, $s: String) { a @include(if: $x) b args(x: $s) }")
    for index in range(6):
        data = _run(document, x=index % 2 == 0, s=f"secret {index}").data
        assert ("a" in data) is (index % 2 == 0)
    assert len(made) == 2
    assert not any("secret" in repr(args[3]) for args in made), "a plan holds no value of a request"


def test_two_schemas_have_plans_of_their_own() -> None:
    document = parse("{ a }")
    other = schema_of("type Query { a: String }", Query__a=lambda *_: "other")
    assert _run(document).data == {"a": "A"}
    assert execute_sync(other, document, {"a": "A"}, executor_class=_Own).data == {"a": "other"}


def test_more_variants_than_the_bound_still_answer() -> None:
    document = parse("query ($x: Boolean!, $y: Boolean!) { a @include(if: $x) b @include(if: $y) }")
    for x in (True, False):
        for y in (True, False):
            assert list(_run(document, x=x, y=y).data) == ["a"] * x + ["b"] * y


def test_introspection_is_executed_like_anything_else() -> None:
    result = both(SCHEMA, get_introspection_query())
    assert result.errors is None
    both(SCHEMA, '{ __type(name: "Query") { name fields { name type { name ofType { name } } } } __typename }')


def test_a_schema_without_the_root_type_is_an_error() -> None:
    assert errors_of(both(SCHEMA, "mutation { a }")) == [
        ("Schema is not configured to execute mutation operation.", None)
    ]


def test_merged_fields_are_one_with_the_selections_of_both() -> None:
    root: Any = {"a": "A", "b": "B"}
    root["me"] = root
    result = both(SCHEMA, "{ me { a } ...F me { me { b } } } fragment F on Query { me { me { a } } }", root)
    assert result.data == {"me": {"a": "A", "me": {"a": "A", "b": "B"}}}


def test_fields_that_the_schema_does_not_know_are_left_out() -> None:
    assert both(SCHEMA, "{ a unknown me { nothing } }", {"a": "A", "me": {}}).data == {"a": "A", "me": {}}


def test_a_fragment_that_was_never_validated_and_spreads_itself_ends() -> None:
    root: Any = {"a": "A"}
    root["me"] = root
    document = parse("{ ...F } fragment F on Query { a me { ...F } }")
    result = execute_sync(SCHEMA, document, root)
    assert isinstance(result.errors, list)
    assert isinstance(result.errors[0], GraphQLError)
    assert result.errors[0].message == SELECTIONS_NESTED_TOO_DEEPLY
