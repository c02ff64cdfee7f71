"""`/graphql` over HTTP: methods, media types, credentials, errors and limits."""

from typing import Any

import pytest
from starlette.applications import Starlette

from auth.authenticate import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE
from tests.gateway.lab import PASSWORD, REGISTER, Board, Lab

VIEWER = "{ viewer { id email } }"
LOGIN = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { accessToken user { email } } }"
RENAME = 'mutation { userUpdate(input: {name: "Anna"}) { user { name } } }'


def code_of(body: dict[str, Any]) -> str:
    found: str = body["errors"][0]["extensions"]["code"]
    return found


async def test_a_query_by_get_answers_as_by_post(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    answer = await ann.http.get("/graphql", params={"query": VIEWER})

    assert answer.status_code == 200
    assert answer.json() == {"data": {"viewer": {"id": ann.id, "email": "ann@example.com"}}}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_the_response_type_of_graphql_over_http_is_used_where_it_is_accepted(lab: Lab) -> None:
    answer = await lab.client().get(
        "/graphql", params={"query": "{ __typename }"}, headers={"accept": "application/graphql-response+json"}
    )

    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_the_head_of_a_stream_opens_none(gateway: Starlette, lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    query = "subscription { notifications { __typename } }"

    answer = await ann.http.head("/graphql", params={"query": query}, headers={"accept": "text/event-stream"})

    assert answer.status_code == 405
    assert len(gateway.state.connections) == 0


async def test_a_mutation_by_get_is_refused_and_changes_nothing(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    answer = await ann.http.get("/graphql", params={"query": RENAME})

    assert (answer.status_code, code_of(answer.json())) == (405, "BAD_USER_INPUT")
    assert answer.headers["allow"] == "POST"
    assert (await ann.ask("{ viewer { name } }"))["viewer"]["name"] == "Ann"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed", ""])
async def test_a_body_that_is_not_called_json_is_refused(lab: Lab, content_type: str) -> None:
    answer = await lab.client().post(
        "/graphql", content=b'{"query": "{ __typename }"}', headers={"content-type": content_type}
    )

    assert (answer.status_code, code_of(answer.json())) == (415, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"1",
        b'"{ __typename }"',
        b'[{"query": "{ __typename }"}]',
        b"{}",
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "extensions": 1}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b'{"query": "{ __typename }", "variables": {"a": 99999999999999999999}}',
        b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
        b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}',
        b'{"query": "\\ud800"}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"query": "{ __typename }", "operationName": "Other"}',
        b'{"query": "query A { __typename } query B { __typename }"}',
        b'{"query": "fragment A on Query { __typename }"}',
        b'{"query": "{"}',
        b'{"query": "{ nope }"}',
        b'{"query": "query ($a: Int!) { __typename }"}',
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_malformed_request_answers_400_with_a_code_under_both_media_types(
    lab: Lab, body: bytes, accept: str
) -> None:
    headers = {"content-type": "application/json", "accept": accept}

    answer = await lab.client().post("/graphql", content=body, headers=headers)

    assert (answer.status_code, code_of(answer.json())) == (400, "BAD_USER_INPUT")
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    assert "data" not in answer.json()


async def test_a_body_over_a_megabyte_is_refused(lab: Lab) -> None:
    body = b'{"query": "{ __typename }", "variables": {"a": "' + b"x" * 1_048_576 + b'"}}'

    answer = await lab.client().post("/graphql", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, code_of(answer.json())) == (413, "PAYLOAD_TOO_LARGE")


async def test_signing_in_sets_the_cookies_and_the_cookie_needs_the_csrf_token(lab: Lab) -> None:
    await lab.person("ann@example.com")
    browser = lab.client()
    values = {"email": "ann@example.com", "password": PASSWORD}

    signed_in = await browser.post("/graphql", json={"query": LOGIN, "variables": {"input": values}})
    without = await browser.post("/graphql", json={"query": VIEWER})
    wrong = await browser.post("/graphql", json={"query": VIEWER}, headers={CSRF_HEADER: "x"})
    token = browser.cookies[CSRF_COOKIE]
    right = await browser.post("/graphql", json={"query": VIEWER}, headers={CSRF_HEADER: token})

    cookies = signed_in.headers.get_list("set-cookie")
    assert [("HttpOnly" in one, "SameSite=lax" in one) for one in cookies] == [
        (True, True),
        (False, True),
        (True, True),
    ]
    assert {without.status_code, wrong.status_code} == {403}
    assert {code_of(without.json()), code_of(wrong.json())} == {"FORBIDDEN"}
    assert right.json()["data"]["viewer"]["email"] == "ann@example.com"


async def test_signing_in_works_over_a_cookie_that_has_no_csrf_token_at_hand(lab: Lab) -> None:
    await lab.person("ann@example.com")
    browser = lab.client()
    body = {"query": LOGIN, "variables": {"input": {"email": "ann@example.com", "password": PASSWORD}}}
    await browser.post("/graphql", json=body)

    again = await browser.post("/graphql", json=body)

    assert again.json()["data"]["authLogin"]["user"] == {"email": "ann@example.com"}


async def test_signing_out_ends_the_session_and_clears_the_cookies(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    answer = await ann.http.post("/graphql", json={"query": "mutation { authLogout { cursor } }"})
    after = await ann.http.post("/graphql", json={"query": VIEWER})

    assert all("Max-Age=0" in one for one in answer.headers.get_list("set-cookie"))
    assert any(SESSION_COOKIE in one for one in answer.headers.get_list("set-cookie"))
    assert (after.status_code, code_of(after.json())) == (401, "UNAUTHENTICATED")
    assert after.headers["www-authenticate"] == "Bearer"


async def test_nobody_gets_an_unauthenticated_error_at_the_field(lab: Lab) -> None:
    answer = await lab.client().post("/graphql", json={"query": VIEWER})

    assert answer.status_code == 200
    assert answer.json()["errors"][0] == {
        "message": "Sign in first: no valid credential was sent",
        "extensions": {"code": "UNAUTHENTICATED"},
        "locations": [{"line": 1, "column": 3}],
        "path": ["viewer"],
    }


async def test_a_taken_address_is_a_conflict_that_names_the_field(lab: Lab) -> None:
    await lab.person("ann@example.com")

    values = {"email": "Ann@Example.com", "password": PASSWORD}
    answer = await lab.client().post("/graphql", json={"query": REGISTER, "variables": {"input": values}})

    assert answer.json()["errors"][0]["extensions"] == {"code": "CONFLICT", "field": "email"}


async def test_another_tenants_object_answers_as_one_that_does_not_exist(lab: Lab, board: Board) -> None:
    eve = await lab.person("eve@example.com")
    card = await board.card("Secret")
    query = "query ($id: ID!) { card(id: $id) { title } node(id: $id) { id } nodes(ids: [$id]) { id } }"
    unknown = card[:-6] + "ffffff"

    foreign = await eve.send(query, id=card)
    missing = await eve.send(query, id=unknown)

    assert foreign == missing
    assert foreign["data"] == {"card": None, "node": None, "nodes": [None]}
    assert {error["extensions"]["code"] for error in foreign["errors"]} == {"NOT_FOUND"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ('mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: ""}) { cursor } }', "title"),
        ('mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: "a", columnId: "x"}) { cursor } }', "columnId"),
        (
            'mutation ($p: ID!) { cardCreate(input: {projectId: $p, title: "a", checklist: {title: ""}}) { cursor } }',
            "checklist.0.title",
        ),
        ("mutation ($p: ID!) { cardDelete(id: $p) { cursor } }", "id"),
        ("query ($p: ID!) { project(id: $p) { cards(first: 501) { nodes { id } } } }", "first"),
        ('query ($p: ID!) { project(id: $p) { cards(after: "x") { nodes { id } } } }', "after"),
        (
            'query ($p: ID!) { project(id: $p) { cards(filter: {column: {eq: "x"}}) { nodes { id } } } }',
            "filter.column",
        ),
    ],
)
async def test_bad_input_names_the_field(board: Board, query: str, field: str) -> None:
    error = await board.ann.refused(query, p=board.project)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["field"] == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"activities": [{"kind": "NOPE", "content": "x"}]}, "activities.0.kind"),
        ({"activities": [{"kind": "THOUGHT"}]}, "activities.0"),
        ({"activities": [{"kind": "THOUGHT", "content": "x", "data": {"$where": 1}}]}, "activities.0.data"),
        ({"activities": [{"kind": "THOUGHT", "content": "x", "data": {"a.b": 1}}]}, "activities.0.data"),
        ({"progress": "half"}, "progress"),
        ({"progress": 1.5}, "progress"),
        ({"progress": None}, "progress"),
        ({"other": 1}, "i"),
        ({}, "input"),
        (None, "i"),
    ],
)
async def test_a_variable_of_the_wrong_shape_names_the_field(board: Board, values: object, field: str) -> None:
    query = "mutation ($i: MissionReportInput!, $p: ID!) { missionReport(id: $p, input: $i) { cursor } }"

    error = await board.ann.refused(query, p=board.project, i=values)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["field"] == field


async def test_a_number_out_of_range_in_a_json_literal_is_refused(board: Board) -> None:
    query = """mutation ($p: ID!) { missionReport(
      id: $p, input: {activities: [{kind: THOUGHT, content: "x", data: {a: [1e999]}}]}) { cursor } }"""

    error = await board.ann.refused(query, p=board.project)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("moment", ["yesterday", "1969-12-31", "10000-01-01", 5, True, "2026-13-01"])
async def test_a_moment_that_is_none_is_refused(board: Board, moment: object) -> None:
    query = "mutation ($i: ProjectUpdateInput!, $p: ID!) { projectUpdate(id: $p, input: $i) { cursor } }"

    error = await board.ann.refused(query, p=board.project, i={"deadline": moment})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_an_unexpected_failure_is_masked_and_logged_with_its_id(
    board: Board, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("resolvers.project.project.get_project", fail)

    error = await board.ann.refused("query ($p: ID!) { project(id: $p) { id } }", p=board.project)

    assert error["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in str(error)
    assert error["extensions"]["errorId"] in caplog.text
    assert "hunter2" in caplog.text


async def test_a_token_without_the_scope_is_stopped_at_the_edge_that_needs_it(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    made = await ann.ask(
        'mutation { apiTokenCreate(input: {name: "t", scopes: [ACCOUNT_READ]}) { secret apiToken { scopes } } }'
    )
    client = lab.client(made["apiTokenCreate"]["secret"])

    viewer = await client.post("/graphql", json={"query": VIEWER})
    organizations = await client.post("/graphql", json={"query": "{ organizations { nodes { id } } }"})

    assert viewer.json()["data"]["viewer"]["id"] == ann.id
    assert organizations.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN", "scope": "projects:read"}


async def test_a_token_manages_no_tokens(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    made = await ann.ask('mutation { apiTokenCreate(input: {name: "t"}) { secret apiToken { id } } }')
    client = lab.client(made["apiTokenCreate"]["secret"])
    create = 'mutation { apiTokenCreate(input: {name: "more"}) { secret } }'

    refused = await client.post("/graphql", json={"query": create})
    listed = await client.post("/graphql", json={"query": "{ viewer { apiTokens { name } } }"})
    ended = await ann.ask(
        "mutation ($id: ID!) { apiTokenRevoke(id: $id) { deletedId } }", id=made["apiTokenCreate"]["apiToken"]["id"]
    )
    after = await client.post("/graphql", json={"query": VIEWER})

    assert code_of(refused.json()) == code_of(listed.json()) == "FORBIDDEN"
    assert ended["apiTokenRevoke"]["deletedId"] == made["apiTokenCreate"]["apiToken"]["id"]
    assert after.status_code == 401
