"""The functions of graphql-core's execution, over the breadth-first executor."""

from collections.abc import AsyncIterator, Awaitable
from inspect import iscoroutine
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    ExperimentalIncrementalExecutionResults,
    GraphQLError,
    GraphQLSchema,
)
from graphql.execution import subscribe as core_subscribe
from graphql.execution.execute import UNEXPECTED_EXPERIMENTAL_DIRECTIVES, assume_not_awaitable
from graphql.execution.executor import UNEXPECTED_MULTIPLE_PAYLOADS

from execution.executor import Executor


def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    field_resolver: Any = None,
    type_resolver: Any = None,
    **options: Any,
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """Execute an operation as `graphql.execute` does, with the same further options and the same result.

    `trace` takes a `Trace`, `executor_class` a subclass of our `Executor`.
    The errors of the result stand in the order of the document.
    """
    if schema.get_directive("defer") or schema.get_directive("stream"):
        raise GraphQLError(UNEXPECTED_EXPERIMENTAL_DIRECTIVES)
    cls: type[Executor] = options.pop("executor_class", None) or Executor
    executor: Any = cls.build(
        schema,
        document,
        root_value,
        context_value,
        variable_values,
        operation_name,
        field_resolver,
        type_resolver,
        **options,
    )
    if isinstance(executor, list):
        return ExecutionResult(None, executor)
    result: Any = executor.execute_operation()
    if isinstance(result, ExecutionResult):
        return result
    if isinstance(result, ExperimentalIncrementalExecutionResults):
        raise GraphQLError(UNEXPECTED_MULTIPLE_PAYLOADS)
    # The coroutine itself where it can only give one result, so that to close it closes everything.
    later: Awaitable[ExecutionResult] = result if executor.single else _single(result)
    return later


async def _single(awaitable: Awaitable[Any]) -> ExecutionResult:
    result = await awaitable
    if not isinstance(result, ExecutionResult):
        raise GraphQLError(UNEXPECTED_MULTIPLE_PAYLOADS)
    return result


def execute_sync(
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    field_resolver: Any = None,
    type_resolver: Any = None,
    check_sync: bool = False,
    **options: Any,
) -> ExecutionResult:
    """Execute an operation in which nothing is awaitable, as `graphql.execute_sync` does.

    With `check_sync`, something awaitable is a RuntimeError; without, it is taken for the value itself.
    """
    if not check_sync:
        options.setdefault("is_awaitable", assume_not_awaitable)
    result = execute(
        schema,
        document,
        root_value,
        context_value,
        variable_values,
        operation_name,
        field_resolver,
        type_resolver,
        **options,
    )
    if not isinstance(result, ExecutionResult):
        if iscoroutine(result):
            result.close()
        raise RuntimeError("GraphQL execution failed to complete synchronously.")
    return result


def subscribe(
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    field_resolver: Any = None,
    type_resolver: Any = None,
    subscribe_field_resolver: Any = None,
    **options: Any,
) -> Awaitable[AsyncIterator[ExecutionResult] | ExecutionResult] | AsyncIterator[ExecutionResult] | ExecutionResult:
    """Subscribe as `graphql.subscribe` does: one source stream, then one execution per event."""
    options.setdefault("executor_class", Executor)
    return core_subscribe(
        schema,
        document,
        root_value,
        context_value,
        variable_values,
        operation_name,
        field_resolver,
        type_resolver,
        subscribe_field_resolver,
        **options,
    )
