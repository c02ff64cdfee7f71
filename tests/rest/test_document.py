"""The OpenAPI document: built from the routes, whole, and of a shape that tools can read."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import jsonschema_rs
import pytest

from rest.app import TABLE
from rest.routing import Route
from tests.rest.conftest import PASSWORD, Api
from tests.rest.document import DOCUMENT

WORDS = """
$ref additionalProperties allOf anyOf const contentEncoding contentMediaType default deprecated description
discriminator enum example examples exclusiveMaximum exclusiveMinimum format items maxItems maxLength maxProperties
maximum minItems minLength minProperties minimum multipleOf not oneOf pattern patternProperties prefixItems properties
propertyNames readOnly required title type uniqueItems writeOnly
"""
"""What JSON Schema and OpenAPI know."""


def test_every_route_is_in_the_document_and_nothing_else_is() -> None:
    declared = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert declared == {(route.method, route.path) for route in TABLE} | {("GET", "/api/ws")}
    assert len(declared) == len(TABLE) + 1


def test_the_document_is_plain_json_whose_references_all_lead_somewhere() -> None:
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))

    assert references
    for reference in references:
        found: Any = DOCUMENT
        for part in reference.split("/"):
            found = found[part]
        assert found


def test_every_shared_part_is_referred_to() -> None:
    references = set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(DOCUMENT)))

    parts = ("schemas", "parameters", "headers", "responses")
    assert {f"{part}/{name}" for part in parts for name in DOCUMENT["components"][part]} == references


def test_a_schema_says_nothing_that_json_schema_has_no_word_for() -> None:
    assert {word for schema in schemas(DOCUMENT) for word in schema} - set(WORDS.split()) == set()


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    """All schemas of a document, those within others too."""
    if isinstance(node, list):
        for each in node:
            yield from schemas(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "schemas":
                for each in value.values():
                    yield from within(each)
            elif name == "schema":
                yield from within(value)
            elif name not in ("example", "examples"):
                yield from schemas(value)


def within(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema, and those that it is made of."""
    if not isinstance(schema, dict):
        return
    yield schema
    for name in ("properties", "patternProperties"):
        for each in schema.get(name, {}).values():
            yield from within(each)
    for name in ("items", "additionalProperties", "propertyNames", "not"):
        yield from within(schema.get(name))
    for name in ("anyOf", "allOf", "oneOf", "prefixItems"):
        for each in schema.get(name, []):
            yield from within(each)


def test_no_two_schemas_have_one_name() -> None:
    # Else each is called by the module that it comes from as well.
    assert [name for name in DOCUMENT["components"]["schemas"] if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []


def test_every_operation_has_an_id_of_its_own_a_summary_and_a_known_tag() -> None:
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert {tag for operation in operations for tag in operation["tags"]} == {tag["name"] for tag in DOCUMENT["tags"]}
    assert all(operation["summary"] for operation in operations)


def test_a_body_leaves_out_what_its_path_decides() -> None:
    path = "/orgs/{orgSlug}/workspaces/{wsSlug}/projects/{projectId}/columns/{columnId}/cards"

    body = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert {"projectId", "columnId"}.isdisjoint(body["properties"])
    assert body["required"] == ["title"]
    assert body["properties"]["dueDate"]["anyOf"][0]["format"] == "date-time"


def test_every_change_takes_an_idempotency_key_unless_it_brings_a_file() -> None:
    taken = {"$ref": "#/components/parameters/Idempotency-Key"}

    for route in TABLE:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        assert (taken in operation["parameters"]) is route.takes_key
        assert route.is_safe or {"400", "409"} <= operation["responses"].keys()


def test_a_write_with_the_cookie_is_declared_to_need_the_csrf_token() -> None:
    operations = DOCUMENT["paths"]["/organizations"]

    assert operations["get"]["security"] == [{"bearer": []}, {"session": []}]
    assert operations["post"]["security"] == [{"bearer": []}, {"session": [], "csrf": []}]
    assert DOCUMENT["paths"]["/auth/login"]["post"]["security"] == []


def test_what_is_sent_beside_a_body_is_declared() -> None:
    def headers(route: Route, status: int | str) -> set[str]:
        declared = DOCUMENT["paths"][route.path][route.method.lower()]["responses"][str(status)]
        if "$ref" in declared:
            declared = DOCUMENT["components"]["responses"][str(status)]
        return set(declared.get("headers", {}))

    for route in TABLE:
        assert headers(route, 401) == {"WWW-Authenticate"}
        assert headers(route, 503) == {"Retry-After"}
        assert ("Idempotency-Replayed" in headers(route, route.status)) is route.takes_key
        assert ("ETag" in headers(route, route.status)) is bool(route.gives and route.tagged)
        assert route.is_safe or headers(route, 429) == {"Retry-After"}
        assert not route.ranges or "Content-Range" in headers(route, 206) & headers(route, 416)


async def test_routes_that_set_cookies_are_those_that_declare_it(api: Api) -> None:
    await api.person("ann@example.com")
    answer = await api.client().post("/auth/login", json={"email": "ann@example.com", "password": PASSWORD})

    assert "set-cookie" in answer.headers
    assert {route.path for route in TABLE if route.sets_cookies} == {
        "/auth/register",
        "/auth/login",
        "/auth/logout",
        "/auth/two-factor/verify",
        "/auth/delete-account",
        "/invitations/{token}/register",
        "/api/oidc/callback",
    }


def test_every_operation_says_what_it_does_and_the_document_whose_it_is() -> None:
    operations = [one for path in DOCUMENT["paths"].values() for one in path.values()]

    assert DOCUMENT["info"]["license"]["identifier"] == "Apache-2.0"
    assert DOCUMENT["info"]["contact"]["name"]
    assert [one["operationId"] for one in operations if not one["description"].strip()] == []


def test_a_name_stands_for_one_shape_whether_it_is_sent_or_answered() -> None:
    assert [name for name in DOCUMENT["components"]["schemas"] if name.endswith(("-Input", "-Output"))] == []


def test_a_default_is_a_value_that_may_be_sent() -> None:
    def defaults(shape: Any) -> Iterator[dict[str, Any]]:
        if isinstance(shape, dict):
            if "default" in shape and ("type" in shape or "anyOf" in shape or "$ref" in shape):
                yield shape
            for one in shape.values():
                yield from defaults(one)
        elif isinstance(shape, list):
            for one in shape:
                yield from defaults(one)

    found = {json.dumps(shape, sort_keys=True): shape for shape in defaults(DOCUMENT)}
    assert found
    for shape in found.values():
        whole = {**shape, "components": DOCUMENT["components"]}
        assert jsonschema_rs.Draft202012Validator(whole).is_valid(shape["default"]), shape


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({}, True),
        ({"scopes": []}, False),
        ({"name": "a\x00b"}, False),
        ({"name": ""}, False),
        ({"scopes": ["cards:fly"]}, False),
    ],
)
def test_what_a_body_may_not_hold_is_told_by_its_schema(values: dict[str, Any], fits: bool) -> None:
    body = DOCUMENT["paths"]["/api-tokens"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    sent = {"name": "CI", "scopes": ["projects:read"], **values}

    assert jsonschema_rs.Draft202012Validator({**body, "components": DOCUMENT["components"]}).is_valid(sent) is fits


def test_every_text_that_is_sent_has_a_form() -> None:
    """A pattern, which NUL does not fit, or a format or a list of words, which are told by their names."""

    def formless(shape: Any, at: str) -> Iterator[str]:
        if isinstance(shape, dict):
            if shape.get("type") == "string" and shape.keys().isdisjoint({"pattern", "format", "enum", "const"}):
                yield at
            for name, inside in shape.items():
                yield from formless(inside, f"{at}.{name}")
        elif isinstance(shape, list):
            for place, inside in enumerate(shape):
                yield from formless(inside, f"{at}.{place}")

    bodies = {
        f"{route.method} {route.path}": DOCUMENT["paths"][route.path][route.method.lower()].get("requestBody", {})
        for route in TABLE
    }
    assert [place for name, body in bodies.items() for place in formless(body, name)] == []


def test_no_address_is_that_of_two_paths() -> None:
    """What a linter that looks at names alone calls ambiguous: a word is no id."""
    parameters = DOCUMENT["components"]["parameters"]

    def may_be(one: str, other: str) -> bool:
        if one.startswith("{") and other.startswith("{"):
            return True
        if other.startswith("{"):
            one, other = other, one
        if not one.startswith("{"):
            return one == other
        return bool(re.search(parameters[one[1:-1]]["schema"].get("pattern", ""), other))

    paths = [path.split("/") for path in DOCUMENT["paths"]]
    both = [
        ("/".join(one), "/".join(other))
        for one, other in combinations(paths, 2)
        if len(one) == len(other) and all(map(may_be, one, other))
    ]
    assert both == []
