"""How the values of a field are found, as its definition and its arguments say."""

from enum import Enum
from operator import attrgetter
from typing import Any

from graphql import (
    ArgumentNode,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    TypeNameMetaFieldDef,
    ValueNode,
    VariableNode,
    default_field_resolver,
)

from execution.batch import EXTENSION, Batch, Read
from execution.reading import ReadColumn, column_reader


class How(Enum):
    """How the values of a field are found."""

    TYPENAME = 0
    BATCH = 1
    READ = 2
    DEFAULT = 3
    RESOLVER = 4


def way_of(definition: GraphQLField) -> tuple[How, ReadColumn | None, Batch | None]:
    """The way, with what reads the column or loads it where that is a function of ours."""
    if definition is TypeNameMetaFieldDef:
        return How.TYPENAME, None, None
    extension = definition.extensions.get(EXTENSION)
    if isinstance(extension, Batch):
        return How.BATCH, None, extension
    if isinstance(extension, Read):
        return How.READ, column_reader(extension.get), None
    resolve = definition.resolve
    if resolve is None or resolve is default_field_resolver:
        return How.DEFAULT, None, None
    if getattr(resolve, "_is_default", False):
        # Strawberry marks the resolvers that only read the value of the field under its Python name.
        field: Any = definition.extensions.get("strawberry-definition")
        if getattr(field, "is_basic_field", False):
            get, name = field.default_resolver, field.python_name
            return (
                How.READ,
                column_reader(attrgetter(name) if get is getattr else lambda source: get(source, name)),
                None,
            )
    return How.RESOLVER, None, None


def has_variable(argument: ArgumentNode) -> bool:
    """Whether the value of an argument depends on the request."""
    stack: list[ValueNode] = [argument.value]
    while stack:
        node = stack.pop()
        if isinstance(node, VariableNode):
            return True
        if isinstance(node, ListValueNode):
            stack.extend(node.values)
        elif isinstance(node, ObjectValueNode):
            stack.extend(field.value for field in node.fields)
    return False
