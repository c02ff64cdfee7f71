"""The application as a whole: what it serves beside the graph, whom it answers, how it starts and ends."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from gateway.app import create_app
from gateway.database import DatabaseError
from gateway.settings import Settings
from tests.gateway.lab import Board, Lab


async def test_health_readiness_and_version_answer_without_a_credential(lab: Lab) -> None:
    client = lab.client()

    assert (await client.get("/health")).json() == {"status": "ok"}
    assert (await client.get("/ready")).json() == {"status": "ready"}
    assert (await client.get("/version")).json()["name"] == "orrery"


async def test_before_the_start_it_is_alive_and_not_ready(settings: Settings) -> None:
    lab = Lab(create_app(settings))
    client = lab.client()

    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/ready")).status_code == 503
    assert (await client.post("/graphql", json={"query": "{ __typename }"})).status_code == 503
    await client.aclose()


async def test_metrics_count_requests_and_operations(lab: Lab) -> None:
    client = lab.client()
    await client.post("/graphql", json={"query": "{ __typename }"})
    await client.post("/graphql", json={"query": "{ nope }"})

    text = (await client.get("/metrics")).text

    assert 'orrery_http_requests_total{method="POST",status="200"}' in text
    assert 'orrery_graphql_operations_total{kind="query",outcome="done"}' in text
    assert 'orrery_graphql_operations_total{kind="unknown",outcome="refused"}' in text
    assert 'orrery_live_connections{transport="sse"} 0.0' in text
    assert "orrery_bus_connected 1.0" in text


async def test_a_host_of_another_name_is_refused(lab: Lab) -> None:
    client = lab.client()

    own = await client.get("/health", headers={"host": "localhost:3001"})
    other = await client.get("/health", headers={"host": "evil.example"})

    assert (own.status_code, other.status_code) == (200, 400)


async def test_an_unknown_path_and_method_answer_like_rest(lab: Lab) -> None:
    client = lab.client()

    unknown = await client.get("/nothing/here")
    method = await client.delete("/graphql")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_FOUND")
    assert (method.status_code, method.json()["statusCode"]) == (405, 405)


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PURGE")


async def test_what_an_address_does_not_take_is_told_with_all_that_it_takes(lab: Lab) -> None:
    client = lab.client()
    paths = {re.sub(r"\{\w+\}", "x", route.path) for route in lab.app.routes if isinstance(route, Route)}
    assert "/invitations/x/accept" in paths

    for path in sorted(paths):
        refused = await client.request("PURGE", path)
        allowed = set(refused.headers["allow"].split(", "))
        taken = {method for method in METHODS if (await client.request(method, path)).status_code != 405}
        assert (refused.status_code, allowed) == (405, taken), path


async def test_a_folder_of_files_takes_reading_alone(lab: Lab) -> None:
    refused = await lab.client().post("/_web/assets/a.js")

    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/graphql", "/auth/login", "/auth/me/avatar"])
async def test_a_compressed_body_is_of_no_media_type_that_is_taken(board: Board, path: str) -> None:
    body = gzip.compress(b'{"query": "{ __typename }"}')
    method = "PUT" if path.endswith("avatar") else "POST"
    packed = {"content-type": "application/json", "content-encoding": "gzip"}
    plainly = {**packed, "content-encoding": "identity"}

    refused = await board.ann.http.request(method, path, content=body, headers=packed)
    plain = await board.ann.http.request(method, path, content=b"{}", headers=plainly)

    assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "identity")
    assert "Content-Encoding" in refused.text
    assert plain.status_code != 415


async def test_a_compressed_form_is_refused_over_both_doors(board: Board) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-encoding": "gzip"}
    card = await board.card("One")
    cards = f"/orgs/{board.org_slug}/workspaces/personal/projects/{board.project}/cards"

    for path in ("/graphql", f"{cards}/{card}/attachments"):
        refused = await board.ann.http.post(path, content=gzip.compress(b"--x--"), headers=headers)
        assert (refused.status_code, refused.headers.get("accept-encoding")) == (415, "identity"), path


async def test_a_browser_gets_pages_under_a_strict_policy(lab: Lab) -> None:
    client = lab.client()

    for path in ("/graphql", "/api/docs"):
        page = await client.get(path, headers={"accept": "text/html,application/xhtml+xml"})
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_the_openapi_document_lists_the_rest_routes(lab: Lab) -> None:
    document = (await lab.client().get("/api/docs/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert "/auth/login" in document["paths"]
    assert document["servers"] == [{"url": "/"}]


async def test_rest_and_graphql_share_one_session(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    me = await ann.http.get("/auth/me")

    assert me.json()["user"]["email"] == "ann@example.com"


async def test_a_start_without_a_database_ends_with_one_sentence(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(settings, data_dir=tmp_path, mongodb_url="mongodb://127.0.0.1:99999/orrery"))

    with pytest.raises(DatabaseError, match=r"^ORRERY_MONGODB_URL is not a valid MongoDB URL\.$"):
        async with app.router.lifespan_context(app):
            pytest.fail("it started")


async def test_suggestions_and_anonymous_introspection_are_for_development(lab: Lab, settings: Settings) -> None:
    app = create_app(replace(settings, env="production"), database=lab.app.state.database)
    introspect = {"query": "{ __schema { queryType { name } } }"}
    async with app.router.lifespan_context(app):
        strict = Lab(app)
        ann = await strict.person("ann@example.com")
        anonymous = await strict.client().post("/graphql", json=introspect)
        signed_in = await ann.http.post("/graphql", json=introspect)
        typo = await ann.refused("{ viewer { emial } }")
        for client in strict.clients:
            await client.aclose()

    assert anonymous.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert signed_in.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert "Did you mean" not in json.dumps(typo)
    open_answer = await lab.client().post("/graphql", json=introspect)
    assert open_answer.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}


async def test_production_tells_strangers_no_name_that_they_did_not_write(lab: Lab, settings: Settings) -> None:
    # Given a field that needs a selection, one that needs an argument, and a variable that lacks what its type needs
    broken: list[dict[str, Any]] = [
        {"query": "{ organizations }"},
        {"query": "{ project { x } }"},
        {"query": "mutation { authLogin }"},
        {"query": "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { x } }", "variables": {"input": {}}},
        {
            "query": "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { __typename } }",
            "variables": {"input": {}},
        },
    ]
    app = create_app(replace(settings, env="production"), database=lab.app.state.database)
    async with app.router.lifespan_context(app):
        strict = Lab(app)
        ann = await strict.person("ann@example.com")
        # When a stranger and somebody signed in send them
        told = [(await strict.client().post("/graphql", json=one)).json()["errors"] for one in broken]
        known = [(await ann.http.post("/graphql", json=one)).json()["errors"] for one in broken]
        for client in strict.clients:
            await client.aclose()
    # Then who is signed in reads the types, and the stranger their places
    assert "OrganizationConnection" in known[0][0]["message"]
    for request, theirs, full in zip(broken, told, known, strict=True):
        assert [error["extensions"] for error in theirs] == [error["extensions"] for error in full]
        for error in theirs:
            words = set(re.findall(r"[A-Z]\w+[A-Z]\w+|(?<=')[a-z]\w+", error["message"]))
            assert words <= set(re.findall(r"\w+", json.dumps(request))), error["message"]


async def test_production_cookies_travel_over_https_alone(lab: Lab, settings: Settings) -> None:
    app = create_app(replace(settings, env="production"), database=lab.app.state.database)
    async with app.router.lifespan_context(app):
        strict = Lab(app)
        body = {"email": "ann@example.com", "password": "correct horse battery"}
        query = "mutation ($input: AuthRegisterInput!) { authRegister(input: $input) { accessToken } }"
        client = strict.client()
        answer = await client.post("/graphql", json={"query": query, "variables": {"input": body}})
        await client.aclose()

    assert all("Secure" in one for one in answer.headers.get_list("set-cookie"))
