"""What mutations show of what they wrote takes the scope that reading it takes."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType, get_named_type

from models.enums import TokenScope
from resolvers.kit.operation import CATALOGUE, Caller
from schema.graph import graph
from schema.loading import EDGE
from schema.selection import metadata_of
from schema.shown import READS
from tests.gateway.lab import Board, Lab

PERSONS = {"ApiToken", "Backup", "Consent", "Installation", "LogExport", "Oidc", "Person"}
"""Shown by mutations that no token reaches."""


def plain(type_: GraphQLObjectType) -> Iterator[str]:
    """The types of the objects that a payload holds, and is not asked for by an edge."""
    for field in type_.fields.values():
        named = get_named_type(field.type)
        if isinstance(named, GraphQLObjectType) and EDGE not in metadata_of(field):
            if named.name.endswith(("Error", "Note", "Result")):
                yield from plain(named)
            else:
                yield named.name


def payloads() -> dict[str, set[str]]:
    """The objects that each mutation may show."""
    mutations = graph().mutation_type
    assert mutations is not None
    found = {name: get_named_type(field.type) for name, field in mutations.fields.items()}
    return {name: set(plain(one)) for name, one in found.items() if isinstance(one, GraphQLObjectType)}


def test_every_object_that_a_mutation_shows_a_token_has_a_scope() -> None:
    for name, shown in payloads().items():
        if CATALOGUE[name].caller is Caller.PERSON:
            shown -= PERSONS
        if CATALOGUE[name].caller is not Caller.ANYONE:
            assert shown <= READS.keys(), name


def test_the_scope_of_a_type_is_that_of_the_edges_that_lead_to_it() -> None:
    edges: dict[str, set[TokenScope | None]] = {}
    for type_ in graph().type_map.values():
        for field in type_.fields.values() if isinstance(type_, GraphQLObjectType) else ():
            if (edge := metadata_of(field).get(EDGE)) is not None:
                edges.setdefault(get_named_type(field.type).name, set()).add(edge.scope)

    # Who somebody else is takes `projects:read`; a payload shows the caller alone. Notifications lead to activities.
    expected = {name: scope for name, scope in READS.items() if name in edges and name not in ("User", "Activity")}
    assert expected
    assert {name: {scope} for name, scope in expected.items()} == {name: edges[name] for name in expected}


TOKEN = "mutation ($i: ApiTokenCreateInput!) { apiTokenCreate(input: $i) { secret } }"
CHANGE = "mutation ($id: ID!, $t: String!) { cardUpdate(id: $id, input: {title: $t}) "
BATCH = "mutation ($id: ID!, $t: String!) { cardBatchUpdate(ids: [$id], input: {title: $t}) "
TITLE = "query ($id: ID!) { card(id: $id) { title } }"


@pytest.mark.parametrize(
    "query",
    [
        CHANGE + "{ card { title } } }",
        CHANGE + "{ ...F cursor } } fragment F on CardPayload { card { id } }",
        BATCH + "{ results { id card { title } } } }",
    ],
    ids=["object", "fragment", "batch"],
)
async def test_a_token_that_may_only_write_is_refused_before_the_change(lab: Lab, board: Board, query: str) -> None:
    card = await board.card("Secret")
    made = await board.ann.ask(TOKEN, i={"name": "writer", "scopes": ["PROJECTS_WRITE"]})
    writer = lab.client(made["apiTokenCreate"]["secret"])
    variables = {"id": card, "t": "New"}

    refused = await writer.post("/graphql", json={"query": query, "variables": variables})

    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await board.ann.ask(TITLE, id=card))["card"]["title"] == "Secret"
    done = await writer.post("/graphql", json={"query": CHANGE + "{ cursor } }", "variables": variables})
    assert done.json()["data"]["cardUpdate"]["cursor"]
    assert (await board.ann.ask(TITLE, id=card))["card"]["title"] == "New"
