"""The functions of graphql-core's execution, over the breadth-first executor."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema
from graphql.execution import execute as core_execute
from graphql.execution import execute_sync as core_execute_sync
from graphql.execution import subscribe as core_subscribe

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

    `trace` takes a `Trace`. The errors of the result stand in the order of the document.
    """
    options.setdefault("executor_class", Executor)
    return core_execute(
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


def execute_sync(
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    field_resolver: Any = None,
    type_resolver: Any = None,
    **options: Any,
) -> ExecutionResult:
    """Execute an operation in which nothing is awaitable, as `graphql.execute_sync` does."""
    options.setdefault("executor_class", Executor)
    return core_execute_sync(
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
