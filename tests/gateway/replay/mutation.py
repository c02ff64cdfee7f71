"""A change as a client of the graph asks for it, out of the call of its operation."""

from collections.abc import Mapping
from typing import Any

import graphql
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from resolvers.catalogue import CATALOGUE
from resolvers.kit.contract import contract
from resolvers.kit.input import Input
from schema.graph import graph
from serving.transports.protocol import OperationRequest
from tests.gateway.replay.snapshot import FRAGMENTS
from tests.gateway.replay.state import JSON


def mutation(name: str, call: tuple[Any, ...]) -> OperationRequest | None:
    """The request of a mutation, which reads of the answer what a client keeps. None where a file comes with it."""
    root = graph().mutation_type
    assert root is not None
    field = root.fields[name]
    given = _given(name, call, takes_input="input" in field.args)
    if any(isinstance(value, bytes) or _is_file(field.args[name].type, value) for name, value in given.items()):
        return None
    variables = {argument: _written(field.args[argument].type, value) for argument, value in given.items()}
    declared = ", ".join(f"${argument}: {field.args[argument].type}" for argument in given)
    passed = ", ".join(f"{argument}: ${argument}" for argument in given)
    selected = _selected(field.type)
    text = f"mutation {f'({declared})' if given else ''} {{ {name}{f'({passed})' if given else ''} {selected} }}"
    used = [fragment for noun, fragment in FRAGMENTS.items() if f"...{noun}Fields" in selected]
    return OperationRequest("\n".join([text, *used]), variables)


def _given(name: str, call: tuple[Any, ...], *, takes_input: bool) -> JSON:
    """What a call gives, by the names of the graph's arguments."""
    given: JSON = {}
    for parameter, value in zip(contract(CATALOGUE[name]).order, call, strict=False):
        if not isinstance(value, Input):
            given[to_camel(parameter)] = value
            continue
        fields = value.model_dump(by_alias=True, exclude_unset=True)
        given |= {"input": fields} if takes_input else fields
    return given


def _is_file(type_: graphql.GraphQLInputType, value: Any) -> bool:
    named = graphql.get_named_type(type_)
    if isinstance(named, graphql.GraphQLInputObjectType) and isinstance(value, Mapping):
        return any(_is_file(named.fields[name].type, inside) for name, inside in value.items())
    return named.name == "Upload"


def _written(type_: graphql.GraphQLInputType, value: Any) -> Any:
    """A value of an operation's input as JSON spells it for the graph."""
    if isinstance(type_, graphql.GraphQLNonNull):
        return _written(type_.of_type, value)
    if value is None:
        return None
    if isinstance(type_, graphql.GraphQLList):
        return [_written(type_.of_type, one) for one in value]
    if isinstance(type_, graphql.GraphQLInputObjectType):
        return {name: _written(type_.fields[name].type, inside) for name, inside in value.items()}
    if isinstance(type_, graphql.GraphQLEnumType):
        return type_.serialize(value)
    return to_jsonable_python(value, fallback=str)


def _selected(type_: graphql.GraphQLOutputType) -> str:
    """What is read of the answer: what a client keeps of its nouns, and whatever is a leaf."""
    payload = graphql.get_named_type(type_)
    if not isinstance(payload, graphql.GraphQLObjectType):
        return ""
    parts = ["__typename"]
    for name, field in payload.fields.items():
        below = graphql.get_named_type(field.type)
        if any(graphql.is_required_argument(argument) for argument in field.args.values()):
            continue
        if below.name in FRAGMENTS:
            parts.append(f"{name} {{ ...{below.name}Fields }}")
        else:
            parts.append(name if graphql.is_leaf_type(below) else f"{name} {{ __typename }}")
    return f"{{ {' '.join(parts)} }}"
