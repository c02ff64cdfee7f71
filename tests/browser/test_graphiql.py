"""GraphiQL as a person uses it: sign up, run a query, watch a subscription while something happens."""

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
QUERY = "{ viewer { email } organizations { nodes { slug } } }"
SUBSCRIPTION = """
subscription Watch($project: ID!) {
  projectEvents(projectId: $project) { __typename ... on Event { cursor } ... on CardMoved { card { title } } }
}
"""


async def type_into(page: Page, editor: str, text: str) -> None:
    """Replace what an editor holds: again, where it was not ready for it yet."""
    lines = page.locator(f"{editor} .view-lines").first
    for _ in range(10):
        await page.locator(f"{editor} textarea").first.focus()  # a click would scroll the lines out of sight
        await page.keyboard.press("Control+A")
        await page.keyboard.press("Delete")
        await page.keyboard.insert_text(text)
        await page.wait_for_timeout(1000)  # GraphiQL reads the document's operations a moment after the last key
        if "".join((await lines.inner_text()).split()) == "".join(text.split()):
            return
    raise AssertionError(await lines.inner_text())


async def execute(page: Page, shown: Locator, text: str) -> None:
    """Press the button until the answer has come: again, where GraphiQL had not read what was typed yet."""
    for _ in range(6):
        await page.get_by_role("button", name="Execute query").click()
        with suppress(AssertionError):
            return await expect(shown).to_contain_text(text, timeout=20_000)
    raise AssertionError(await shown.inner_text())


async def sign_up(page: Page, address: str, email: str) -> None:
    """Register through the page's own form."""
    await page.goto(f"{address}/graphql")
    await page.get_by_role("button", name="Create an account").click()
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("Name").fill("Ada")
    await page.get_by_role("button", name="Register").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@dataclass(frozen=True)
class Board:
    """A card in a new project, by its path, and where it can be moved to."""

    card: str
    project_id: str
    target_column: str


async def board(client: httpx.AsyncClient, email: str) -> Board:
    """A board of the person, whom the client is signed in as from here on."""
    token = (await client.post("/auth/login", json={"email": email, "password": PASSWORD})).json()["access_token"]
    client.cookies.clear()
    client.headers["authorization"] = f"Bearer {token}"
    slug = (await client.get("/organizations")).json()[0]["slug"]
    workspace = f"/orgs/{slug}/workspaces/personal"
    project = (await client.post(f"{workspace}/projects", json={"name": "Launch"})).json()
    path = f"{workspace}/projects/{project['id']}"
    columns = [(await client.post(f"{path}/columns", json={"name": name})).json()["id"] for name in ("To do", "Done")]
    card = (await client.post(f"{path}/columns/{columns[0]}/cards", json={"title": "Polish the mirror"})).json()
    return Board(f"{path}/cards/{card['id']}", project["id"], columns[1])


async def test_a_query_runs_and_a_subscription_shows_its_events(
    visit: Visit, address: str, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    # Given
    page, email = visit.page, f"ada-{secrets.token_hex(4)}@example.com"
    await sign_up(page, address, email)
    made = await board(client, email)

    # When
    await type_into(page, ".graphiql-query-editor", QUERY)
    await execute(page, page.locator(".result-window"), email)

    # When
    await type_into(page, ".graphiql-query-editor", SUBSCRIPTION)
    await type_into(page, ".graphiql-editor-tool", json.dumps({"project": made.project_id}))
    await execute(page, page.locator(".events li").first, "StreamReady")
    moved = await client.patch(made.card, json={"columnId": made.target_column})
    assert moved.status_code == 200

    # Then
    await expect(page.locator(".events li", has_text="CardMoved")).to_contain_text("Polish the mirror")
    await page.screenshot(path=tmp_path / "graphiql.png")
    assert visit.foreign == []
    assert visit.problems == []
