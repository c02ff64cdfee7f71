"""Applications that register themselves: how many, with what, and what they are told."""

from typing import Any

import pytest
from bson import ObjectId

from models import OAuthClient
from models.base import collection
from resolvers.oauth import client as clients
from tests.agents.oauth.oauth_lab import BACK, Application, error_of
from tests.gateway.lab import Lab


async def test_it_is_told_by_what_it_is_known_and_given_no_secret(lab: Lab) -> None:
    told = await Application(lab.client()).register(
        token_endpoint_auth_method="client_secret_basic",
        scope="openid everything",
        logo_uri="https://evil.example/logo.png",
        contacts=["x@example.com"],
    )

    assert told["token_endpoint_auth_method"] == "none"
    assert (told["client_name"], told["redirect_uris"]) == ("Editor", [BACK])
    assert not {"client_secret", "scope", "logo_uri", "contacts"} & {name for name, value in told.items() if value}
    kept = await collection(OAuthClient).find_one({"_id": ObjectId(told["client_id"])})
    assert kept is not None
    assert set(kept) == {"_id", "created_at", "url", "name", "redirect_uris", "expires_at"}


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com/callback",
        "http://127.0.0.1.example.com/",
        "https://example.com/#fragment",
        "https://user:word@example.com/",
        "https://",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://example.com/; script-src *",
        "https://example.com/" + "x" * 500,
        "https://1.2.3.4.5/callback",
        "https://exa%mple.com/callback",
        "https://a|b/callback",
        "https://xn--/callback",
        "nonsense",
        "",
    ],
)
async def test_it_is_sent_back_to_no_address_that_is_not_its_own(uri: str, lab: Lab) -> None:
    refused = await lab.client().post("/oauth/register", json={"client_name": "X", "redirect_uris": [uri]})

    assert refused.status_code == 400
    assert error_of(refused) in ("invalid_redirect_uri", "invalid_client_metadata")


@pytest.mark.parametrize("uri", ["https://app.example/callback", "cursor://anysphere/callback", "http://[::1]:5123/x"])
async def test_it_may_be_a_page_a_program_or_on_this_computer(uri: str, lab: Lab) -> None:
    assert (await Application(lab.client()).register(redirect_uris=[uri]))["redirect_uris"] == [uri]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"redirect_uris": []},
        {"redirect_uris": None},
        {"redirect_uris": [BACK] * 11},
        {"redirect_uris": "x"},
        {"redirect_uris": [BACK], "grant_types": ["client_credentials"]},
        {"redirect_uris": [BACK], "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"]},
        {"redirect_uris": [BACK], "response_types": ["token"]},
        {"redirect_uris": [BACK], "client_name": 7},
        {"redirect_uris": [BACK], "client_name": "x" * 20_000},
    ],
)
async def test_what_is_no_application_is_refused(body: dict[str, Any], lab: Lab) -> None:
    refused = await lab.client().post("/oauth/register", json=body)

    assert 400 <= refused.status_code < 500
    assert error_of(refused)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
async def test_what_is_no_json_is_refused(content: bytes, lab: Lab) -> None:
    sent = await lab.client().post("/oauth/register", content=content, headers={"content-type": "application/json"})

    assert sent.status_code == 400


@pytest.mark.parametrize("bound", ["MAX_REGISTRATIONS", "MAX_REGISTRATIONS_IN_ALL"])
async def test_one_address_and_all_together_register_so_many(
    bound: str, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, bound, 1)
    await Application(lab.client()).register()
    before = await collection(OAuthClient).count_documents({})

    limited = await lab.client().post("/oauth/register", json={"redirect_uris": [BACK]})

    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0
    assert await collection(OAuthClient).count_documents({}) == before
