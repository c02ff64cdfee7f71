"""The plan of an operation: a tree of fields, merged over aliases and fragments, one branch per runtime object type."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.executor import SELECTIONS_NESTED_TOO_DEEPLY
from graphql.execution.values import VariableValues, get_argument_values

from execution.batch import Selection
from execution.rows import Build, Write, row_builder, row_writer
from execution.shape import Shape
from execution.ways import How, has_variable, way_of

_COMPILED_FROM = 32
"""Rows, below which compiling a function to make them takes longer than making them."""


class DocumentPlan:
    """One operation of a document, for one set of values of the variables that `@skip` and `@include` read.

    `variables` holds those values alone, so that nothing of a request stays in a cached plan.
    """

    __slots__ = ("_steps", "fragments", "hide_suggestions", "operation", "root", "schema", "variables")

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDetails],
        variables: VariableValues,
        hide_suggestions: bool,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = fragments
        self.variables = variables
        self.hide_suggestions = hide_suggestions
        self.root = self._plan_root()
        self._steps: list[ScopePlan] | None = None

    def steps(self, root: "ScopePlan") -> "list[ScopePlan]":
        """The root fields one by one, for serial execution."""
        if self._steps is None:
            self._steps = [ScopePlan(root.type, [field]) for field in root.fields]
        return self._steps

    def _plan_root(self) -> "ScopePlan | GraphQLError":
        kind = self.operation.operation
        root_type = self.schema.get_root_type(kind)
        if root_type is None:
            return GraphQLError(f"Schema is not configured to execute {kind.value} operation.", self.operation)
        try:
            grouped, _, _ = collect_fields(
                self.schema, self.fragments, self.variables, root_type, self.operation, self.hide_suggestions
            )
        except GraphQLError as error:
            return error
        except RecursionError:
            return GraphQLError(SELECTIONS_NESTED_TOO_DEEPLY, self.operation)
        return _scope(self, root_type, grouped)


class ScopePlan:
    """The fields selected on one object type at one place of the operation, in the order of the response."""

    __slots__ = ("_build", "_shareable", "_write", "fields", "names", "type")

    def __init__(self, type_: GraphQLObjectType, fields: "list[FieldPlan]") -> None:
        self.type = type_
        self.fields = fields
        self.names = tuple(field.response_name for field in self.fields)
        self._shareable: bool | None = None
        self._build: Build | None = None
        self._write: Write | None = None

    @property
    def shareable(self) -> bool:
        """Whether an object may be completed once for several places: no resolver below sees the path of one."""
        if self._shareable is None:
            self._shareable = all(field.shareable for field in self.fields)
        return self._shareable

    def rows(self, count: int, columns: list[list[Any]]) -> list[dict[str, Any]]:
        """The result objects of `count` parents from the columns of the fields."""
        if not columns:
            return [{} for _ in range(count)]
        if self._build is None:
            if count < _COMPILED_FROM or len(self.names) > 255:
                names = self.names
                return [dict(zip(names, row, strict=False)) for row in zip(*columns, strict=False)]
            self._build = row_builder(self.names)
        return self._build(columns)

    def texts(self, columns: list[list[Any]], lengths: Sequence[int | None]) -> list[Any] | None:
        """Lists of result objects from the columns of all of them, as JSON; see `Write`."""
        if self._write is None:
            self._write = row_writer(self.names)
        return self._write(columns, lengths)


class FieldPlan:
    """A field at one place of the operation: how its column is found and what is selected below it."""

    __slots__ = (
        "_scopes",
        "constant",
        "definition",
        "details",
        "document",
        "how",
        "load",
        "name",
        "nodes",
        "ordinal",
        "parent_type",
        "read",
        "response_name",
        "selection",
        "shape",
        "static_args",
    )

    def __init__(
        self,
        document: DocumentPlan,
        parent_type: GraphQLObjectType,
        definition: GraphQLField,
        response_name: str,
        details: list[FieldDetails],
        ordinal: int,
    ) -> None:
        self.document = document
        self.parent_type = parent_type
        self.definition = definition
        self.response_name = response_name
        self.details = details
        self.ordinal = ordinal
        self.nodes: list[FieldNode] = [detail.node for detail in details]
        self.name = self.nodes[0].name.value
        self.shape = Shape(definition.type)
        self.how, self.read, self.load = way_of(definition)
        self.selection = Selection(self)
        self.constant = not any(map(has_variable, self.nodes[0].arguments or ()))
        self.static_args: dict[str, Any] | None = None if definition.args else {}
        self._scopes: dict[GraphQLObjectType, ScopePlan | Exception] = {}

    def arguments(self, variables: VariableValues) -> dict[str, Any]:
        """The coerced arguments, which objects may share; an error that graphql-core would raise is raised."""
        if self.static_args is not None:
            return self.static_args
        args = self.fresh_arguments(variables)
        if self.constant:
            self.static_args = args
        return args

    def fresh_arguments(self, variables: VariableValues) -> dict[str, Any]:
        """The coerced arguments, for one object that may change them."""
        return get_argument_values(
            self.definition,
            self.nodes[0],
            variables,
            self.details[0].fragment_variable_values,
            self.document.hide_suggestions,
        )

    @property
    def shareable(self) -> bool:
        """Whether neither this field nor one below it has a resolver that is called per object."""
        if self.how is How.RESOLVER:
            return False
        named = get_named_type(self.definition.type)
        if is_leaf_type(named):
            return True
        scopes = [self.scope(type_) for type_ in possible_types(self.document.schema, named)]
        return all(isinstance(scope, Exception) or scope.shareable for scope in scopes)

    def scope(self, type_: GraphQLObjectType) -> "ScopePlan | Exception":
        """What is selected on one runtime type, or the error that every object of it is answered with."""
        found = self._scopes.get(type_)
        if found is None:
            document = self.document
            try:
                grouped, _, _ = collect_subfields(
                    document.schema,
                    document.fragments,
                    document.variables,
                    document.operation,
                    type_,
                    self.details,
                    document.hide_suggestions,
                )
                found = _scope(document, type_, grouped)
            except Exception as error:
                found = error
            self._scopes[type_] = found
        return found


def possible_types(schema: GraphQLSchema, named: GraphQLNamedType) -> Sequence[GraphQLObjectType]:
    """The object types that a value of a composite type may be of."""
    if is_abstract_type(named):
        return schema.get_possible_types(named)
    return (named,) if isinstance(named, GraphQLObjectType) else ()


def _scope(document: DocumentPlan, type_: GraphQLObjectType, grouped: GroupedFieldSet) -> ScopePlan:
    fields: list[FieldPlan] = []
    for response_name, details in grouped.items():
        definition = document.schema.get_field(type_, details[0].node.name.value)
        if definition is not None:
            fields.append(FieldPlan(document, type_, definition, response_name, details, len(fields)))
    return ScopePlan(type_, fields)
