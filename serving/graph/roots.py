"""What the root fields of an operation are asked about."""

from collections.abc import Iterator
from typing import Any

from bson import ObjectId
from graphql import GraphQLError
from graphql.execution.collect_fields import collect_fields
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values

MAX_IDS = 200
"""More than any field takes."""


def ids_named(executor: Executor[Any]) -> set[ObjectId]:
    """The ids in the arguments of an operation's root fields; none where those are wrong, which its execution tells."""
    root = executor.schema.get_root_type(executor.operation.operation)
    if root is None:
        return set()
    found: set[ObjectId] = set()
    try:
        fields, _, _ = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, executor.operation, True
        )
        for details in fields.values():
            node = details[0].node
            if (field := root.fields.get(node.name.value)) is not None:
                for object_id in _ids(get_argument_values(field, node, executor.variable_values)):
                    if len(found) < MAX_IDS:
                        found.add(object_id)
    except GraphQLError:
        return set()
    return found


def _ids(value: Any) -> Iterator[ObjectId]:
    if isinstance(value, str):
        if len(value) == 24 and ObjectId.is_valid(value):
            yield ObjectId(value)
    elif isinstance(value, dict | list):
        for element in value.values() if isinstance(value, dict) else value:
            yield from _ids(element)
