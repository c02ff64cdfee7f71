"""How the values of a field are found, as its definition and its arguments say."""

from enum import Enum
from inspect import signature
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
    read = _strawberry_reader(definition)
    if read is not None:
        return How.READ, read, None
    return How.RESOLVER, None, None


def _strawberry_reader(definition: GraphQLField) -> ReadColumn | None:
    """What reads a field of Strawberry that does nothing but to read the value under its Python name, else None."""
    # Strawberry marks the resolvers of such fields. One that looks at the info does more: it handles exceptions.
    resolve: Any = definition.resolve
    if not getattr(resolve, "_is_default", False) or "info" in signature(resolve).parameters:
        return None
    field: Any = definition.extensions.get("strawberry-definition")
    # The class that says what a basic field is also has the `get_result` of one; a field may have its own.
    base: Any = next((kind for kind in reversed(type(field).__mro__) if "is_basic_field" in vars(kind)), None)
    if base is None or getattr(field.get_result, "__func__", None) is not base.get_result or not field.is_basic_field:
        return None
    get, name = field.default_resolver, field.python_name
    return column_reader(attrgetter(name) if get is getattr else lambda source: get(source, name))


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
