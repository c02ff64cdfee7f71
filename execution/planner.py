"""Plans, kept for later requests: one per (schema, operation) and set of values of the condition variables."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

from graphql import (
    DirectiveNode,
    FragmentDefinitionNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails
from graphql.execution.values import VariableValues

from execution.batch import Selection
from execution.info import place_of
from execution.plan import DocumentPlan, FieldPlan

_CONDITIONS = {"skip", "include"}
_INCREMENTAL = {"defer", "stream"}


class Operation:
    """An operation with what decides on its plans. Holds the nodes, so that their ids stay taken.

    `incremental` says whether the document names `@defer` or `@stream`.
    """

    __slots__ = ("conditions", "fragments", "incremental", "node", "plans", "schema", "uncacheable")

    def __init__(
        self, schema: GraphQLSchema, node: OperationDefinitionNode, fragments: dict[str, FragmentDetails]
    ) -> None:
        self.schema = schema
        self.node = node
        self.fragments = fragments
        self.plans: OrderedDict[Hashable, DocumentPlan] = OrderedDict()
        self.incremental = False
        # Fragment variables put argument values into the plan itself.
        self.uncacheable = any(fragment.variable_signatures for fragment in fragments.values())
        names: dict[str, None] = {}
        for directive in _directives(node, *(fragment.definition for fragment in fragments.values())):
            name = directive.name.value
            if name in _CONDITIONS:
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        names[argument.value.name.value] = None
            elif name in _INCREMENTAL:
                self.incremental = True
        self.conditions = tuple(names)


class Planner:
    """A bounded cache of plans. Threads may share it.

    A schema that is changed after a plan was made for it needs a new planner, or `clear`.
    """

    def __init__(self, operations: int = 512, variants: int = 64) -> None:
        self._size = operations
        self._variants = variants
        self._operations: OrderedDict[tuple[int, ...], Operation] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._operations)

    def clear(self) -> None:
        """Forget every plan."""
        with self._lock:
            self._operations.clear()

    def plan(
        self,
        schema: GraphQLSchema,
        node: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
        hide_suggestions: bool = False,
    ) -> DocumentPlan:
        """The plan for an operation with these variables."""
        return self.plan_of(self.operation(schema, node, fragments), variables, hide_suggestions)

    def plan_of(self, operation: Operation, variables: VariableValues, hide_suggestions: bool = False) -> DocumentPlan:
        """The plan for an operation that was looked up."""
        schema, node, fragments = operation.schema, operation.node, operation.fragments
        if operation.uncacheable:
            return DocumentPlan(schema, node, fragments, variables, hide_suggestions)
        coerced = variables.coerced
        values = tuple([coerced.get(name, Undefined) for name in operation.conditions])
        if not all(value is True or value is False or value is None or value is Undefined for value in values):
            return DocumentPlan(schema, node, fragments, variables, hide_suggestions)
        key = (values, hide_suggestions)
        plans = operation.plans
        plan = plans.get(key)
        if plan is None:
            plan = DocumentPlan(schema, node, fragments, _only(variables, operation.conditions), hide_suggestions)
            with self._lock:
                plans[key] = plan
                if len(plans) > self._variants:
                    plans.popitem(last=False)
        return plan

    def operation(
        self, schema: GraphQLSchema, node: OperationDefinitionNode, fragments: dict[str, FragmentDetails]
    ) -> Operation:
        """An operation, with the plans that it has."""
        key = (id(schema), id(node), *[id(fragment.definition) for fragment in fragments.values()])
        with self._lock:
            found = self._operations.get(key)
            if found is not None:
                self._operations.move_to_end(key)
                return found
        found = Operation(schema, node, fragments)
        with self._lock:
            self._operations[key] = found
            if len(self._operations) > self._size:
                self._operations.popitem(last=False)
        return found


def selection_of(info: GraphQLResolveInfo[Any]) -> Selection:
    """What is selected below the field of a per-object resolver: of ours, what its plan says, the same every time."""
    if (place := place_of(info)) is not None:
        return place.column.field.selection
    fragments = {name: FragmentDetails(node) for name, node in info.fragments.items()}
    variables: Any = info.variable_values
    if isinstance(variables, dict):
        # As Strawberry gives them.
        variables = VariableValues({}, variables)
    document = DocumentPlan(info.schema, info.operation, fragments, variables, False)
    definition = info.parent_type.fields[info.field_name]
    details = [FieldDetails(node, None) for node in info.field_nodes]
    return FieldPlan(document, info.parent_type, definition, str(info.path.key), details, 0).selection


def _only(variables: VariableValues, names: tuple[str, ...]) -> VariableValues:
    sources = {name: variables.sources[name] for name in names if name in variables.sources}
    return VariableValues(sources, {name: variables.coerced[name] for name in names if name in variables.coerced})


def _directives(*roots: OperationDefinitionNode | FragmentDefinitionNode) -> list[DirectiveNode]:
    found: list[DirectiveNode] = []
    stack: list[Any] = list(roots)
    while stack:
        node: Node = stack.pop()
        found.extend(getattr(node, "directives", None) or ())
        selections = getattr(node, "selection_set", None)
        if selections is not None:
            stack.extend(selections.selections)
    return found
