"""Mutations: one root field after the other, each with all below it."""

import asyncio
from typing import Any

from graphql import ExecutionResult, parse

from execution import NulledResult, execute
from tests.execution.support import both, both_later, errors_of, schema_of

SDL = """
type Query { n: Int }
type Counter { n: Int twice: Int }
type Mutation { add(by: Int!): Counter fail: Int failHard: Int! later(by: Int!): Counter }
"""


def _schema(log: list[str]) -> Any:
    state = {"n": 0}

    def add(_source: Any, _info: Any, by: int) -> Any:
        state["n"] += by
        log.append(f"add {by}")
        return dict(state)

    async def later(_source: Any, _info: Any, by: int) -> Any:
        log.append(f"start {by}")
        await asyncio.sleep(0)
        state["n"] += by
        log.append(f"end {by}")
        return dict(state)

    async def twice(source: Any, _info: Any) -> int:
        await asyncio.sleep(0)
        log.append(f"twice {source['n']}")
        return int(source["n"]) * 2

    def fail(*_args: Any) -> int:
        raise RuntimeError("Failed.")

    return schema_of(
        SDL,
        Mutation__add=add,
        Mutation__later=later,
        Mutation__fail=fail,
        Mutation__failHard=fail,
        Counter__twice=twice,
    )


async def test_root_fields_run_one_after_the_other_with_all_below_them() -> None:
    log: list[str] = []
    document = parse("mutation { a: later(by: 1) { n twice } b: add(by: 2) { n } c: later(by: 3) { twice } }")
    # when
    found: Any = execute(_schema(log), document)
    result = await found
    # then
    assert result.data == {"a": {"n": 1, "twice": 2}, "b": {"n": 3}, "c": {"twice": 12}}
    assert log == ["start 1", "end 1", "twice 1", "add 2", "start 3", "end 3", "twice 6"]


def test_after_a_failed_field_the_next_one_runs() -> None:
    result = both(_schema([]), "mutation { a: fail b: fail }")
    assert errors_of(result) == [("Failed.", ["a"]), ("Failed.", ["b"])]


def test_after_a_field_that_nulls_the_data_none_runs() -> None:
    log: list[str] = []
    result = both(_schema(log), "mutation { a: add(by: 1) { n } failHard b: add(by: 1) { n } }")
    assert result.data is None
    # Once by each of the two executors.
    assert log == ["add 1", "add 1"]


async def test_that_holds_for_awaitables_too() -> None:
    log: list[str] = []
    found: Any = execute(_schema(log), parse("mutation { a: later(by: 1) { n } failHard b: later(by: 1) { n } }"))
    assert (await found).data is None
    assert log == ["start 1", "end 1"]


async def test_a_mutation_is_answered_as_graphql_core_answers_it() -> None:
    async def add(_info: Any, by: int) -> Any:
        return {"n": by}

    schema = schema_of(SDL)
    await both_later(schema, "mutation { a: later(by: 1) { n } fail b: later(by: 2) { n } }", {"later": add})


def test_a_mutation_without_root_fields_is_empty() -> None:
    assert both(_schema([]), "mutation { fail @skip(if: true) }").data == {}


async def test_a_mutation_that_nulls_all_says_what_those_before_it_came_to() -> None:
    log: list[str] = []
    document = parse("mutation { a: later(by: 1) { n } b: add(by: 2) { n } c: failHard d: add(by: 3) { n } }")
    # when
    found: Any = execute(_schema(log), document)
    result = await found
    # then
    assert isinstance(result, NulledResult)
    assert result.completed == {"a": {"n": 1}, "b": {"n": 3}}
    assert result == ExecutionResult(None, result.errors)
    assert log == ["start 1", "end 1", "add 2"]
