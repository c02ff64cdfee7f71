"""Pages of other origins: those that are allowed read every answer, others none."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from gateway.app import create_app
from gateway.database import Database
from gateway.settings import Settings
from tests.gateway.lab import Lab, Person, make_board
from tests.loopback import NO_TLS
from tests.serving.wire_lab import EVENTS, gateway_of

ALLOWED, OTHER = "https://app.example", "https://evil.example"
DOORS = [
    ("POST", "/graphql", 200),
    ("GET", "/graphql?query={__typename}", 200),
    ("POST", "/graphql?nonsense", 200),
    ("GET", "/auth/me", 401),
    ("POST", "/auth/login", 400),
    ("GET", "/nothing/here", 404),
    ("DELETE", "/graphql", 405),
    ("GET", "/api/docs/openapi.json", 200),
    ("GET", "/health", 200),
]


@pytest.fixture
async def opened(settings: Settings, database: Database, clean: Database) -> AsyncIterator[Lab]:
    """A gateway that another origin's pages may use."""
    app = create_app(replace(settings, allowed_origins=frozenset({ALLOWED})), database=database)
    async with app.router.lifespan_context(app):
        lab = Lab(app)
        yield lab
        for client in lab.clients:
            await client.aclose()


async def send(client: httpx.AsyncClient, method: str, path: str, origin: str | None) -> httpx.Response:
    headers = {"origin": origin} if origin else {}
    body = {"json": {"query": "{ __typename }"}} if method == "POST" else {}
    return await client.request(method, path, headers=headers, **body)  # type: ignore[arg-type]


def told(answer: httpx.Response) -> list[str]:
    """The headers that speak of other origins."""
    return [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(("method", "path", "status"), DOORS)
async def test_a_page_of_an_allowed_origin_reads_every_answer_and_no_other_page_does(
    opened: Lab, method: str, path: str, status: int
) -> None:
    client = opened.client()

    allowed, other, none = [await send(client, method, path, origin) for origin in (ALLOWED, OTHER, None)]

    assert allowed.status_code == other.status_code == none.status_code == status
    assert allowed.headers["access-control-allow-origin"] == ALLOWED
    assert allowed.headers["access-control-allow-credentials"] == "true"
    shown = {name.strip().lower() for name in allowed.headers["access-control-expose-headers"].split(",")}
    assert {"retry-after", "etag", "location", "content-disposition", "idempotency-replayed"} <= shown
    assert told(other) == told(none) == []
    # Caches must not answer one origin with what another was told.
    assert all("origin" in one.headers["vary"].lower() for one in (allowed, other, none))


@pytest.mark.parametrize("path", ["/graphql", "/auth/me", "/projects/import", "/nothing/here"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "GET"])
async def test_a_browser_that_asks_first_is_told_what_an_allowed_page_may_do(
    opened: Lab, path: str, method: str
) -> None:
    ask = {
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,idempotency-key,x-csrf-token,x-apollo-operation",
    }
    client = opened.client()

    allowed = await client.options(path, headers={"origin": ALLOWED, **ask})
    other = await client.options(path, headers={"origin": OTHER, **ask})

    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == ALLOWED
    assert method in allowed.headers["access-control-allow-methods"]
    assert allowed.headers["access-control-allow-headers"] == ask["access-control-request-headers"]
    assert allowed.headers["access-control-allow-credentials"] == "true"
    assert other.status_code == 400
    assert told(other) == []
    assert all("origin" in one.headers["vary"].lower() for one in (allowed, other))


async def test_an_event_source_of_an_allowed_page_reads_its_stream(
    settings: Settings, database: Database, clean: Database
) -> None:
    allowing = replace(settings, allowed_origins=frozenset({ALLOWED}))
    async with (
        gateway_of(allowing, database) as address,
        httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{address}") as http,
    ):
        query = "mutation ($i: AuthRegisterInput!) { authRegister(input: $i) { accessToken user { id } } }"
        values = {"email": "ann@example.com", "password": "correct horse battery"}
        made = (await http.post("/graphql", json={"query": query, "variables": {"i": values}})).json()
        http.headers["authorization"] = f"Bearer {made['data']['authRegister']['accessToken']}"
        project = (await make_board(Person(http, "", "", "ann@example.com"))).project
        params = {"query": EVENTS, "variables": json.dumps({"p": project})}
        headers = {"accept": "text/event-stream", "origin": ALLOWED, "accept-encoding": "gzip"}

        async with http.stream("GET", "/graphql", params=params, headers=headers) as stream:
            lines = stream.aiter_lines()
            first = [await anext(lines) for _ in range(3)]

    assert stream.headers["access-control-allow-origin"] == ALLOWED
    assert "content-encoding" not in stream.headers
    assert first[2] == "event: next"


async def test_without_allowed_origins_no_page_of_another_origin_reads_anything(lab: Lab) -> None:
    client = lab.client()

    answers = [await send(client, method, path, ALLOWED) for method, path, _ in DOORS]
    ask = {"origin": ALLOWED, "access-control-request-method": "POST"}
    answers.append(await client.options("/graphql", headers=ask))

    assert not [name for one in answers for name in told(one)]
