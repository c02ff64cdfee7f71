"""Signing in to an application, and agreeing, as the person does: in a browser, without a script."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.agents.oauth.oauth_lab import Application
from tests.browser.conftest import Visit
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
BACK = "http://127.0.0.1:5123/callback"
SHOTS = os.environ.get("ORRERY_TEST_SCREENSHOTS")
"""A folder: what the pages look like is put there."""


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def account(client: httpx.AsyncClient) -> str:
    email = f"ada-{secrets.token_hex(4)}@example.com"
    values = {"email": email, "password": PASSWORD, "name": "Ada Lovelace"}
    assert (await client.post("/auth/register", json=values)).status_code == 201
    client.cookies.clear()
    return email


@pytest.fixture
async def plain(browser: Browser) -> Page:
    """A page of a browser that runs no script."""
    profile = await browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    profile.set_default_timeout(PATIENCE * 1000)
    return await profile.new_page()


async def test_a_person_signs_in_and_agrees(address: str, visit: Visit, client: httpx.AsyncClient) -> None:
    page = visit.page
    email = await account(client)
    application = Application(client)
    await application.register(client_name="Claude Code")
    answers: list[str] = []

    async def answered(route: Route) -> None:
        answers.append(route.request.url)
        await route.fulfill(body="Connected")

    await page.route(f"{BACK}*", answered)
    scopes = "projects:read projects:write pilotage:read pilotage:write notifications:read account:read"
    await page.goto(address + application.url(scope=scopes, resource=None))
    await shot(page, "sign-in")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    await shot(page, "sign-in-wrong")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Claude Code wants to use Orrery in your name")
    await expect(page.get_by_text("127.0.0.1:5123")).to_be_visible()
    await shot(page, "consent")
    await page.get_by_label("Drive agents and missions").uncheck()
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_text("Connected")).to_be_visible()

    told = parse_qs(urlsplit(answers[0]).query)
    exchanged = await application.exchange(told["code"][0], resource=f"{address}/mcp")
    assert told["iss"] == [address]
    assert exchanged.json()["scope"] == scopes.replace(" pilotage:write", "")
    assert [url for url in visit.foreign if not url.startswith(BACK)] == []
    assert visit.problems == []


async def test_a_person_denies_without_a_script(address: str, plain: Page, client: httpx.AsyncClient) -> None:
    email = await account(client)
    application = Application(client)
    await application.register(redirect_uris=["https://editor.example/back"], client_name="Editor")
    application.redirect = "https://editor.example/back"
    answers: list[str] = []

    async def answered(route: Route) -> None:
        answers.append(route.request.url)
        await route.fulfill(body="Denied")

    await plain.route("https://editor.example/**", answered)
    await plain.emulate_media(color_scheme="dark")
    await plain.goto(address + application.url(scope="projects:read account:write", resource=None))
    await plain.get_by_label("E-mail address").fill(email)
    await plain.get_by_label("Password").fill(PASSWORD)
    await plain.get_by_role("button", name="Sign in").click()
    await expect(plain.get_by_text("Change your account")).to_be_visible()
    await shot(plain, "consent-dark")
    await plain.set_viewport_size({"width": 375, "height": 800})
    await shot(plain, "consent-phone")
    await plain.get_by_role("button", name="Deny").click()
    await expect(plain.get_by_text("Denied")).to_be_visible()

    assert parse_qs(urlsplit(answers[0]).query)["error"] == ["access_denied"]


async def test_a_question_that_cannot_be_asked_says_why(address: str, visit: Visit, client: httpx.AsyncClient) -> None:
    email = await account(client)
    await visit.page.goto(f"{address}/oauth/sign-in?client_id=https%3A%2F%2Feditor.example%2Fapp.json")
    await expect(visit.page.get_by_text("to see what editor.example asks for")).to_be_visible()
    await visit.page.get_by_label("E-mail address").fill(email)
    await visit.page.get_by_label("Password").fill(PASSWORD)
    await visit.page.get_by_role("button", name="Sign in").click()

    await expect(visit.page.get_by_role("alert")).to_contain_text("description of this application cannot be used")
    await shot(visit.page, "refused")
    assert visit.foreign == []
