"""The cost of an operation: how many objects it may ask for, by the sizes of its lists.

A list is as long as its `first`, `last` or `limit` says: the one of its own field, or of the field above it (for the
`nodes` and `edges` of a connection), else as long as `list_size`. Scalars are free. A field's extensions may
say otherwise: `"cost"`, what one value of it costs, and `"size"`, how long its list usually is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLSchema,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from execution.measure import measure

_SIZES = ("first", "last", "limit")
_MANY = 1 << 40


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many objects an operation may ask for, in all and by the path of response names that leads to them."""

    total: int
    node: Node | None
    paths: Mapping[str, int]


def estimate(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None = None,
    variables: Mapping[str, Any] | None = None,
    list_size: int = 10,
    by_path: bool = False,
) -> Estimate:
    """Estimate the cost of an operation of a valid document, without executing it.

    The total takes time linear in the document. `by_path` also fills `paths`, of which there are as many as fields once
    the fragments are spread: check the document's limits first.
    """
    operation = _operation(document, operation_name)
    if operation is None:
        return Estimate(0, None, {})
    found = _Estimator(schema, document, operation, variables or {}, list_size)
    return Estimate(found.total(), operation, found.paths() if by_path else {})


class _Estimator:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        list_size: int,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._list_size = list_size
        self._sizes = dict(variables)
        for definition in operation.variable_definitions or ():
            if isinstance(definition.default_value, IntValueNode):
                self._sizes.setdefault(definition.variable.name.value, int(definition.default_value.value))
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._costs: dict[str, tuple[int, int]] = {}
        measured = measure(document)
        for part in () if isinstance(measured, FragmentSpreadNode) else measured.fragments:
            if isinstance(part.node, FragmentDefinitionNode):
                self._costs[part.node.name.value] = self._fragment(part.node)

    def total(self) -> int:
        root = self._schema.get_root_type(self._operation.operation)
        return 0 if root is None else self._applied(self._selections(self._operation.selection_set, root))

    def paths(self) -> dict[str, int]:
        found: dict[str, int] = {}
        root = self._schema.get_root_type(self._operation.operation)
        stack: list[tuple[SelectionSetNode, Any, str, int, int]] = []
        if root is not None:
            stack.append((self._operation.selection_set, root, "", 1, self._list_size))
        while stack:
            selections, parent, prefix, times, pending = stack.pop()
            for node, definition, inner in self._below(selections, parent, stack, prefix, times, pending):
                path = f"{prefix}{(node.alias or node.name).value}"
                size = self._size(definition, node)
                many = _is_list(definition)
                count = times * (pending if size is None else size) if many else times
                cost = count * _weight(definition)
                if cost:
                    found[path] = found.get(path, 0) + cost
                if node.selection_set is not None:
                    below = self._list_size if many or size is None else size
                    stack.append((node.selection_set, inner, f"{path}.", min(count, _MANY), below))
        return found

    def _below(
        self, selections: SelectionSetNode, parent: Any, stack: list[Any], prefix: str, times: int, pending: int
    ) -> list[tuple[FieldNode, GraphQLField, Any]]:
        fields: list[tuple[FieldNode, GraphQLField, Any]] = []
        for node in selections.selections:
            if isinstance(node, FieldNode):
                definition = self._schema.get_field(parent, node.name.value)
                if definition is not None:
                    fields.append((node, definition, get_named_type(definition.type)))
            else:
                inner, type_ = self._inner(node, parent)
                if inner is not None:
                    stack.append((inner, type_, prefix, times, pending))
        return fields

    def _inner(self, node: Any, parent: Any) -> tuple[SelectionSetNode | None, Any]:
        fragment = self._fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
        if fragment is None:
            return None, parent
        condition = fragment.type_condition
        return fragment.selection_set, self._schema.get_type(condition.name.value) if condition else parent

    def _applied(self, cost: tuple[int, int]) -> int:
        return min(cost[0] + cost[1] * self._list_size, _MANY)

    def _fragment(self, fragment: FragmentDefinitionNode) -> tuple[int, int]:
        type_ = self._schema.get_type(fragment.type_condition.name.value)
        return self._selections(fragment.selection_set, type_) if is_composite_type(type_) else (0, 0)

    def _selections(self, selections: SelectionSetNode, parent: GraphQLCompositeType) -> tuple[int, int]:
        """The cost of the rest, and that of one item of the lists whose size is the one of a field above."""
        fixed = each = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                more_fixed, more_each = self._field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                more_fixed, more_each = self._costs.get(node.name.value, (0, 0))
            else:
                inner, type_ = self._inner(node, parent)
                more_fixed, more_each = self._selections(inner, type_) if inner is not None else (0, 0)
            fixed = min(fixed + more_fixed, _MANY)
            each = min(each + more_each, _MANY)
        return fixed, each

    def _field(self, node: FieldNode, parent: GraphQLCompositeType) -> tuple[int, int]:
        definition = self._schema.get_field(parent, node.name.value)
        if definition is None:
            return 0, 0
        below = (0, 0)
        named = get_named_type(definition.type)
        if node.selection_set is not None and is_composite_type(named):
            below = self._selections(node.selection_set, named)
        weight = _weight(definition)
        size = self._size(definition, node)
        if not _is_list(definition):
            return weight + below[0] + below[1] * (self._list_size if size is None else size), 0
        item = weight + self._applied(below)
        return (0, item) if size is None else (size * item, 0)

    def _size(self, definition: GraphQLField, node: FieldNode) -> int | None:
        """The size that a field's arguments name, or the usual one of its list."""
        sized = [name for name in _SIZES if name in definition.args]
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name in sized:
            value: Any = given.get(name)
            if isinstance(value, IntValueNode):
                return max(int(value.value), 0)
            if isinstance(value, VariableNode):
                number = self._sizes.get(value.name.value)
                if isinstance(number, int):
                    return max(number, 0)
        for name in sized:
            default = coerce_default_value(definition.args[name])
            if isinstance(default, int):
                return max(default, 0)
        size = definition.extensions.get("size")
        return size if isinstance(size, int) else self._list_size if sized else None


def _weight(definition: GraphQLField) -> int:
    weight = definition.extensions.get("cost")
    if isinstance(weight, int):
        return weight
    return 1 if is_composite_type(get_named_type(definition.type)) else 0


def _is_list(definition: GraphQLField) -> bool:
    type_: Any = definition.type
    return is_list_type(type_.of_type if isinstance(type_, GraphQLNonNull) else type_)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and (name is None or (node.name and node.name.value == name)):
            return node
    return None
