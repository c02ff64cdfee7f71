"""Limits on documents: what is refused, how it says so, and that real documents pass."""

from typing import Any

import pytest
from graphql import GraphQLError, build_schema, get_introspection_query, parse, validate

from execution.cost import estimate
from execution.limits import Limits

SCHEMA = build_schema(
    """
    type Query { organization(slug: String!): Organization project(id: ID!): Project me: User }
    type Organization { workspaces(first: Int = 50): Workspaces! }
    type Workspaces { nodes: [Workspace!]! edges: [Edge!]! totalCount: Int }
    type Edge { node: Workspace! }
    type Workspace { project(id: ID!): Project }
    type Project { columns: [Column!]! }
    type Column { name: String cards(first: Int = 50, last: Int): Cards! }
    type Cards { nodes: [Card!]! totalCount: Int }
    type Card { title: String labels: [Label!]! checklist: [Item!]! assignee: User tags: [String!]! }
    type Label { name: String }
    type Item { title: String }
    type User { name: String friends(first: Int): [User!]! }
    """
)
BOARD = """
query Board($first: Int = 500) {
  organization(slug: "o") { workspaces(first: 1) { nodes { project(id: "p") { columns { name cards(first: $first) {
    totalCount nodes { ...Card labels { name } checklist { title } assignee { name } }
  } } } } } }
}
fragment Card on Card { title tags }
"""


def _refusal(limits: Limits, source: str) -> dict[str, Any]:
    with pytest.raises(GraphQLError) as caught:
        limits.check_document(limits.parse(source))
    assert caught.value.extensions is not None
    return {**caught.value.extensions, "at": [tuple(place) for place in caught.value.locations or ()]}


def test_a_board_and_introspection_pass() -> None:
    limits = Limits()
    for source in (BOARD, get_introspection_query()):
        document = limits.parse(source)
        limits.check_document(document)
        assert validate(SCHEMA, document) == []
        limits.check_cost(SCHEMA, document)


@pytest.mark.parametrize(
    ("limits", "source", "limit", "value", "at"),
    [
        (Limits(bytes=10), "{ me { name } }", "bytes", 15, []),
        (Limits(bytes=10), '{a(b:"é")}', "bytes", 11, []),
        (Limits(tokens=5), "{ me { name } }", "tokens", 6, []),
        (Limits(tokens=3), "# a\n# b\n{ me }", "tokens", 4, []),
        (Limits(operations=1), "query A { me } query B { me }", "operations", 2, [(1, 16)]),
        (Limits(directives=2), "{ me @a @b @c }", "directives", 3, [(1, 1)]),
        (Limits(depth=2), "{ a { ...F } } fragment F on Q { b { c } }", "depth", 3, [(1, 38)]),
        (Limits(depth=2), "{ a { b { c d } } }", "depth", 3, [(1, 11)]),
        (Limits(aliases=2), "{ x: a y: b ...F } fragment F on Q { z: c }", "aliases", 3, [(1, 1)]),
        (Limits(fields=3), "{ ...F ...F } fragment F on Q { a b }", "fields", 4, [(1, 1)]),
        (Limits(comparisons=2), "{ a a a }", "comparisons", 3, [(1, 1)]),
        (Limits(comparisons=2), "{ ...F ...F ...F } fragment F on Q { a }", "comparisons", 3, [(1, 1)]),
    ],
)  # fmt: skip
def test_a_document_beyond_a_limit_is_refused(limits: Limits, source: str, limit: str, value: int, at: Any) -> None:
    maximum = getattr(limits, limit)
    expected = {"code": "BAD_USER_INPUT", "limit": limit, "maximum": maximum, "value": value, "at": at}
    assert _refusal(limits, source) == expected


def test_a_document_at_every_limit_passes() -> None:
    limits = Limits(bytes=30, tokens=17, operations=1, directives=1, depth=2, aliases=1, fields=3, comparisons=1)
    limits.check_document(limits.parse("{ x: a { b } b @skip(if: $y) }"))


def test_the_code_is_the_callers() -> None:
    assert _refusal(Limits(depth=1, code="TOO_MUCH"), "{ a { b } }")["code"] == "TOO_MUCH"


def test_a_circle_of_fragments_is_refused() -> None:
    source = "{ ...F } fragment F on Q { a { ...G } } fragment G on Q { b { ...F } }"
    with pytest.raises(GraphQLError, match="'F' is spread within itself"):
        Limits().check_document(parse(source))


def test_a_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="depth must be at least 1"):
        Limits(depth=0)


@pytest.mark.parametrize(
    ("source", "variables", "total"),
    [
        ("{ me { name } }", {}, 1),
        ('{ project(id: 1) { columns { name } } }', {}, 1 + 10),
        ('{ project(id: 1) { columns { cards { totalCount } } } }', {}, 1 + 10 * 2),
        ('{ project(id: 1) { columns { cards(first: 3) { nodes { title } } } } }', {}, 1 + 10 * (1 + 1 + 3)),
        ('{ project(id: 1) { columns { cards(last: 2) { ...N } } } } fragment N on Cards { nodes { title } }', {}, 41),
        ('query ($n: Int) { me { friends(first: $n) { friends { name } } } }', {"n": 4}, 1 + 4 * 11),
        ('query ($n: Int = 5) { me { friends(first: $n) { name } } }', {}, 6),
        ('{ me { friends(first: -5) { name } } }', {}, 1),
        ('{ organization(slug: "o") { workspaces { nodes { project(id: 1) { columns { name } } } } } }', {}, 602),
        ('{ organization(slug: "o") { workspaces(first: 2) { edges { node { __typename } } } } }', {}, 6),
    ],
)  # fmt: skip
def test_the_cost_is_the_number_of_objects(source: str, variables: dict[str, Any], total: int) -> None:
    document = parse(source)
    assert validate(SCHEMA, document) == []
    found = estimate(SCHEMA, document, variables=variables, by_path=True)
    assert found.total == total
    assert sum(found.paths.values()) == total


def test_the_cost_says_which_path_it_comes_from() -> None:
    paths = estimate(SCHEMA, parse(BOARD), "Board", {"first": 100}, by_path=True).paths
    prefix = "organization.workspaces.nodes.project.columns"
    assert paths[prefix] == 10
    assert paths[f"{prefix}.cards.nodes"] == 1000
    assert paths[f"{prefix}.cards.nodes.labels"] == 10_000


def test_a_field_can_say_what_it_costs_and_how_long_its_list_is() -> None:
    schema = build_schema("type Query { heavy: String list: [Query] }")
    assert schema.query_type is not None
    schema.query_type.fields["heavy"].extensions["cost"] = 30
    schema.query_type.fields["list"].extensions["size"] = 3
    assert estimate(schema, parse("{ list { heavy } }")).total == 3 + 3 * 30


def test_too_high_a_cost_is_refused() -> None:
    document = parse("{ me { friends(first: 1000) { friends(first: 1000) { name } } } }")
    with pytest.raises(GraphQLError) as caught:
        Limits().check_cost(SCHEMA, document)
    assert caught.value.extensions == {
        "code": "BAD_USER_INPUT", "limit": "cost", "maximum": 250_000, "value": 1_001_001
    }  # fmt: skip
