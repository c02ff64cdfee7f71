"""A person's browser, which reads pages as they are and follows what it is sent to, and an application, by hand."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.agents.server.client import MODERN, Client
from tests.gateway.lab import PASSWORD

ISSUER = "http://127.0.0.1:3001"
RESOURCE = f"{ISSUER}/mcp"
BACK = "http://127.0.0.1:5123/callback"
SCOPES = "projects:read projects:write"

JSON = dict[str, Any]


class Page(HTMLParser):
    """A page: its one form, as a browser would send it, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.fields, self.links, self.texts = "", list[tuple[str, str]](), list[str](), list[str]()
        self.hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.hidden = tag in ("style", "script")
        if tag == "form":
            self.action = given["action"]
        elif tag == "a":
            self.links.append(given["href"])
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def filled(self, **values: str) -> list[tuple[str, str]]:
        """The form's fields with some filled in or added."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        return [*kept, *values.items()]


@dataclass
class Browser:
    """A browser with cookies of its own, at pages of an `origin`."""

    http: httpx.AsyncClient
    origin: str = ISSUER

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """By the page."""
        page = Page((await self.http.get("/oauth/sign-in")).text)
        return await self.submit(page, email=email, password=password)

    async def submit(self, page: Page, **values: str) -> httpx.Response:
        """Send the form of a page."""
        return await self.send(page.action, page.filled(**values), self.origin)

    async def send(self, action: str, fields: list[tuple[str, str]], origin: str | None = ISSUER) -> httpx.Response:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if origin is not None:
            headers["origin"] = origin
        return await self.http.post(action, content=urlencode(fields), headers=headers)

    async def asked(self, url: str) -> Page:
        """The question that an application's address leads to."""
        led = await self.http.get(url)
        assert led.status_code == 303, led.text
        answered = await self.http.get(led.headers["location"])
        assert answered.status_code == 200, answered.text
        return Page(answered.text)

    async def allow(self, url: str) -> dict[str, str]:
        """What the application is answered once the person has agreed."""
        return answer_of(await self.submit(await self.asked(url), decision="allow"))


def answer_of(response: httpx.Response) -> dict[str, str]:
    """What an answer tells the application that it is sent to."""
    assert response.status_code == 303, response.text
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


@dataclass
class Application:
    """A client of OAuth that has one person's tokens."""

    http: httpx.AsyncClient
    id: str = ""
    redirect: str = BACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    tokens: JSON = field(default_factory=dict)

    async def register(self, **values: Any) -> JSON:
        told = {"client_name": "Editor", "redirect_uris": [self.redirect], **values}
        answered = await self.http.post("/oauth/register", json=told)
        assert answered.status_code == 201, answered.text
        made: JSON = answered.json()
        self.id = made["client_id"]
        return made

    def url(self, **changes: str | None) -> str:
        """Where it sends a person."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": self.id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": SCOPES,
            "state": "of-mine",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "resource": RESOURCE,
            **changes,
        }
        return "/oauth/authorize?" + urlencode({name: value for name, value in asked.items() if value is not None})

    async def exchange(self, code: str, **changes: str) -> httpx.Response:
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.id,
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
            "resource": RESOURCE,
            **changes,
        }
        return self._kept(await self.http.post("/oauth/token", data=values))

    async def refresh(self, token: str | None = None, **changes: str) -> httpx.Response:
        values = {
            "grant_type": "refresh_token",
            "refresh_token": token or self.tokens["refresh_token"],
            "client_id": self.id,
            **changes,
        }
        return self._kept(await self.http.post("/oauth/token", data=values))

    def _kept(self, answered: httpx.Response) -> httpx.Response:
        if answered.status_code == 200:
            self.tokens = answered.json()
        return answered

    async def connect(self, browser: Browser, **asked: str) -> JSON:
        """All the way to tokens."""
        answered = await self.exchange((await browser.allow(self.url(**asked)))["code"])
        assert answered.status_code == 200, answered.text
        return self.tokens

    async def call(self, tool: str, **arguments: Any) -> httpx.Response:
        """A call of a tool with its access token."""
        client = Client(self.http, MODERN)
        message = client.message("tools/call", name=tool, arguments=arguments)
        return await client.post(message, authorization=f"Bearer {self.tokens['access_token']}")


def error_of(answered: httpx.Response) -> str:
    """The error that an application is told."""
    told: str = answered.json()["error"]
    return told
