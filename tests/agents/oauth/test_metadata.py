"""Where clients learn how to get in: by the standards' places, at the root and below a path."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from gateway.app import create_app
from gateway.database import Database
from gateway.settings import Settings
from tests.agents.oauth.oauth_lab import ISSUER
from tests.gateway.lab import Lab

PUBLIC = "https://example.org/orrery"
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture(scope="module")
async def below(settings: Settings, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway whose public address has a path, as a proxy reaches it."""
    app = create_app(replace(settings, public_url=PUBLIC), database=database)
    async with app.router.lifespan_context(app):
        for worker in app.state.background:
            await worker.stop()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://example.org") as client:
            yield client


async def test_a_client_finds_its_way_from_the_first_refusal(lab: Lab) -> None:
    client = lab.client()

    refused = await client.post("/mcp", json=LIST)
    assert refused.status_code == 401
    challenge = refused.headers["www-authenticate"]
    assert challenge == (
        'Bearer scope="projects:read projects:write pilotage:read pilotage:write notifications:read account:read", '
        f'resource_metadata="{ISSUER}/.well-known/oauth-protected-resource/mcp"'
    )

    resource = (await client.get("/.well-known/oauth-protected-resource/mcp")).json()
    assert resource["resource"] == f"{ISSUER}/mcp"
    assert resource["authorization_servers"] == [ISSUER]
    assert resource["bearer_methods_supported"] == ["header"]
    server = (await client.get("/.well-known/oauth-authorization-server")).json()
    assert server["issuer"] == ISSUER
    assert server["authorization_endpoint"] == f"{ISSUER}/oauth/authorize"
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["client_id_metadata_document_supported"] is True
    assert server["authorization_response_iss_parameter_supported"] is True
    assert server["token_endpoint_auth_methods_supported"] == ["none"]


async def test_a_token_that_is_wrong_is_told_from_none(lab: Lab) -> None:
    refused = await lab.client("nonsense").post("/mcp", json=LIST)

    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize("host", ["localhost:3001", "127.0.0.1:8080", "[::1]:3001"])
async def test_on_this_machine_it_is_where_it_was_asked(host: str, lab: Lab) -> None:
    told = (await lab.client().get("/.well-known/oauth-protected-resource/mcp", headers={"host": host})).json()

    assert (told["resource"], told["authorization_servers"]) == (f"http://{host}/mcp", [f"http://{host}"])


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-protected-resource/orrery/mcp",
        "/orrery/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource",
    ],
)
async def test_the_resource_below_a_path_is_found_wherever_it_is_looked_for(
    path: str, below: httpx.AsyncClient
) -> None:
    assert (await below.get(path)).json()["resource"] == f"{PUBLIC}/mcp"


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server/orrery",
        "/orrery/.well-known/oauth-authorization-server",
        "/orrery/.well-known/openid-configuration",
    ],
)
async def test_so_is_the_server(path: str, below: httpx.AsyncClient) -> None:
    told = (await below.get(path)).json()

    assert (told["issuer"], told["token_endpoint"]) == (PUBLIC, f"{PUBLIC}/oauth/token")


async def test_no_header_says_where_a_public_gateway_is(below: httpx.AsyncClient) -> None:
    headers = {"host": "localhost:3001", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}

    refused = await below.post("/orrery/mcp", json=LIST, headers=headers)

    assert (
        f'resource_metadata="{PUBLIC}/.well-known/oauth-protected-resource/mcp"' in refused.headers["www-authenticate"]
    )


async def test_pages_below_a_path_lead_below_it(below: httpx.AsyncClient) -> None:
    led = await below.get("/orrery/oauth/authorize?client_id=x")
    page = await below.get(led.headers["location"])

    assert led.headers["location"] == "/orrery/oauth/sign-in?client_id=x"
    assert 'action="/orrery/oauth/sign-in"' in page.text
