"""From what the types declare to what the executor runs: every edge one call a level, every plain field a column."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import strawberry
from bson import ObjectId
from graphql import GraphQLObjectType
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from execution import Batch, Read, Selection
from execution.batch import EXTENSION
from execution.leaves import BULK
from models.ids import texts_of
from resolvers.kit.operation import check_scope
from schema.ahead import begin_below, taken
from schema.context import GraphContext
from schema.inputs.base import plain
from schema.loading import COMPUTE, EDGE, SELECTED, Edge, from_record
from schema.node import Node
from schema.scalars import write_dates
from schema.selection import DEFINITION, needed

Arguments = Callable[[Mapping[str, Any]], dict[str, Any]]


def install(schema: strawberry.Schema) -> None:
    """Give every field of the graph without a resolver of its own one for all its parents at once."""
    for type_ in schema._schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType):
            continue
        if getattr(type_.is_type_of, "__func__", None) is Node.is_type_of.__func__:  # type: ignore[attr-defined]
            type_.is_type_of = None  # it says yes to everything, and would be asked of every object
        for name, field in type_.fields.items():
            definition = field.extensions.get(DEFINITION)
            resolver = _resolver(schema, definition, f"{type_.name}.{name}") if definition is not None else None
            if resolver is not None:
                field.extensions[EXTENSION] = resolver
                field.resolve = resolver.resolve
    schema._schema.type_map["DateTime"].extensions[BULK] = write_dates


def _resolver(schema: strawberry.Schema, definition: StrawberryField, name: str) -> Batch | Read | None:
    if EDGE in definition.metadata:
        return Batch(EdgeLoad(definition.metadata[EDGE], _arguments(schema, definition), name))
    if COMPUTE in definition.metadata:
        compute = definition.metadata[COMPUTE]
        return Batch(_selected(compute)) if definition.metadata[SELECTED] else Read(compute)
    if definition.base_resolver is None:
        return Batch(_column(definition.python_name))
    return None


@dataclass(frozen=True, slots=True)
class EdgeLoad:
    """An edge as the executor calls it: for all parents of a level, with the arguments that are coerced."""

    declared: Edge
    arguments: Arguments
    name: str

    async def __call__(
        self, parents: list[Any], args: Mapping[str, Any], context: GraphContext, selection: Selection
    ) -> Sequence[Any]:
        begun = await taken(context, parents, selection) if context.begun else None
        found = await (begun or self.read(parents, args, context, selection))
        await begin_below(context, found, selection)
        return found

    async def read(
        self, parents: list[Any], args: Mapping[str, Any], context: GraphContext, selection: Selection
    ) -> Sequence[Any]:
        """What it leads to from records of which no more is known than it needs."""
        check_scope(context.ctx, self.declared.scope, self.name)
        records = [getattr(parent, "record", parent) for parent in parents]
        return await self.declared.load(context.ctx, records, needed(selection), **self.arguments(args))


def _arguments(schema: strawberry.Schema, definition: StrawberryField) -> Arguments:
    """From the arguments that graphql-core has coerced to those of an edge: inputs as plain mappings."""
    if not definition.arguments:
        return dict
    registry, config = schema.schema_converter.scalar_registry, schema.config

    def read(args: Mapping[str, Any]) -> dict[str, Any]:
        converted = convert_arguments(dict(args), definition.arguments, scalar_registry=registry, config=config)
        return {name: plain(value) for name, value in converted.items()}

    return read


def _selected(compute: Callable[[Any, Set[str]], Any]) -> Callable[..., list[Any]]:
    def read(parents: list[Any], _args: Mapping[str, Any], _context: Any, selection: Selection) -> list[Any]:
        return [compute(parent, selection.names) for parent in parents]

    return read


def _column(name: str) -> Callable[..., list[Any]]:
    key, inner = itemgetter("_id" if name == "id" else name), itemgetter(name)

    def read(parents: list[Any], _args: Mapping[str, Any], _context: Any, _selection: Selection) -> list[Any]:
        try:
            # What lies inside a record, as a step of a checklist, keeps its id under its own name.
            values = list(map(inner if parents and "_id" not in parents[0] else key, parents))
        except (KeyError, TypeError):  # no records, or one of an earlier shape
            values = [from_record(parent, name) for parent in parents]
        # As text in one go: graphql-core looks three times at what is neither text nor a number.
        return texts_of(values) if name == "id" and set(map(type, values)) == {ObjectId} else values

    return read
