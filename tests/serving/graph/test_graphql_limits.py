"""Documents that are too large, too deep or too clever."""

import pytest

from tests.gateway.lab import Lab

FRAGMENTS = 100


def bomb() -> str:
    """Each fragment spreads the next one twice: 2^100 fields, in 5 KB."""
    spreads = [
        f'fragment f{n} on Workspace {{ organization {{ workspace(slug: "a") {{ ...f{n + 1} }} '
        f'b: workspace(slug: "b") {{ ...f{n + 1} }} }} }}'
        for n in range(FRAGMENTS)
    ]
    return " ".join(
        ['{ workspace(orgSlug: "a", slug: "b") { ...f0 } }', *spreads, f"fragment f{FRAGMENTS} on Workspace {{ id }}"]
    )


def wide() -> str:
    """Not deep, but every fragment doubles what the one before holds: more than 10,000 fields."""
    chain = [f"fragment w{n} on Query {{ a{n}: __typename ...w{n + 1} ...w{n + 1} }}" for n in range(14)]
    return " ".join(["{ ...w0 }", *chain, "fragment w14 on Query { __typename }"])


DEEP = "{ organizations { nodes " + "{ workspaces { nodes { organization " * 5 + "{ id }" + " } } }" * 5 + " } }"

TOO_MUCH = {
    "bytes": "{ __typename #" + "x" * 100_001 + "\n}",
    "comments": "{ __typename" + "\n#" * 20_000 + "\n}",
    "tokens": "{ " + "a: __typename " * 5_001 + "}",
    "fields": "{ viewer { " + "id " * 2_001 + "} }",
    "root fields": "{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }",
    "directives": "{ __typename " + "@include(if: true) " * 101 + "}",
    "directives of the operation": "query q " + "@a " * 101 + "{ __typename }",
    "directives of a fragment": "{ ...f } fragment f on Query " + "@a " * 101 + "{ __typename }",
    "arguments": "{ card(" + "id: 1 " * 51 + ") { id } }",
    "arguments of a directive": "{ __typename @skip(" + "if: true " * 51 + ") }",
    "values": "{ card(id: {" + " ".join(f"a{n}: 1" for n in range(1_001)) + "}) { id } }",
    "digits": "{ organizations(first: " + "9" * 5_000 + ") { totalCount } }",
    "looks at the schema": "{ " + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(6)) + " }",
    "looks at the schema through fragments": "{ ...a } fragment a on Query { "
    + " ".join(f'b{n}: __type(name: "Card") {{ name }}' for n in range(6))
    + " }",
    "a long name": "{ " + "x" * 90_000 + " }",
    "depth": DEEP,
    "nesting": "{ a " * 5_000 + "}" * 5_000,
    "the same fields": "{ viewer { " + "notifications { nodes { id } } " * 300 + "} }",
    "the same fields through fragments": "{ viewer { "
    + " ".join(f"...f{n}" for n in range(200))
    + " } } "
    + " ".join(f"fragment f{n} on User {{ id email name }}" for n in range(200)),
    "operations": " ".join(f"query q{n} {{ __typename }}" for n in range(21)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(201)) + ") { __typename }",
    "fragments": bomb(),
    "circle through fields": "{ viewer { ...a } } fragment a on User { "
    + "notifications { nodes { activity { actor { ...a } } } } " * 2
    + "}",
    "expansion": wide(),
    "circle": "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "variables nested": "query ($a: " + "[" * 3_000 + "Int" + "]" * 3_000 + ") { __typename }",
}


@pytest.mark.parametrize("name", TOO_MUCH)
async def test_a_document_over_a_limit_is_refused_before_it_runs(lab: Lab, name: str) -> None:
    answer = await lab.client().post("/graphql", json={"query": TOO_MUCH[name]})

    body = answer.json()
    assert answer.status_code == 400
    assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}
    assert "data" not in body
    assert len(answer.content) < 20_000


async def test_introspection_fits_the_limits(lab: Lab) -> None:
    from graphql import get_introspection_query

    query = get_introspection_query(descriptions=True, input_value_deprecation=True)
    answer = await lab.client().post("/graphql", json={"query": query})

    assert answer.status_code == 200
    assert "errors" not in answer.json()


@pytest.mark.parametrize("parts", [101, 10_001])
async def test_variables_of_too_many_objects_are_refused_unread(lab: Lab, parts: int) -> None:
    client = lab.client() if parts == 101 else (await lab.person("ann@example.com")).http
    query = "mutation ($i: CardCreateInput!) { cardCreate(input: $i) { cursor } }"
    inputs = {"projectId": "x", "title": "x", "checklist": [{"title": "x"}] * (parts - 3)}

    refused = (await client.post("/graphql", json={"query": query, "variables": {"i": inputs}})).json()
    taken = {"i": {**inputs, "checklist": inputs["checklist"][:-1]}}
    read = (await client.post("/graphql", json={"query": query, "variables": taken})).json()

    assert refused["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "field": "variables"}
    assert read["errors"][0]["extensions"].get("field") != "variables"
