"""The tools of operations: each is made of what its operation says."""

from collections.abc import Mapping
from functools import partial

from agents.tools.outputs import OFFSET, answer, is_paged, output_schema
from agents.tools.schema import GoingOn, compact, schema_taking
from agents.tools.tool import Call, Result, Schema, Tool
from resolvers.catalogue import CATALOGUE, Operation
from resolvers.kit.call import arguments_schema, call
from resolvers.kit.contract import described
from resolvers.kit.input import read_input
from resolvers.kit.tool import is_destructive, is_idempotent, tool_name


def operation_tools() -> Mapping[str, Tool]:
    """The tools of all operations that are any, by name."""
    named = {name: operation for operation in CATALOGUE.values() if (name := tool_name(operation)) is not None}
    return {name: _of(operation, name) for name, operation in sorted(named.items())}


def _of(operation: Operation, name: str) -> Tool:
    """The tool of an operation."""
    return Tool(
        name,
        described(operation.body),
        partial(_schema, operation),
        partial(_run, name, operation),
        read_only=operation.read_only,
        destructive=is_destructive(operation),
        idempotent=is_idempotent(operation),
        output=output_schema(operation),
        operation=operation,
    )


def _schema(operation: Operation) -> Schema:
    """What `call` takes, and where to go on in what has no cursors of its own."""
    schema = compact(arguments_schema(operation))
    if _takes_offset(operation):
        schema["properties"] |= schema_taking(GoingOn)["properties"]
    return schema


def _takes_offset(operation: Operation) -> bool:
    return operation.read_only and not is_paged(operation) and output_schema(operation) is None


async def _run(name: str, operation: Operation, asked: Call) -> Result:
    arguments, offset = dict(asked.arguments), 0
    if _takes_offset(operation):
        offset = read_input(GoingOn, {OFFSET: arguments.pop(OFFSET, 0)}).offset
    return await answer(asked.ctx, name, operation, await call(asked.ctx, operation.name, arguments), offset)
