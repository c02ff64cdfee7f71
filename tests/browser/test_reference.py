"""The REST reference: routes by noun, each with an example of its request and its answers."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from rest.app import interfaces
from rest.examples import examples
from tests.browser.conftest import Visit

ROWS = ".operations-virtual__item"

# Whether a row comes after the one that was seen last; while that is not known, it goes to the last that there is.
NEXT = """([rows, seen]) => {
  const last = [...document.querySelectorAll(rows)].at(-1);
  if (+last.dataset.index > seen) return { more: true };
  if (getComputedStyle(last.parentElement).paddingBottom === "0px") return { more: false };
  last.scrollIntoView();
  return null;
}"""

pytestmark = [pytest.mark.browser, pytest.mark.slow("the browser draws every route of the document")]


@pytest.mark.parametrize("address", [""], ids=["at the root"], indirect=True)
async def test_the_reference_shows_nouns_and_in_each_route_its_example(
    visit: Visit, address: str, tmp_path: Path
) -> None:
    # Given
    page, route = visit.page, visit.page.locator(".opblock.is-open")
    await page.goto(f"{address}/api/docs")
    await expect(page.locator(".opblock-tag").first).to_be_visible()
    await page.screenshot(path=tmp_path / "reference.png")

    # When
    await page.locator(".opblock-summary", has_text="/auth/login").click()

    # Then
    await expect(route.locator(".highlight-code").first).to_be_visible()
    assert json.loads(await route.locator("textarea").input_value()) == examples()["POST /auth/login"]["request"]
    await expect(route.locator(".responses-table")).to_contain_text("expiresAt")
    await expect(route.locator(".responses-table")).to_contain_text("Retry-After")
    await page.screenshot(path=tmp_path / "route.png")
    await route.locator(".responses-wrapper").screenshot(path=tmp_path / "answers.png")

    # When
    # The picture of its answers has scrolled to them, and the page holds what is near alone.
    await page.evaluate("scrollTo(0, 0)")
    await page.locator(".opblock-summary", has_text="/auth/login").click()
    seen = await nouns(page)

    # Then
    assert seen == [name for interface in interfaces() for name in interface.tags]
    assert visit.foreign == []
    assert visit.problems == []


async def test_a_route_is_tried_from_the_reference(visit: Visit, address: str) -> None:
    # Given
    page, route = visit.page, visit.page.locator(".opblock.is-open")
    await page.goto(f"{address}/api/docs")
    await page.locator(".opblock-summary", has_text="/auth/login").click()

    # When
    await route.get_by_role("button", name="Execute").click()

    # Then
    answer = route.locator(".live-responses-table .response")
    await expect(answer).to_contain_text("The e-mail address or the password is wrong")
    await expect(route.locator(".request-url pre")).to_have_text(f"{address}/auth/login")
    assert visit.foreign == []
    assert visit.problems == []


async def nouns(page: Page) -> list[str]:
    """The headings of the page from its top to its end: it holds those rows alone that are near to what is looked at.

    It goes on from the last row that the page holds, not by a length: how high a row is shows once it is drawn.
    """
    seen: dict[int, str | None] = {}
    while True:
        rows: list[tuple[int, str | None]] = await page.locator(ROWS).evaluate_all(
            "all => all.map(one => [+one.dataset.index, one.querySelector('.opblock-tag')?.dataset.tag ?? null])"
        )
        seen |= dict(rows)
        if not await (await page.wait_for_function(NEXT, arg=[ROWS, max(seen)])).evaluate("found => found.more"):
            break
    assert sorted(seen) == list(range(len(seen)))
    return [noun for _, noun in sorted(seen.items()) if noun is not None]
