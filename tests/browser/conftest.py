"""A real Chromium in front of a real gateway; without a Chromium these tests are skipped, and say so."""

import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from gateway.database import Database
from gateway.pages import dist_folder
from gateway.settings import Settings
from tests.loopback import NO_TLS
from tests.patience import PATIENCE
from tests.serving.proxy_lab import proxy, strips
from tests.serving.wire_lab import gateway_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The path of an installed Chromium."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(params=["", "/orrery"], ids=["at the root", "below a path"])
async def address(request: pytest.FixtureRequest, settings: Settings, database: Database) -> AsyncIterator[str]:
    """The address of a running gateway; one with a path is that of a proxy, which takes the path away."""
    path: str = request.param
    if not path:
        async with gateway_of(settings, database) as where:
            yield f"http://{where}"
        return
    listener = socket.create_server(("127.0.0.1", 0))
    public = f"http://127.0.0.1:{listener.getsockname()[1]}{path}"
    async with (
        gateway_of(replace(settings, public_url=public), database) as upstream,
        proxy(upstream, strips(path), listener=listener),
    ):
        yield public


@dataclass
class Visit:
    """An open page, and what it asked of other hosts or complained about."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def asked(self, url: str, address: str) -> None:
        """Note a request that does not go to the gateway, or not below its path."""
        if not url.startswith((address, "data:")):
            self.foreign.append(url)


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    if not (dist_folder() / "graphiql.html").is_file():
        pytest.skip("the pages are not built: that takes Node.js 20 or later (make web)")
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def visit(browser: Browser, address: str) -> AsyncIterator[Visit]:
    """A fresh profile, without cookies or anything stored."""
    async with await browser.new_context(viewport={"width": 1280, "height": 860}) as profile:
        profile.set_default_timeout(PATIENCE * 1000)
        page = await profile.new_page()
        opened = Visit(page)
        page.on("request", lambda one: opened.asked(one.url, address))
        page.on("websocket", lambda one: opened.asked(one.url.replace("ws", "http", 1), address))
        page.on("pageerror", lambda error: opened.problems.append(str(error)))
        yield opened


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway's REST routes."""
    async with httpx.AsyncClient(verify=NO_TLS, base_url=address) as opened:
        yield opened
