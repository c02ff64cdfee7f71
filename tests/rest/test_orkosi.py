"""Orkosi's interface: what is around its routes, and where it is."""

from typing import Any

import pyotp
import pytest

from models.errors import BadUserInput
from rest.app import openapi
from rest.orkosi.dialect import render
from rest.prefixes import Prefixes
from tests.rest.conftest import PASSWORD, Api, Board, made
from tests.rest.story import base_of
from tests.rest.told import told
from tests.world.paths import ORKOSI as BASE


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


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/tasks/999", "Task not found"),
        ("/products/nothing", "Product not found"),
        ("/files/999", "File not found"),
        ("/automations/999", "Automation not found"),
        ("/v1/public/templates/999", "Template not found"),
        ("/teams/999", "Team not found"),
    ],
)
async def test_what_is_not_there_is_called_as_the_interface_calls_it(board: Board, path: str, message: str) -> None:
    answer = await board.ann.get(base_of(board) + path)

    assert (answer.status_code, told(answer).message) == (404, message)


async def test_both_bases_lead_to_the_same_routes(api: Api, board: Board) -> None:
    for base in ("/orkosi/api", base_of(board), "/orkosi/w/nobody/nowhere/api"):
        answer = await api.client().get(f"{base}/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_a_token_comes_in_its_own_header_too_and_a_browsers_cookie_says_nothing(api: Api, board: Board) -> None:
    # Given
    token = await made(board.ann, "/api-tokens", name="CI", scopes=["account:read"])
    browser = api.client()
    await browser.post("/auth/login", json={"email": "ann@example.com", "password": PASSWORD})
    assert (await browser.get("/auth/me")).status_code == 200

    # When
    by_key = await api.client().get(f"{BASE}/auth/me", headers={"x-api-key": token["token"]})
    by_both = await board.ann.get(f"{BASE}/auth/me", headers={"x-api-key": "sl_nonsense"})
    by_wrong = await api.client().get(f"{BASE}/auth/me", headers={"x-api-key": "sl_nonsense"})
    by_cookie = await browser.get(f"{BASE}/auth/me")

    # Then
    assert [answer.status_code for answer in (by_key, by_both, by_wrong, by_cookie)] == [200, 200, 401, 401]
    assert by_key.json()["data"]["email"] == "ann@example.com"


async def test_what_is_not_a_field_is_ignored_and_named(api: Api) -> None:
    answer = await api.client().post(f"{BASE}/auth/forgot-password", json={"email": "a@b.example", "zip": 1, "all": {}})

    assert answer.json() == {"data": {"success": True}, "meta": {"ignored_fields": ["all", "zip"]}}


async def test_the_role_is_that_in_the_organization_of_the_requests_workspace(api: Api, board: Board) -> None:
    bob = await api.person("bob@example.com")

    theirs = base_of(board)
    asked = ((board.ann, theirs), (bob, BASE), (bob, theirs), (bob, "/orkosi/w/no/where/api"))
    roles = [(await person.get(f"{base}/auth/me")).json()["data"]["role"] for person, base in asked]

    assert roles == ["admin", "admin", "viewer", "viewer"]


async def test_a_sign_in_with_two_factors_takes_the_code_in_the_same_request(api: Api) -> None:
    # Given
    dora = await api.person("dora@example.com")
    secret = (await made(dora, "/auth/two-factor/begin", password=PASSWORD))["secret"]
    codes = (await made(dora, "/auth/two-factor/confirm", code=pyotp.TOTP(secret).now()))["recoveryCodes"]
    sent = {"email": "dora@example.com", "password": PASSWORD}

    # When
    without = await api.client().post(f"{BASE}/auth/login", json=sent)
    wrong = await api.client().post(f"{BASE}/auth/login", json={**sent, "code": "000000"})
    right = await api.client().post(f"{BASE}/auth/login", json={**sent, "code": codes[0]})

    # Then
    assert (without.status_code, told(without).code) == (401, "TWO_FACTOR_REQUIRED")
    assert without.json()["error"]["details"].keys() == {"temporary_token"}
    assert wrong.status_code == 401
    assert right.json()["user"]["email"] == "dora@example.com"


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
