"""The official Python client signs in by itself: registered, described by a document, renewing, asking for more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from models.outbound import Outbound
from tests.agents.oauth.oauth_lab import BACK, Browser, Page, answer_of
from tests.agents.oauth.test_description import HOST, Described, reaching
from tests.gateway.lab import PASSWORD, Lab, Person
from tests.loopback import NO_TLS
from tests.models.test_outbound import Resolver, certificate, serving
from tests.patience import PATIENCE


class Storage:
    """What a client keeps."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class Sitting:
    """Whoever sits in front of the client: agrees in a browser, and brings back the answer."""

    browser: Browser
    email: str
    asked: str = ""
    consents: int = 0

    async def led(self, url: str) -> None:
        self.asked = url

    async def answered(self) -> AuthorizationCodeResult:
        self.consents += 1
        led = await self.browser.http.get(self.asked)
        if "/oauth/sign-in" in led.headers["location"]:
            page = Page((await self.browser.http.get(led.headers["location"])).text)
            led = await self.browser.submit(page, email=self.email, password=PASSWORD)
            led = await self.browser.http.get(led.headers["location"])
        page = Page((await self.browser.http.get(led.headers["location"])).text)
        told = answer_of(await self.browser.submit(page, decision="allow"))
        return AuthorizationCodeResult(code=told["code"], state=told["state"], iss=told["iss"])


@asynccontextmanager
async def connected(
    address: str, person: Sitting, storage: Storage, url: str | None = None
) -> AsyncIterator[tuple[Client, OAuthClientProvider]]:
    metadata = OAuthClientMetadata(client_name="Editor", redirect_uris=[AnyUrl(BACK)])
    provider = OAuthClientProvider(
        f"http://{address}/mcp", metadata, storage, person.led, person.answered, client_metadata_url=url
    )
    async with httpx2.AsyncClient(auth=provider, timeout=PATIENCE) as http:
        transport = streamable_http_client(f"http://{address}/mcp", http_client=http)
        async with Client(transport) as client:
            yield client, provider


@pytest.fixture
async def person(ann: Person, address: str) -> AsyncIterator[Sitting]:
    async with httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{address}") as http:
        yield Sitting(Browser(http, f"http://{address}"), ann.email)


async def test_it_registers_signs_in_and_renews(address: str, person: Sitting) -> None:
    storage = Storage()
    async with connected(address, person, storage) as (client, provider):
        assert not (await client.call_tool("whoami", {})).is_error
        first = storage.tokens
        provider.context.token_expiry_time = 1.0  # long ago
        assert not (await client.call_tool("whoami", {})).is_error

    assert first is not None
    assert storage.tokens is not None
    assert storage.tokens.refresh_token not in (None, first.refresh_token)
    assert person.consents == 1


async def test_it_is_described_by_its_document(address: str, person: Sitting, lab: Lab, tmp_path: Path) -> None:
    served, trusted = certificate(HOST, tmp_path)
    document, storage = Described(), Storage()
    async with serving(document.answer, served) as port:
        document.url = f"https://{HOST}:{port}/app.json"
        outbound = Outbound(frozenset({f"{HOST}:{port}"}), trusted, Resolver(["127.0.0.1"]))
        with reaching(lab.app, outbound):
            async with connected(address, person, storage, document.url) as (client, _):
                assert not (await client.call_tool("whoami", {})).is_error

    assert storage.client is not None
    assert storage.client.client_id == document.url
    assert document.read == 1


async def test_it_asks_for_more_once_it_needs_more(address: str, person: Sitting) -> None:
    storage = Storage()
    async with connected(address, person, storage) as (client, _):
        values = {"name": "create_organization", "arguments": {"name": "Mine", "slug": "mine-of-oauth"}}
        await client.call_tool("call_tool", values)

    assert person.consents == 2
    assert "account:write" in parse_qs(urlsplit(person.asked).query)["scope"][0].split()
