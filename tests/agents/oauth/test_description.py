"""Applications that a document of their own describes: it is read through the guarded client, within bounds."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette

from models import OAuthClient
from models.base import collection, utc_now
from models.outbound import Outbound
from resolvers.oauth import description
from tests.agents.oauth.oauth_lab import BACK, Application, Browser, Page
from tests.gateway.lab import Lab, Person
from tests.models.test_outbound import Resolver, serving

HOST = "editor.example"


@contextmanager
def reaching(app: Starlette, outbound: Outbound) -> Iterator[None]:
    """The gateway's requests go as `outbound` makes them."""
    services = app.state.services
    before = services.outbound
    object.__setattr__(services, "outbound", outbound)
    try:
        yield
    finally:
        object.__setattr__(services, "outbound", before)


class Described:
    """An application's document, on a server of its own, and how often it was read."""

    def __init__(self) -> None:
        self.url = ""
        self.changes: dict[str, Any] = {}
        self.status, self.headers, self.body = 200, {"content-type": "application/json"}, b""
        self.read = 0

    def document(self) -> bytes:
        told = {"client_id": self.url, "client_name": "Editor", "redirect_uris": [BACK], **self.changes}
        return orjson.dumps({name: value for name, value in told.items() if value is not None})

    async def answer(self, _head: bytes, writer: asyncio.StreamWriter) -> None:
        self.read += 1
        body = self.body or self.document()
        lines = [f"HTTP/1.1 {self.status} X", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@asynccontextmanager
async def described(app: Starlette) -> AsyncIterator[Described]:
    application = Described()
    async with serving(application.answer) as port:
        application.url = f"http://{HOST}:{port}/app.json"
        allowed = Outbound(frozenset({f"{HOST}:{port}"}), resolving=Resolver(["127.0.0.1"]))
        with reaching(app, allowed):
            yield application


@pytest.fixture
async def document(lab: Lab) -> AsyncIterator[Described]:
    async with described(lab.app) as application:
        yield application


@pytest.fixture
async def application(lab: Lab, document: Described) -> Application:
    return Application(lab.client(), id=document.url)


async def test_it_is_known_by_the_host_that_describes_it(
    ann: Person, browser: Browser, document: Described, application: Application
) -> None:
    page = await browser.asked(application.url())
    await application.connect(browser)
    await application.refresh()

    assert "Editor wants to use Orrery" in page.text
    assert document.url.split("/")[2] in page.text
    assert "it named itself" not in page.text
    assert (await application.call("find_tools", query="card")).status_code == 200
    [grant] = (await ann.ask("{ viewer { oauthGrants { clientId clientHost } } }"))["viewer"]["oauthGrants"]
    assert grant == {"clientId": document.url, "clientHost": document.url.split("/")[2]}
    assert document.read == 1  # it is kept for a while, and not needed for tokens


async def test_it_is_read_anew_once_it_may_be_kept_no_longer(
    browser: Browser, document: Described, application: Application
) -> None:
    await browser.asked(application.url())
    document.changes = {"redirect_uris": ["https://other.example/back"]}
    await browser.asked(application.url())

    await collection(OAuthClient).update_one({"url": document.url}, {"$set": {"expires_at": utc_now()}})
    refused = await browser.http.get(application.url())

    assert refused.status_code == 400
    assert document.read == 2


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("", 3600), ("max-age=5", 60), ("public, max-age=7200", 7200), ("max-age=9999999", 86_400), ("no-store", 60)],
)
async def test_it_is_kept_as_long_as_it_says_within_bounds(
    told: str, seconds: int, browser: Browser, document: Described, application: Application
) -> None:
    document.headers["cache-control"] = told
    before = utc_now()

    await browser.asked(application.url())

    kept = await collection(OAuthClient).find_one({"url": document.url})
    assert kept is not None
    assert seconds <= (kept["expires_at"] - before).total_seconds() < seconds + 30


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://other.example/app.json"},
        {"client_id": None},
        {"redirect_uris": None},
        {"redirect_uris": []},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["https://elsewhere.example/"]},
        {"redirect_uris": [BACK, "https://1.2.3.4.5/callback"]},
        {"redirect_uris": [BACK, "https://exa%mple.com/callback"]},
        {"redirect_uris": [BACK, "https://a|b/callback"]},
        {"redirect_uris": [BACK, "https://xn--/callback"]},
        {"redirect_uris": [BACK] * 11},
        {"client_secret": "x"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"client_name": ["x"]},
    ],
)
async def test_a_document_that_does_not_fit_describes_nothing(
    changes: dict[str, Any], browser: Browser, document: Described, application: Application
) -> None:
    document.changes = changes

    refused = await browser.http.get(application.url())

    assert refused.status_code == 400
    assert "location" not in refused.headers


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (404, {}, b""),
        (302, {"location": "https://other.example/"}, b""),
        (200, {"content-type": "text/html"}, b""),
        (200, {}, b"x" * (description.MAX_BYTES + 1)),
        (200, {}, b"{"),
        (200, {}, b"[]"),
        (200, {}, b"\xff"),
    ],
)
async def test_what_is_no_document_is_told_as_that(
    status: int,
    headers: dict[str, str],
    body: bytes,
    browser: Browser,
    document: Described,
    application: Application,
) -> None:
    document.status, document.body = status, body
    document.headers |= headers

    refused = await browser.http.get(application.url())

    assert refused.status_code == 400
    assert "description of this application cannot be used" in Page(refused.text).text


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/app.json",
        "https://127.0.0.1/app.json",
        "https://169.254.169.254/latest",
        "https://localhost/app.json",
        "https://user:word@editor.example/app.json",
        "https://editor.example",
        "https://editor.example/",
        "https://editor.example/a/../b",
        "https://editor.example/a/%2e%2e/b",
        "https://editor.example/app#x",
        "https://editor.example/" + "x" * 500,
        "file:///etc/passwd",
        "https://[::1]/x",
        "https://[nonsense/x",
    ],
)
async def test_no_other_network_is_asked_for_one(url: str, browser: Browser, lab: Lab, document: Described) -> None:
    refused = await browser.http.get(Application(lab.client(), id=url).url())

    assert refused.status_code == 400
    assert document.read == 0


async def test_nobody_has_it_read_who_is_not_signed_in(lab: Lab, document: Described, application: Application) -> None:
    assert (await lab.client().get(application.url())).status_code == 303
    assert (await application.exchange("nothing")).status_code == 400

    assert document.read == 0


@pytest.mark.parametrize("bound", ["MAX_FETCHED", "MAX_FETCHED_OF_HOST"])
async def test_a_person_and_all_together_have_so_many_read(
    bound: str, browser: Browser, document: Described, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, bound, 1)
    await browser.asked(application.url())
    await collection(OAuthClient).delete_many({})

    assert (await browser.http.get(application.url())).status_code == 429
    assert document.read == 1
