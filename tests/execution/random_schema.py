"""Random schemas: objects, interfaces, a union, scalars, an enum, lists of lists, arguments, all kinds of resolvers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    default_field_resolver,
    specified_directives,
)
from graphql.type.directives import GraphQLDisableErrorPropagationDirective

from execution import Batch, Read
from tests.execution.choices import Choices
from tests.execution.random_world import LEAVES, Books, Later, Thing, World, type_name_of


def _serialize_odd(value: Any) -> Any:
    if value == "bad":
        raise ValueError("An odd one cannot be bad.")
    return None if value == "gone" else f"<{_serialize_anything(value)}>"


def _serialize_anything(value: Any) -> Any:
    # A thing of a wrong type may bring a list or an object, which holds awaitables in one of the two worlds alone.
    return value if value is None or value in LEAVES["Anything"] or isinstance(value, str | int | float) else "odd"


@dataclass
class RandomSchema:
    """A schema, and whose values its resolvers take at the moment."""

    schema: GraphQLSchema
    objects: list[GraphQLObjectType] = field(default_factory=list)
    holder: dict[str, World] = field(default_factory=dict)


def random_schema(choices: Choices) -> RandomSchema:
    """A schema whose query root is `T0`; the root of mutations has the same fields."""
    odd = GraphQLScalarType("Odd", coerce_output_value=_serialize_odd)
    anything = GraphQLScalarType("Anything", coerce_output_value=_serialize_anything)
    color = GraphQLEnumType("Color", {"RED": 0, "GREEN": "g", "BLUE": None})
    leaves = [GraphQLString, GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID, odd, anything, color]
    holder: dict[str, World] = {}
    interfaces: list[GraphQLInterfaceType] = []
    objects: list[GraphQLObjectType] = []
    unions: list[GraphQLUnionType] = []

    def output(choices: Choices) -> Any:
        kind = choices.below(9)
        if kind < 4:
            type_: Any = choices.pick(leaves)
        elif kind < 7 or not interfaces:
            type_ = choices.pick(objects)
        else:
            type_ = choices.pick([*interfaces, *unions])
        for _ in range(choices.pick([0, 0, 1, 1, 2])):
            type_ = GraphQLList(GraphQLNonNull(type_) if choices.chance(35) else type_)
        return GraphQLNonNull(type_) if choices.chance(35) else type_

    shared = [_field_maker(choices.fork(12), holder) for _ in range(2)]
    fields: dict[int, dict[str, GraphQLField]] = {}

    def fields_of(number: int) -> dict[str, GraphQLField]:
        return fields[number]

    count = 2 + choices.below(3)
    names = [f"T{number}" for number in range(count)]
    interfaces.extend(
        GraphQLInterfaceType(f"I{number}", lambda: dict(fields[-1]), resolve_type=_type_resolver(choices, holder))
        for number in range(choices.below(3))
    )
    for number, name in enumerate(names):
        objects.append(
            GraphQLObjectType(
                name,
                partial(fields_of, number),
                interfaces if number else [],
                is_type_of=_is_type_of(choices, name, holder),
            )
        )
    if choices.chance(60):
        unions.append(GraphQLUnionType("U", objects[1:], resolve_type=_type_resolver(choices, holder)))
    fields[-1] = {f"s{at}": make(output(choices.fork(8))) for at, make in enumerate(shared)}
    for number in range(count):
        own = choices.fork(110)
        fields[number] = {
            **fields[-1],
            **{f"f{at}": _field_maker(own, holder)(output(own)) for at in range(3 + own.below(4))},
        }
    mutation = GraphQLObjectType("Mutation", lambda: fields_of(0))
    directives = [*specified_directives, GraphQLDisableErrorPropagationDirective]
    schema = GraphQLSchema(objects[0], mutation, types=objects, directives=directives)
    return RandomSchema(schema, objects, holder)


def _field_maker(choices: Choices, holder: dict[str, World]) -> Any:
    arguments = _arguments(choices)
    kind = choices.below(8)

    def resolve(source: Any, info: Any, **args: Any) -> Any:
        return holder["now"].value(source, info.field_name, args, _path_number(info))

    def batched(name: str) -> Any:
        def load(parents: list[Any], args: Mapping[str, Any], _context: Any, selection: Any) -> Any:
            world = holder["now"]
            assert selection.names is not None
            found = [world.caught(parent, name, args) for parent in parents]
            return Later(found) if world.asynchronous and len(parents) % 2 else found

        return load

    def make(type_: Any) -> GraphQLField:
        made = GraphQLField(type_, arguments)
        if kind == 5:
            made.resolve = resolve
        elif kind == 6:
            made.resolve = lambda source, info, **args: holder["now"].value(source, info.field_name, args, 0)
            made.extensions["batch"] = _Named(batched)
        elif kind == 7:
            made.resolve = default_field_resolver
        return made

    return make


class _Named(Batch):
    """A batch that learns the name of its field from the selection, as one function here serves all fields."""

    __slots__ = ()

    def __init__(self, make: Any) -> None:
        def load(parents: list[Any], args: Mapping[str, Any], context: Any, selection: Any) -> Any:
            return make(selection._plan.name)(parents, args, context, selection)

        super().__init__(load)


def _path_number(info: Any) -> int:
    return sum(key if isinstance(key, int) else 1 for key in info.path.as_list())


def _arguments(choices: Choices) -> dict[str, GraphQLArgument]:
    if not choices.chance(30):
        return {}
    point = GraphQLInputObjectType(
        "Point",
        {"x": GraphQLInputField(GraphQLNonNull(GraphQLInt)), "y": GraphQLInputField(GraphQLInt, default_value=7)},
    )
    kinds: list[Any] = [GraphQLInt, GraphQLNonNull(GraphQLInt), GraphQLList(GraphQLInt), _POINTS.setdefault(0, point)]
    type_ = choices.pick(kinds)
    return {
        "a": GraphQLArgument(type_, default_value=3)
        if type_ is GraphQLInt and choices.chance(50)
        else GraphQLArgument(type_)
    }


_POINTS: dict[int, GraphQLInputObjectType] = {}


def _type_resolver(choices: Choices, holder: dict[str, World]) -> Any:
    kind = choices.below(4)

    def resolve(value: Any, info: Any, _type: Any) -> Any:
        if kind == 3 and isinstance(value, Books):
            raise ValueError("No type today.")
        name = type_name_of(value)
        return Later(name) if kind == 2 and holder["now"].asynchronous else name

    return resolve if kind else None


def _is_type_of(choices: Choices, name: str, holder: dict[str, World]) -> Any:
    kind = choices.below(6)

    def check(value: Any, info: Any) -> Any:
        if kind == 5 and isinstance(value, Thing):
            raise ValueError("Cannot tell.")
        answer = type_name_of(value) in (name, None) if kind != 4 else type_name_of(value) == name
        return Later(answer) if kind == 4 and holder["now"].asynchronous else answer

    return check if kind >= 3 else None


__all__ = ["RandomSchema", "Read", "random_schema"]
