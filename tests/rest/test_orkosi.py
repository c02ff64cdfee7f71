"""Orkosi's interface: what is around its routes, and where it is."""

from typing import Any

import pytest

from models.errors import BadUserInput
from rest.app import openapi
from rest.orkosi.dialect import render
from rest.prefixes import Prefixes
from tests.rest.conftest import Api, Board
from tests.rest.orkosi_story import base_of
from tests.rest.told import told


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/orkosi/api/nothing/here", 404, "NOT_FOUND"),
        ("GET", "/orkosi", 404, "NOT_FOUND"),
        ("GET", "/orkosi/w/acme/eng/api/nothing", 404, "NOT_FOUND"),
        ("DELETE", "/orkosi/w/acme/eng/api/version", 405, "BAD_USER_INPUT"),
    ],
)
async def test_what_is_not_there_is_told_in_the_dialect(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    answer = await api.client().request(method, path)

    assert (answer.status_code, told(answer).code) == (status, code)


async def test_both_bases_lead_to_the_same_routes(api: Api, board: Board) -> None:
    for base in ("/orkosi/api", base_of(board), "/orkosi/w/nobody/nowhere/api"):
        answer = await api.client().get(f"{base}/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_a_prefix_moves_every_route_and_an_empty_one_leaves_them_out() -> None:
    moved, without = (openapi("1", "/", Prefixes(orkosi=prefix))["paths"] for prefix in ("/company", ""))

    assert {"/company/api/ready", "/api/health"} <= moved.keys()
    assert not [path for path in (*moved, *without) if path.startswith("/orkosi")]
    assert not [path for path in without if path.startswith("/company")]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (BadUserInput("is wrong", field="steps.0.agentId"), {"field": "steps.0.agent_id"}),
        (
            BadUserInput("is wrong", field="dueDate", problems=[{"field": "dueDate", "message": "is wrong"}]),
            {"field": "due_date", "problems": [{"field": "due_date", "message": "is wrong"}]},
        ),
    ],
)
def test_a_failure_names_fields_as_clients_write_them(error: BadUserInput, shown: dict[str, Any]) -> None:
    body = render(error.status, error.message, error.code, error.details)

    assert body["error"].get("details") == shown
    assert body["error"]["message"] == f"{shown['field']}: is wrong"
