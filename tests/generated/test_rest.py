"""Requests that are generated from the OpenAPI document: whatever is sent, the answer is one that it declares."""

from functools import cache
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from resolvers.kit.operation import Caller
from tests.denials.test_routes import RUNS
from tests.generated.effort import tries
from tests.generated.stage import Stage, mostly
from tests.rest.document import DOCUMENT, response_problems
from tests.rest.told import told

Operation = APIOperation[Any, Any, Any, Any]

GeneratedCase = Case[Operation]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TAKES_AWAY = ("/convert", "/cancel", "/complete", "/fail", "/accept", "/register")
OWN_ACCOUNT = {"Account", "Two-factor sign-in", "Orkosi: auth"}
"""What is called as somebody who is not needed afterwards."""


def _operations() -> dict[tuple[str, str], Operation]:
    # Of examples it picks at random, which no replay repeats.
    schema = schemathesis.openapi.from_dict(_without_examples(DOCUMENT))
    schema.config.generation.update(with_security_parameters=False)
    found: dict[tuple[str, str], Operation] = {}
    for result in schema.get_all_operations():
        assert not isinstance(result, Err), result
        operation = result.ok()
        if (key := (operation.method.upper(), operation.path)) in RUNS:  # a WebSocket is no operation
            found[key] = operation
    return found


def _without_examples(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_examples(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_examples(one) for name, one in value.items() if name != "example"}
    return value


OPERATIONS = _operations()


def _last_what_takes_away(route: tuple[str, str]) -> tuple[bool, int, str]:
    """Order routes so that what one takes away is missed by none that follows."""
    method, path = route
    takes = method == "DELETE" or path.endswith(TAKES_AWAY)
    return takes, -path.count("/") if takes else 0, "".join(chr(255 - ord(one)) for one in path) + method


# Where a strategy finds nothing, Hypothesis writes out what it is made of, which is the document.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
IN_ORDER = sorted(OPERATIONS, key=_last_what_takes_away)


@pytest.mark.parametrize("route", IN_ORDER, ids=" ".join)
@tries(4)
@given(data=st.data())
async def test_whatever_is_sent_the_answer_is_one_that_the_document_declares(
    route: tuple[str, str], stage: Stage, data: st.DataObject
) -> None:
    # Given
    case = data.draw(_case(route, stage), label="case")
    client = await _caller(route, stage)

    # When
    answer = await client.send(_request(case, client))

    # Then
    stage.note(answer)
    case.validate_response(answer, checks=CHECKS[1:] if _lacks_settings(answer) else CHECKS)
    if "etag" not in answer.headers and answer.headers.get("content-type") == "application/json":
        assert response_problems(case.method, answer.request.url.path, answer.status_code, answer.json()) == []


def _lacks_settings(answer: httpx.Response) -> bool:
    """Whether it tells of what the operator has not set up, which is no failure of the gateway."""
    return answer.status_code == 503 and told(answer).code == "NOT_CONFIGURED"


@cache
def _generated(route: tuple[str, str], names: frozenset[str]) -> st.SearchStrategy[GeneratedCase]:
    """Requests as the document describes them, and some that break it in one place.

    The parameters of the path that are among `names` are given: to generate them takes as long as all the rest.
    """
    operation = OPERATIONS[route]
    given = dict.fromkeys(sorted(names), "given")
    return mostly(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE, path_parameters=given or None),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )


@st.composite
def _case(draw: st.DrawFn, route: tuple[str, str], stage: Stage) -> GeneratedCase:
    """A request to objects that exist, or to all of them but one; most fit the document, the others nearly do."""
    names = sorted(parameter.name for parameter in OPERATIONS[route].path_parameters)
    astray = draw(mostly(st.none(), st.sampled_from(names))) if names else None
    case: GeneratedCase = draw(_generated(route, frozenset(names) - {astray}))
    for name in names:
        if name != astray:
            case.path_parameters[name] = draw(stage.meant(_meaning(name, route[1])))
        elif draw(st.booleans()):
            case.path_parameters[name] = draw(stage.anything())
    if isinstance(case.body, dict):
        case.body = draw(stage.filled(case.body))
    if isinstance(case.query, dict):
        case.query = draw(stage.filled(case.query))
    if route[1].endswith("/stream"):
        case.query = {**(case.query or {}), "follow": "false"}  # else it stays open as long as its mission
    return case


def _meaning(name: str, path: str) -> str:
    if name == "id":
        return "notificationId" if path.startswith("/notifications") else "apiTokenId"
    return name


async def _caller(route: tuple[str, str], stage: Stage) -> httpx.AsyncClient:
    if RUNS[route].caller is Caller.AGENT:
        return stage.client("other agent")
    if set(OPERATIONS[route].tags or ()) & OWN_ACCOUNT:
        return await stage.guest()
    return stage.client("owner")


def _request(case: GeneratedCase, client: httpx.AsyncClient) -> httpx.Request:
    """The request as it would be on the wire."""
    given = case.as_transport_kwargs(base_url=str(client.base_url))
    wire = requests.Request(**given).prepare()
    assert wire.url is not None
    assert wire.body is None or isinstance(wire.body, str | bytes)
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1") for name, value in wire.headers.items()
    }
    return client.build_request(case.method, wire.url, headers=headers, content=wire.body)
