"""The examples of the OpenAPI document: there is one of everything, and each fits what it is an example of."""

from typing import Any

import jsonschema_rs
import pytest

from models.ids import Kind, new_id
from resolvers.kit.input import read_input
from rest.app import TABLE
from rest.dialect import NO_CONTENT
from rest.examples import examples
from rest.routing import Route
from tests.rest.document import DOCUMENT, problems

KINDS = {
    "organizationId": Kind.ORGANIZATION,
    "workspaceId": Kind.WORKSPACE,
    "projectId": Kind.PROJECT,
    "columnId": Kind.COLUMN,
    "cardId": Kind.CARD,
    "agentId": Kind.AGENT,
}
"""What the ids name that paths decide of a body."""


def operation_of(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def violations(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where a value breaks a schema, as any client would read it."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return [
        error.message for error in jsonschema_rs.Draft202012Validator(whole, validate_formats=True).iter_errors(value)
    ]


def test_every_route_and_nothing_else_has_an_example() -> None:
    assert examples().keys() == {f"{route.method} {route.path}" for route in TABLE}


@pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.path}")
def test_an_example_of_a_request_is_one_that_its_route_accepts(route: Route) -> None:
    operation = operation_of(route)
    json = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if json is not None and route.body is not None:  # what is signed is taken byte for byte
        given = {name: str(new_id(KINDS[name])) if name in KINDS else "x" * 43 for name in route.given}
        assert read_input(route.body, {**json["example"], **given}, extra=route.dialect.extra)
        assert violations(json["example"], json["schema"]) == []
    for one in operation["parameters"]:
        parameter = DOCUMENT["components"]["parameters"][one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
        if "example" in parameter:
            assert violations(parameter["example"], parameter["schema"]) == []
        assert "example" in parameter or parameter["in"] != "path"


@pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.path}")
def test_an_example_of_an_answer_fits_its_schema(route: Route) -> None:
    answer = operation_of(route)["responses"][str(route.status)]
    if not route.gives and route.status != NO_CONTENT:
        json = answer["content"]["application/json"]
        assert violations(json["example"], json["schema"]) == []
        assert problems(json["example"], json["schema"]) == []


@pytest.mark.parametrize("status", DOCUMENT["components"]["responses"])
def test_an_example_of_a_refusal_fits_its_schema(status: str) -> None:
    json = DOCUMENT["components"]["responses"][status]["content"]["application/json"]

    assert json["example"].get("statusCode", int(status[-3:])) == int(status[-3:])
    assert violations(json["example"], json["schema"]) == []
