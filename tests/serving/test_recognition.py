"""Callers recognised a moment ago: fewer reads, and none of them outlives its session or token."""

from collections.abc import AsyncIterator, Iterator
from time import monotonic

import httpx
import pytest
from starlette.applications import Starlette

from auth import recognition
from auth.authenticate import CSRF_HEADER
from auth.recognition import RECENT_SECONDS
from gateway.app import create_app
from gateway.database import Database
from gateway.settings import Settings
from models import Session
from models.base import collection
from tests.gateway.lab import PASSWORD, Lab, Person, count_queries

PROMISE_SECONDS = 5.0

VIEWER = "{ viewer { id } }"
LOGOUT = "mutation { authLogout { cursor } }"
LOGIN = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { accessToken } }"
CHANGE = "mutation ($input: PasswordChangeInput!) { passwordChange(input: $input) { cursor } }"
RENAME = 'mutation { userUpdate(input: {name: "Anna"}) { user { name } } }'


async def code(client: httpx.AsyncClient, query: str = VIEWER, **headers: str) -> str | None:
    """The code of a request's first error."""
    body = (await client.post("/graphql", json={"query": query}, headers=headers)).json()
    return body["errors"][0]["extensions"]["code"] if "errors" in body else None


async def another_session(lab: Lab, ann: Person) -> Person:
    values = {"input": {"email": ann.email, "password": PASSWORD}}
    answer = await lab.client().post("/graphql", json={"query": LOGIN, "variables": values})
    token = answer.json()["data"]["authLogin"]["accessToken"]
    return Person(lab.client(token), ann.id, token, ann.email)


async def api_token(ann: Person) -> tuple[str, str]:
    """The id and the secret of a new personal access token."""
    made = (await ann.http.post("/api-tokens", json={"name": "build", "scopes": ["account:read"]})).json()
    return made["id"], made["token"]


@pytest.fixture(autouse=True)
def recognising(gateway: Starlette) -> Iterator[None]:
    """The gateway as it is outside of these tests."""
    recognitions = gateway.state.services.recognitions
    recognitions.seconds = RECENT_SECONDS
    yield
    recognitions.seconds = 0
    recognitions.forget()


@pytest.fixture
async def elsewhere(lab: Lab, settings: Settings, database: Database) -> AsyncIterator[Lab]:
    """Another gateway over the same database, which hears nothing of what this one revokes."""
    app = create_app(settings, database=database)
    async with app.router.lifespan_context(app):
        opened = Lab(app)
        yield opened
        for client in opened.clients:
            await client.aclose()


async def test_queries_in_a_row_read_the_session_once(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    await ann.ask(VIEWER)

    with count_queries() as reads:
        await ann.ask("{ __typename }")

    assert reads == []


async def test_a_mutation_reads_the_session_all_the_same(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    await ann.ask(VIEWER)
    await collection(Session).delete_many({})  # as another process would

    assert await code(ann.http, RENAME) == "UNAUTHENTICATED"


async def test_after_a_logout_the_very_next_request_is_refused(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    other = await another_session(lab, ann)
    for person in (ann, other):
        await person.ask(VIEWER)

    await ann.ask(LOGOUT)

    assert await code(ann.http) == "UNAUTHENTICATED"
    assert await code(other.http) is None


async def test_after_a_change_of_password_the_next_request_of_other_sessions_is_refused(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    other = await another_session(lab, ann)
    await other.ask(VIEWER)

    await ann.ask(CHANGE, input={"currentPassword": PASSWORD, "newPassword": f"{PASSWORD} staple"})

    assert await code(other.http) == "UNAUTHENTICATED"
    assert await code(ann.http) is None


async def test_after_a_token_is_revoked_its_next_request_is_refused(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    token_id, secret = await api_token(ann)
    build = lab.client(secret)
    assert await code(build) is None

    await ann.http.delete(f"/api-tokens/{token_id}")

    assert await code(build) == "UNAUTHENTICATED"


async def test_another_process_refuses_within_the_time_that_streams_are_promised(
    lab: Lab, elsewhere: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await lab.person("ann@example.com")
    there = elsewhere.client(ann.token)
    assert await code(there) is None

    # When that time has passed since
    await ann.ask(LOGOUT)
    monkeypatch.setattr(recognition, "monotonic", lambda: monotonic() + PROMISE_SECONDS)

    assert await code(there) == "UNAUTHENTICATED"


async def test_a_cookie_that_was_recognised_still_needs_its_csrf_token_to_change_anything(lab: Lab) -> None:
    browser = lab.client()
    made = await browser.post("/auth/register", json={"email": "eve@example.com", "password": PASSWORD})
    csrf = {CSRF_HEADER: made.json()["csrfToken"]}
    assert await code(browser, **csrf) is None

    assert await code(browser, RENAME) == "FORBIDDEN"
    assert await code(browser, RENAME, **csrf) is None


async def test_a_jwt_in_the_cookie_is_not_taken_for_the_header(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    await ann.ask(VIEWER)

    assert await code(lab.client(), cookie=f'orrery_session="Bearer {ann.token}"') == "UNAUTHENTICATED"
