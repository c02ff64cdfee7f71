"""The shape of the graph: described throughout, its inputs those of the operations, its snapshot up to date."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    is_introspection_type,
    is_specified_scalar_type,
)

from gateway.paths import sdl_path
from resolvers import subscribe
from resolvers.kit.operation import CATALOGUE, EDGES
from schema.graph import graph
from schema.loading import EDGE
from schema.sdl import print_sdl
from tests.world.samples import table

GRAPH = graph()
TYPES = [one for one in GRAPH.type_map.values() if not is_introspection_type(one) and not is_specified_scalar_type(one)]


def described() -> Iterator[tuple[str, str | None]]:
    for type_ in TYPES:
        yield type_.name, type_.description
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field.description
                for argument_name, argument in field.args.items():
                    yield f"{type_.name}.{name}({argument_name})", argument.description
        elif isinstance(type_, GraphQLInputObjectType):
            for name, given in type_.fields.items():
                yield f"{type_.name}.{name}", given.description
        elif isinstance(type_, GraphQLEnumType):
            for name, value in type_.values.items():
                yield f"{type_.name}.{name}", value.description


def test_everything_has_a_description() -> None:
    assert [name for name, description in described() if not (description or "").strip()] == []


def test_the_snapshot_is_the_graph() -> None:
    assert sdl_path().read_text(encoding="utf-8") == print_sdl()


def test_every_mutation_and_root_is_an_operation_of_the_catalogue() -> None:
    assert GRAPH.query_type
    assert GRAPH.mutation_type
    roots = {*GRAPH.query_type.fields, *GRAPH.mutation_type.fields}

    assert roots - set(CATALOGUE) == set()


def edges() -> dict[str, Any]:
    return {
        f"{type_.name}.{name}": definition.metadata[EDGE]
        for type_ in TYPES
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if EDGE in (definition := field.extensions["strawberry-definition"]).metadata
    }


def test_every_edge_names_its_function_and_scope() -> None:
    found = edges()

    assert {name for name, one in found.items() if EDGES[one.load] is not one.scope} == set()
    assert len(found) > 50


def test_every_mutation_that_the_replay_does_not_make_is_called_by_a_test() -> None:
    assert GRAPH.mutation_type
    not_run = table(lambda sample: sample.not_run)
    left = [name for name in GRAPH.mutation_type.fields if name in not_run or CATALOGUE[name].read_only]
    room = Path(__file__).parents[1]
    texts = "".join(file.read_text() for folder in ("schema", "gateway") for file in (room / folder).glob("*.py"))

    assert [name for name in left if not re.search(rf"\b{name}\b", texts)] == []


def union_of(name: str) -> set[str]:
    union = GRAPH.type_map[name]
    assert isinstance(union, GraphQLUnionType)
    return {one.name for one in union.types} - {"StreamReady", "StreamLagged"}


def test_a_union_of_events_has_exactly_what_its_stream_sends() -> None:
    assert union_of("ProjectEvent") == subscribe.PROJECT_TYPES
    assert union_of("WorkspaceEvent") == subscribe.WORKSPACE_TYPES
    assert union_of("MissionEvent") == subscribe.MISSION_TYPES
    assert union_of("QueueEvent") == subscribe.QUEUE_TYPES
    assert union_of("NotificationEvent") == subscribe.NOTIFICATION_TYPES


def test_every_subscription_is_an_operation_of_the_catalogue() -> None:
    assert GRAPH.subscription_type
    assert set(GRAPH.subscription_type.fields) - set(CATALOGUE) == set()
