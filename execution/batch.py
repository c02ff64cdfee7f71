"""What a field may carry in `GraphQLField.extensions["batch"]` so that one call serves all parents of a level."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo, get_named_type
from graphql.execution.values import VariableValues

if TYPE_CHECKING:
    from execution.plan import FieldPlan

EXTENSION = "batch"
"""The key in `GraphQLField.extensions`."""

Results = Sequence[Any]
Load = Callable[[list[Any], Mapping[str, Any], Any, "Selection"], Results | Awaitable[Results]]
"""`(parents, args, context, selection)` to one result per parent, in the order of the parents.

A result that is an exception is the error of that parent alone; an exception raised is the error of every parent.
Parents are distinct objects where the engine can tell, and their list must not be changed.
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """A field resolved for all parents of its level by one call, which may be awaitable."""

    load: Load

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
        """A per-object resolver over the same function, for executors that know nothing of batches."""
        from execution.planner import selection_of

        found = self.load([source], args, info.context, selection_of(info))
        if info.is_awaitable(found):

            async def first() -> Any:
                return (await found)[0]

            return first()
        return found[0]  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Read:
    """A field whose value is `get(parent)`: no arguments, no context, never awaitable.

    An `operator.itemgetter` or `operator.attrgetter` makes a whole column without a Python frame per object.
    """

    get: Callable[[Any], Any]

    def resolve(self, source: Any, _info: GraphQLResolveInfo[Any], **_args: Any) -> Any:
        """A per-object resolver over the same function, for executors that know nothing of batches."""
        return self.get(source)


class Selected(NamedTuple):
    """A field asked for below a batch field."""

    name: str
    response_name: str
    definition: GraphQLField
    parent_type: GraphQLObjectType
    selection: "Selection"


class Selection:
    """The fields asked for below a field, merged over aliases, fragments and possible types."""

    __slots__ = ("_fields", "_names", "_plan")

    def __init__(self, plan: "FieldPlan") -> None:
        self._plan = plan
        self._fields: list[Selected] | None = None
        self._names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names, in the schema, of the selected child fields."""
        if self._names is None:
            self._names = frozenset(field.name for field in self)
        return self._names

    def child(self, name: str) -> "Selection | None":
        """What is asked for below the first child field of that name, or None where it is not selected."""
        return next((field.selection for field in self if field.name == name), None)

    def arguments(self, info: GraphQLResolveInfo[Any]) -> dict[str, Any]:
        """The coerced arguments of the field itself in a request; an error that graphql-core would raise is raised."""
        variables: Any = info.variable_values
        return self._plan.arguments(VariableValues({}, variables) if isinstance(variables, dict) else variables)

    def __iter__(self) -> Iterator[Selected]:
        if self._fields is None:
            self._fields = list(self._collect())
        return iter(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def _collect(self) -> Iterator[Selected]:
        from execution.plan import possible_types

        plan = self._plan
        for type_ in possible_types(plan.document.schema, get_named_type(plan.definition.type)):
            scope = plan.scope(type_)
            if not isinstance(scope, Exception):
                for field in scope.fields:
                    yield Selected(field.name, field.response_name, field.definition, type_, field.selection)
