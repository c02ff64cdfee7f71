"""What graphql-core offers around execution: @defer and @stream, abort signals, hooks, other predicates, sync calls."""

import asyncio
from typing import Any

import pytest
from graphql import ExecutionHooks, GraphQLError, build_schema, experimental_execute_incrementally, parse
from graphql import execute as core_execute
from graphql.execution import AbortedGraphQLExecutionError
from graphql.pyutils import AbortController

from execution import Batch, Executor, execute, execute_sync
from tests.execution.random_world import Later
from tests.execution.support import errors_of, schema_of

SDL = "type Query { a: String b: String slow: String must: String! list: [Int] me: Query }"
INCREMENTAL = """
directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @stream(label: String, if: Boolean! = true, initialCount: Int! = 0) on FIELD
"""


async def test_deferred_and_streamed_documents_are_left_to_graphql_core() -> None:
    schema = build_schema(INCREMENTAL + SDL)
    document = parse("{ a ... @defer { b } list @stream(initialCount: 1) }")
    root = {"a": "A", "b": "B", "list": [1, 2]}

    async def frames(executor: Any) -> list[Any]:
        result: Any = experimental_execute_incrementally(schema, document, root, executor_class=executor)
        return [result.initial_result.formatted, *[frame.formatted async for frame in result.subsequent_results]]

    assert await frames(Executor) == await frames(None)
    assert len(await frames(Executor)) > 1


def test_plain_execution_refuses_schemas_with_these_directives() -> None:
    with pytest.raises(GraphQLError, match="experimental directives"):
        execute(build_schema(INCREMENTAL + SDL), parse("{ a }"))


async def test_an_abort_ends_the_waiting_and_gives_what_was_there() -> None:
    controller = AbortController()
    cancelled: list[bool] = []

    async def slow(_info: Any) -> str:
        asyncio.get_running_loop().call_soon(controller.abort, RuntimeError("Enough."))
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return "never"

    found: Any = execute(schema_of(SDL), parse("{ a slow }"), {"a": "A", "slow": slow}, abort_signal=controller.signal)
    with pytest.raises(AbortedGraphQLExecutionError) as caught:
        await found
    assert (await caught.value.aborted_result).data == {"a": "A", "slow": None}
    assert cancelled == [True]
    assert str(caught.value.__cause__ or caught.value) == "Enough."


async def test_an_abort_that_does_not_come_changes_nothing() -> None:
    async def slow(_info: Any) -> str:
        return "done"

    signal = AbortController().signal
    found: Any = execute(
        schema_of(SDL), parse("{ a slow me { slow } }"), {"slow": slow, "me": {"slow": slow}}, abort_signal=signal
    )
    assert (await found).data == {"a": None, "slow": "done", "me": {"slow": "done"}}


def test_an_abort_before_the_start_executes_nothing() -> None:
    controller = AbortController()
    controller.abort(RuntimeError("Enough."))
    with pytest.raises(RuntimeError, match="Enough"):
        execute(schema_of(SDL), parse("{ a }"), {"a": 1 / 1}, abort_signal=controller.signal)


async def test_cancelling_the_execution_cancels_what_it_waits_for() -> None:
    cancelled: list[str] = []

    def wait(name: str) -> Any:
        async def resolve(_info: Any) -> str:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(name)
                raise
            return name

        return resolve

    found: Any = execute(schema_of(SDL), parse("{ a b }"), {"a": wait("a"), "b": wait("b")})
    task = asyncio.ensure_future(found)
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(cancelled) == ["a", "b"]


def test_the_hook_for_finished_work_is_called() -> None:
    finished: list[Any] = []
    execute_sync(schema_of(SDL), parse("{ a }"), {}, hooks=ExecutionHooks(async_work_finished=finished.append))
    assert len(finished) == 1


def test_a_synchronous_call_refuses_what_is_awaitable() -> None:
    def later(_info: Any) -> Any:
        return Later("later")

    with pytest.raises(RuntimeError, match="failed to complete synchronously"):
        execute_sync(schema_of(SDL), parse("{ a }"), {"a": later}, check_sync=True)


def test_the_class_is_an_executor_class_of_graphql_core() -> None:
    schema = schema_of(SDL)
    calls: list[int] = []

    def load(parents: list[Any], *_rest: Any) -> list[Any]:
        calls.append(len(parents))
        return [f"{number}" for number, _ in enumerate(parents)]

    schema.query_type.fields["b"].extensions["batch"] = Batch(load)  # type: ignore[union-attr]
    result: Any = core_execute(schema, parse("{ a b me { b } }"), {"a": "A", "me": {}}, executor_class=Executor)
    assert result.data == {"a": "A", "b": "0", "me": {"b": "0"}}
    assert calls == [1, 1]


def test_a_subclass_can_build_the_info() -> None:
    class Own(Executor):
        def build_resolve_info(self, *args: Any) -> Any:
            return super().build_resolve_info(*args)._replace(context="own")

    schema = schema_of(SDL, Query__a=lambda _source, info: f"{info.context} {info.path.as_list()}")
    result = execute_sync(schema, parse("{ me { a } }"), {"me": {}}, executor_class=Own)
    assert result.data == {"me": {"a": "own ['me', 'a']"}}
    assert errors_of(result) == []
