"""Results as bytes."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution.executor import UNEXPECTED_MULTIPLE_PAYLOADS

from execution.executor import Executor, RenderedResult

FormatErrors = Callable[[list[GraphQLError]], list[Any]]
MakeExtensions = Callable[[], Mapping[str, Any] | None]


def execute_bytes(
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    format_errors: FormatErrors | None = None,
    make_extensions: MakeExtensions | None = None,
    **options: Any,
) -> bytes | Awaitable[bytes]:
    """Execute an operation as `execute` does, to the JSON of its response in UTF-8.

    `format_errors` turns the errors into what the client sees (default: `GraphQLError.formatted`), `make_extensions`
    gives the extensions of the response; both are called after the execution.
    """
    cls: type[Executor] = options.pop("executor_class", None) or Executor
    executor = cls.build(
        schema,
        document,
        root_value,
        context_value,
        variable_values,
        operation_name,
        render=lambda result: to_bytes(result, format_errors, make_extensions),
        **options,
    )
    if isinstance(executor, list):
        return to_bytes(ExecutionResult(None, executor), format_errors, make_extensions)
    result = executor.execute_operation()
    if isinstance(result, Awaitable):
        return _awaited(result, format_errors, make_extensions)
    return _body(result, format_errors, make_extensions)


async def _awaited(
    result: Awaitable[Any], format_errors: FormatErrors | None, make_extensions: MakeExtensions | None
) -> bytes:
    return _body(await result, format_errors, make_extensions)


def _body(result: Any, format_errors: FormatErrors | None, make_extensions: MakeExtensions | None) -> bytes:
    if isinstance(result, RenderedResult):
        body: bytes = result.rendered
        return body
    if not isinstance(result, ExecutionResult):
        raise GraphQLError(UNEXPECTED_MULTIPLE_PAYLOADS)
    return to_bytes(result, format_errors, make_extensions)


def to_bytes(
    result: ExecutionResult, format_errors: FormatErrors | None = None, make_extensions: MakeExtensions | None = None
) -> bytes:
    """The JSON of a response in UTF-8."""
    response: dict[str, Any] = {"data": result.data}
    if result.errors:
        response["errors"] = (
            format_errors(result.errors) if format_errors else [error.formatted for error in result.errors]
        )
    extensions = make_extensions() if make_extensions is not None else result.extensions
    if extensions:
        response["extensions"] = extensions
    return dump(response)


def dump(response: Mapping[str, Any]) -> bytes:
    """The JSON of a response's parts in UTF-8."""
    try:
        return orjson.dumps(response)
    except TypeError:
        return _dumped(response)


def _dumped(response: Mapping[str, Any]) -> bytes:
    try:
        # Takes twice as long, so only where a scalar holds an object with other keys than strings.
        return orjson.dumps(response, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # Integers beyond 64 bits and lone surrogates, which JSON can say and orjson does not.
        return json.dumps(response, separators=(",", ":")).encode()
