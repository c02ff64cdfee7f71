"""Results as bytes."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError
from graphql.execution.executor import UNEXPECTED_MULTIPLE_PAYLOADS

from execution.api import experimental_execute_incrementally
from execution.executor import RenderedResult

Render = Callable[[ExecutionResult], bytes]
FormatErrors = Callable[[list[GraphQLError]], list[Any]]
MakeExtensions = Callable[[], Mapping[str, Any] | None]


def execute_bytes(
    *args: Any,
    format_errors: FormatErrors | None = None,
    make_extensions: MakeExtensions | None = None,
    **options: Any,
) -> bytes | Awaitable[bytes]:
    """Execute an operation as `execute` does, with the same arguments, to the JSON of its response in UTF-8.

    `format_errors` turns the errors into what the client sees (default: `GraphQLError.formatted`), `make_extensions`
    gives the extensions of the response; both are called after the execution.
    """

    def render(result: ExecutionResult) -> bytes:
        return to_bytes(result, format_errors, make_extensions)

    result: Any = experimental_execute_incrementally(*args, render=render, fragments=True, **options)
    if isinstance(result, Awaitable):
        return _awaited(result, render)
    return _body(result, render)


async def _awaited(result: Awaitable[Any], render: Render) -> bytes:
    return _body(await result, render)


def _body(result: Any, render: Render) -> bytes:
    if isinstance(result, RenderedResult):
        body: bytes = result.rendered
        return body
    if not isinstance(result, ExecutionResult):
        raise GraphQLError(UNEXPECTED_MULTIPLE_PAYLOADS)
    return render(result)


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
        return json.dumps(read_fragments(response), separators=(",", ":")).encode()


def read_fragments(value: Any) -> Any:
    """Data with the lists that were written while it was made as lists of objects again."""
    if isinstance(value, dict):
        return {key: read_fragments(inner) for key, inner in value.items()}
    if isinstance(value, list):
        written = bool(value) and isinstance(value[0], orjson.Fragment)
        return orjson.loads(orjson.dumps(value)) if written else list(map(read_fragments, value))
    return value
