"""The functions take what graphql-core's take: by name, and by position in its order."""

from inspect import signature
from typing import Any

import graphql as core
import pytest
from graphql import ExecutionResult, GraphQLSchema, build_schema, parse
from graphql.execution import Executor as CoreExecutor

import execution
from execution import Executor
from execution.engine import Engine
from tests.execution.random_world import Later
from tests.execution.support import schema_of

NAMES = ["execute", "execute_sync", "experimental_execute_incrementally", "graphql", "graphql_sync", "subscribe"]
SCHEMA = schema_of("type Query { a(n: Int): String } type Subscription { a: String }")


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[Engine]:
    """The engines that were made."""
    made: list[Engine] = []
    begin = Engine.__init__

    def counted(engine: Engine, *args: Any, **options: Any) -> None:
        made.append(engine)
        begin(engine, *args, **options)

    monkeypatch.setattr(Engine, "__init__", counted)
    return made


async def _first(found: Any) -> ExecutionResult:
    if hasattr(found, "__await__"):
        found = await found
    if hasattr(found, "__anext__"):
        stream, found = found, await anext(found)
        await stream.aclose()
    result: ExecutionResult = found
    return result


async def _events(*_args: Any) -> Any:
    yield {"a": "A"}


def _arguments(name: str, schema: GraphQLSchema) -> dict[str, Any]:
    """Every argument of a function, in its order, none of them missing."""
    text = "subscription S { a }" if name == "subscribe" else "query Q($n: Int) { a(n: $n) }"
    given: dict[str, Any] = {
        "schema": schema,
        "source": text,
        "document": parse(text),
        "root_value": {"a": _events if name == "subscribe" else "A"},
        "context_value": "context",
        "variable_values": {"n": 1},
        "operation_name": text.split("(")[0].split()[1],
        "max_coercion_errors": 7,
    }
    parameters = signature(getattr(core, name)).parameters.values()
    return {one.name: given.get(one.name, one.default) for one in parameters if one.kind is not one.VAR_KEYWORD}


@pytest.mark.parametrize("name", NAMES)
async def test_every_argument_can_be_given_by_position(name: str, engines: list[Engine]) -> None:
    arguments = _arguments(name, SCHEMA)
    expected = await _first(getattr(core, name)(*arguments.values()))
    found = await _first(getattr(execution, name)(*arguments.values()))
    assert found == expected
    assert found.data == {"a": "A"}
    assert len(engines) == 1
    assert engines[0].executor.context_value == "context"


@pytest.mark.parametrize("name", NAMES)
async def test_every_argument_can_be_given_by_name(name: str, engines: list[Engine]) -> None:
    found = await _first(getattr(execution, name)(**_arguments(name, SCHEMA)))
    assert found.data == {"a": "A"}
    assert len(engines) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_that_of_graphql_core(name: str) -> None:
    assert signature(getattr(execution, name)) == signature(getattr(core, name))


@pytest.mark.parametrize("name", NAMES)
async def test_another_executor_is_taken_by_position_too(name: str, engines: list[Engine]) -> None:
    arguments = {**_arguments(name, SCHEMA), "executor_class": CoreExecutor}
    assert (await _first(getattr(execution, name)(*arguments.values()))).data == {"a": "A"}
    assert engines == []


async def test_bytes_take_the_same_arguments(engines: list[Engine]) -> None:
    arguments = _arguments("execute", SCHEMA)
    assert execution.execute_bytes(*arguments.values()) == b'{"data":{"a":"A"}}'
    assert execution.execute_bytes(**{**arguments, "executor_class": Executor}) == b'{"data":{"a":"A"}}'
    assert len(engines) == 2


@pytest.mark.parametrize("check", [True, lambda value: isinstance(value, Later)])
def test_what_is_awaitable_is_refused_where_that_is_checked(check: Any) -> None:
    root = {"a": lambda _info, **_args: Later("A")}
    with pytest.raises(RuntimeError, match="failed to complete synchronously"):
        execution.execute_sync(SCHEMA, parse("{ a }"), root, check_sync=check)


@pytest.mark.parametrize("call", [execution.execute_sync, core.execute_sync])
def test_several_payloads_are_refused_in_the_same_way(call: Any) -> None:
    schema = build_schema(
        "directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT"
        " type Query { a: String b: String }"
    )
    with pytest.raises(Exception, match=r"experimental|multiple|synchronously") as caught:
        call(schema, parse("{ a ... @defer { b } }"), {"a": "A", "b": "B"})
    assert type(caught.value) is RuntimeError
