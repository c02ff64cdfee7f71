"""Which credential a route takes, and what a browser's cookie needs beside it."""

import logging
from typing import Any

import httpx
import pytest

from auth.authenticate import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE
from auth.device import DEVICE_COOKIE
from rest.app import TABLE
from tests.rest.conftest import PASSWORD, Api, Board, made
from tests.rest.told import told

OPEN = [route for route in TABLE if route.anonymous]
CLOSED = [route for route in TABLE if not route.anonymous]


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
async def test_a_closed_route_answers_nobody(api: Api, route: object) -> None:
    answer = await api.client().request(route.method, _address(route.path))  # type: ignore[attr-defined]

    assert (answer.status_code, told(answer).code) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_only_registering_signing_in_and_links_are_open() -> None:
    assert {route.path for route in OPEN} == {
        "/auth/register",
        "/auth/login",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/auth/verify-email",
        "/auth/two-factor/verify",
        "/invitations/{token}",
        "/invitations/{token}/register",
        "/plugins",
        "/attachments/{attachmentId}",  # by a signed link
        "/billing/webhook",  # signed by Stripe
        "/api/auth/login",
        "/api/auth/register",
        "/api/auth/setup",
        "/api/health",
        "/api/settings/auth",
        "/api/settings/auth-status",
        "/api/credentials/oauth/callback",  # by the cookie of the browser that began it
        "/api/oidc/login",
        "/api/oidc/callback",
        "/orkosi/api/version",
        "/orkosi/api/health",
        "/orkosi/api/ready",
        "/orkosi/api/arch-health",
        "/orkosi/api/v1/public/health",
        "/orkosi/api/agent-runs/idle-check",
        "/orkosi/api/billing/tiers",
        "/orkosi/api/billing/pricing",
        "/orkosi/api/billing/webhook",  # signed by Stripe
        "/orkosi/api/dashboard",
        "/orkosi/api/auth/register",
        "/orkosi/api/auth/login",
        "/orkosi/api/auth/refresh",
        "/orkosi/api/auth/forgot-password",
    }


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer sl_nonsense", "Basic YTpi", "Bearer"])
async def test_a_credential_that_is_wrong_does_not_pass_as_none(api: Api, header: str) -> None:
    body = {"email": "a@example.com", "password": PASSWORD}

    answer = await api.client().post("/auth/register", json=body, headers={"authorization": header})

    assert answer.status_code == 401


async def test_signing_in_sets_a_hidden_session_cookie_and_a_readable_token(api: Api) -> None:
    await api.person("ann@example.com")

    answer = await api.client().post("/auth/login", json={"email": "ann@example.com", "password": PASSWORD})

    cookies = {cookie.partition("=")[0]: cookie for cookie in answer.headers.get_list("set-cookie")}
    assert answer.status_code == 201
    assert "HttpOnly" in cookies[SESSION_COOKIE]
    assert "HttpOnly" not in cookies[CSRF_COOKIE]
    for cookie in cookies.values():
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie


async def _browser(api: Api) -> tuple[httpx.AsyncClient, str]:
    browser = api.client()
    body = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann"}
    return browser, (await browser.post("/auth/register", json=body)).json()["csrfToken"]


async def test_a_browser_reads_with_its_cookie_and_writes_with_the_csrf_token_too(api: Api) -> None:
    browser, csrf = await _browser(api)

    read = await browser.get("/auth/me")
    without = await browser.patch("/auth/me", json={"name": "Eve"})
    wrong = await browser.patch("/auth/me", json={"name": "Eve"}, headers={CSRF_HEADER: "x" + csrf})
    right = await browser.patch("/auth/me", json={"name": "Bea"}, headers={CSRF_HEADER: csrf})

    assert read.json()["csrfToken"] == csrf
    assert [answer.status_code for answer in (read, without, wrong, right)] == [200, 403, 403, 200]
    assert right.json()["user"]["name"] == "Bea"


async def test_no_change_is_taken_with_the_cookie_alone_whatever_its_body_is(api: Api) -> None:
    browser, csrf = await _browser(api)
    unsafe = [one for one in CLOSED if not one.is_safe]
    # To an interface where tokens have a header of their own, a cookie says nothing.
    wanted = {f"{one.method} {one.path}": {403 if one.dialect.key_header is None else 401} for one in unsafe}
    bodies: tuple[dict[str, Any], ...] = ({}, {"json": {}}, {"files": {"file": ("a.txt", b"Hello")}})

    refused: dict[str, set[int]] = {}
    for route in unsafe:
        refused[f"{route.method} {route.path}"] = {
            (await browser.request(route.method, _address(route.path), headers=headers, **body)).status_code
            for body in bodies
            for headers in ({}, {CSRF_HEADER: csrf + "x"})
        }

    assert len([one for one in unsafe if one.file]) > 1
    assert {route: codes for route, codes in refused.items() if codes != wanted[route]} == {}
    assert (await browser.get("/auth/me")).status_code == 200


async def test_a_bearer_token_goes_before_the_cookie(api: Api) -> None:
    browser, _ = await _browser(api)

    answer = await browser.get("/auth/me", headers={"authorization": "Bearer nonsense"})

    assert answer.status_code == 401


async def test_signing_out_ends_the_session_and_clears_the_cookies(api: Api) -> None:
    browser, csrf = await _browser(api)
    session = browser.cookies[SESSION_COOKIE]

    answer = await browser.post("/auth/logout", headers={CSRF_HEADER: csrf})

    assert answer.json() == {"ok": True}
    assert dict(browser.cookies).keys() == {DEVICE_COOKIE}  # which lets nobody in
    assert (await api.client(cookies={SESSION_COOKIE: session}).get("/auth/me")).status_code == 401


async def test_a_wrong_password_and_an_unknown_address_answer_alike(api: Api) -> None:
    await api.person("ann@example.com")

    wrong = await api.client().post("/auth/login", json={"email": "ann@example.com", "password": "something else"})
    unknown = await api.client().post("/auth/login", json={"email": "bob@example.com", "password": PASSWORD})

    assert wrong.status_code == 401
    assert wrong.json() == unknown.json()


async def test_a_token_is_shown_once_under_both_names_and_manages_no_tokens(api: Api) -> None:
    ann = await api.person("ann@example.com")

    created = await made(ann, "/api-tokens", name="CI", scopes=["projects:read"])
    listed = (await ann.get("/api-tokens")).json()

    assert created["secret"] == created["token"]
    assert created["prefix"] == created["tokenPrefix"] == created["secret"][: len(created["prefix"])]
    assert [token["id"] for token in listed] == [created["id"]]
    assert "secret" not in listed[0]
    by_token = api.client(created["token"])
    assert (await by_token.get("/organizations")).status_code == 200
    for answer in (await by_token.get("/api-tokens"), await by_token.post("/api-tokens", json={"name": "more"})):
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_a_token_that_writes_needs_no_scope_for_reading(api: Api, board: Board) -> None:
    token = await made(board.ann, "/api-tokens", name="CI", scopes=["projects:write"])
    writer = api.client(token["token"])

    card = await made(writer, f"{board.path}/cards", title="A")
    changed = await writer.patch(f"{board.path}/cards/{card['id']}", json={"title": "B"})
    read = await writer.get(f"{board.path}/cards/{card['id']}")

    assert changed.json()["title"] == "B"
    assert (read.status_code, read.json()["details"]["scope"]) == (403, "projects:read")


async def test_an_unforeseen_failure_is_masked_and_logged_under_its_id(
    api: Api, board: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("the inner secret")

    monkeypatch.setattr("rest.stellary.cards.list_cards", fail)

    with caplog.at_level(logging.ERROR):
        answer = await board.ann.get(f"{board.path}/cards")

    failure = answer.json()
    assert (answer.status_code, failure["code"]) == (500, "INTERNAL")
    assert "secret" not in answer.text
    assert failure["details"]["errorId"] in caplog.text
    assert "the inner secret" in caplog.text


def _address(path: str) -> str:
    return path.replace("{", "").replace("}", "")
