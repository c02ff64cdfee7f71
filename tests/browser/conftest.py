"""A real Chromium in front of a real gateway; without a Chromium these tests are skipped, and say so."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn
from playwright.async_api import Page, async_playwright

from gateway.app import create_app
from gateway.database import Database
from gateway.pages import dist_folder
from gateway.settings import Settings

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


@pytest.fixture
async def address(settings: Settings, database: Database) -> AsyncIterator[str]:
    """The address of a running gateway."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    app = create_app(settings, database=database)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, ws="websockets-sansio", log_level="error"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done()
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


@dataclass
class Visit:
    """An open page, and what it asked of other hosts or complained about."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def asked(self, url: str, address: str) -> None:
        """Note a request that does not go to the gateway."""
        if not url.startswith((address, "data:")):
            self.foreign.append(url)


@pytest.fixture
async def visit(address: str) -> AsyncIterator[Visit]:
    """A fresh browser."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    if not (dist_folder() / "graphiql.html").is_file():
        pytest.skip("the pages are not built: that takes Node.js 20 or later (make web)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        opened = Visit(page)
        page.on(
            "request", lambda one: None if one.url.startswith((address, "data:")) else opened.foreign.append(one.url)
        )
        page.on("pageerror", lambda error: opened.problems.append(str(error)))
        yield opened
        await browser.close()


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway's REST routes."""
    async with httpx.AsyncClient(base_url=address) as opened:
        yield opened
