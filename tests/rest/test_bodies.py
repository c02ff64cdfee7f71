"""Bodies that are refused: each with a clear error, a stable code and nothing written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rest.app import TABLE, openapi
from rest.routing import Route
from serving import body as reading
from serving.body import parse_object
from tests.rest.conftest import Api, Board, made

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b'{"name": "\xff"}', "not valid UTF-8"),
        (b'{"name": NaN}', "NaN"),
        (b'{"name": -Infinity}', "Infinity"),
        (b'{"name": 1e999}', "out of range"),
        (b'{"name": 9223372036854775808}', "64 bits"),
        (b'{"name": ' + b"9" * 5000 + b"}", "64 bits"),
        (b'{"name": [1, {"a": -9223372036854775809}], "b": "1234567890123456789"}', "64 bits"),
        (b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"name": "a\\u0000b"}', "name: must not hold a NUL"),
        (b'{"name": "\\ud800"}', "name: is not valid Unicode"),
        (b'{"\\udfff": 1}', "is not valid Unicode"),
        (b'{"project": {"name": ["\\ud800"]}}', "project.name.0: is not valid Unicode"),
        (b'{"name": {"$gt": ""}}', "name: must be text"),
        (b'{"name": 7}', "name: must be text"),
        (b'{"name": "x", "unknown": 1}', "unknown: "),
        (b'{"name": "x", "workspaceId": "000000004100000000000000"}', "set by the path"),
        (b"{}", "name: "),
        (b"", "name: "),
    ],
)
async def test_a_body_that_is_no_input_is_refused_with_a_reason(board: Board, body: bytes, message: str) -> None:
    answer = await board.ann.post(f"{board.workspace}/projects", content=body, headers=JSON)

    failure = answer.json()
    assert (failure["statusCode"], failure["error"], failure["code"]) == (400, "Bad Request", "BAD_USER_INPUT")
    assert message in failure["message"]
    assert len((await board.ann.get(f"{board.workspace}/projects")).json()) == 1


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b'{"a": "1234567890123456789012"}', {"a": "1234567890123456789012"}),
        (b'{"a": [9223372036854775807, -9223372036854775808]}', {"a": [2**63 - 1, -(2**63)]}),
        (b'{"a": 0.12345678901234567890123}', {"a": 0.12345678901234567890123}),
        (b'{"a": "\\u00e9\\ud83d\\ude00", "\\u00e9": 1}', {"a": "\xe9\U0001f600", "\xe9": 1}),
        (b'{"a": "\\\\u0000"}', {"a": "\\u0000"}),
        (b'\xef\xbb\xbf{"a": true}', {"a": True}),
    ],
)
def test_what_only_looks_like_something_that_cannot_be_stored_is_read(sent: bytes, read: dict[str, Any]) -> None:
    assert parse_object(sent, "application/json") == read


async def test_the_problems_name_every_field_at_fault(board: Board) -> None:
    body = {"title": "", "priority": "urgent", "dueDate": "tomorrow", "assigneeId": "me"}

    answer = await board.ann.post(f"{board.path}/cards", json=body)

    assert {problem["field"] for problem in answer.json()["problems"]} == body.keys()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_that_is_not_json_is_refused_by_its_type(board: Board, content_type: str) -> None:
    answer = await board.ann.post(
        f"{board.workspace}/projects", content=b'{"name": "x"}', headers={"content-type": content_type}
    )

    assert (answer.status_code, answer.json()["error"]) == (415, "Unsupported Media Type")


async def test_a_key_that_comes_twice_counts_once(board: Board) -> None:
    answer = await board.ann.post(
        f"{board.workspace}/projects", content=b'{"name": "first", "name": "last"}', headers=JSON
    )

    assert answer.json()["name"] == "last"


async def test_a_body_over_the_limit_is_refused_while_it_is_read(board: Board) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"name": "'
        while sent < 64:
            sent += 1
            yield b"x" * 64 * 1024

    answer = await board.ann.post(f"{board.workspace}/projects", content=endless(), headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert "content-length" not in answer.request.headers
    assert sent < 64


async def test_an_announced_length_over_the_limit_is_refused_at_once(board: Board) -> None:
    answer = await board.ann.post(f"{board.path}/cards", content=b"{}", headers={**JSON, "content-length": "1048577"})

    assert answer.status_code == 413


async def test_an_import_may_be_larger_than_other_bodies(board: Board) -> None:
    columns = [{"name": "Only"}]
    cards = [{"title": f"Card {place}", "columnIndex": 0, "description": "x" * 4500} for place in range(300)]

    project = await made(
        board.ann, f"{board.workspace}/projects/import", project={"name": "Large"}, columns=columns, cards=cards
    )

    assert len((await board.ann.get(f"{board.workspace}/projects/{project['id']}/cards")).json()) == 300


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing/here", 404), ("PUT", "/organizations", 405)])
async def test_an_unknown_path_or_method_answers_like_any_failure(
    api: Api, method: str, path: str, status: int
) -> None:
    answer = await api.client().request(method, path)

    assert (answer.status_code, answer.json()["statusCode"]) == (status, status)


async def test_a_path_takes_head_wherever_it_takes_get(board: Board) -> None:
    answer = await board.ann.head(f"{board.path}/cards")

    assert answer.status_code == 200


@pytest.mark.parametrize("slug", ["a%00b", "%ED%A0%80", "%FF", "$ne", "x" * 5000, "..%2F..", "%7B%22$gt%22:%22%22%7D"])
@pytest.mark.parametrize("path", ["/organizations/{}", "/orgs/{}/workspaces/eng", "/orgs/acme/workspaces/{}/projects"])
async def test_a_slug_that_cannot_exist_is_not_found_or_refused(board: Board, path: str, slug: str) -> None:
    answer = await board.ann.get(path.format(slug))

    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("wrong", ["me", "0" * 23, "g" * 24, "%00" * 24])
async def test_an_id_of_the_path_that_is_none_is_refused_by_its_name(board: Board, wrong: str) -> None:
    answer = await board.ann.get(f"{board.path}/cards/{wrong}")

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "cardId")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "cards/{}"),
        ("GET", "cards/{}/comments"),
        ("POST", "columns/{}/cards"),
        ("DELETE", "members/{}"),
        ("DELETE", "relations/{}"),
    ],
)
async def test_an_id_of_the_path_that_nobody_has_is_not_found_whatever_it_was_made_for(
    board: Board, method: str, path: str
) -> None:
    answers = [
        await board.ann.request(
            method, f"{board.path}/{path.format(wrong)}", json={"title": "Lens"} if method == "POST" else None
        )
        for wrong in ("0" * 24, "665f1a2b3c4d5e6f7a8b9c0d", board.project_id)
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


@pytest.mark.parametrize(
    ("path", "body", "optional"),
    [
        ("{project}/cards", {"title": "Lens"}, ["checklist", "labelIds", "priority"]),
        ("{project}/labels", {"name": "bug"}, ["color"]),
        ("{project}/automations", {"trigger": "task_moved", "action": {"type": "notify"}}, ["conditions", "enabled"]),
        ("{workspace}/documents", {"title": "Retries"}, ["content", "docType", "tags", "contextType"]),
        ("{workspace}/pipelines", {"name": "Review", "steps": []}, ["enabled", "description"]),
        ("{workspace}/project-drafts", {"name": "Launch"}, ["contextDocuments", "teamMembers"]),
        ("{workspace}/members/invite", {"email": "bob@example.com"}, ["role"]),
        ("{workspace}/agents", {"name": "Otto", "slug": "otto"}, ["autonomyMode", "mcpOnly", "tools"]),
        ("{workspace}/pilotage/actions/propose", {"actionType": "Hire", "explanation": "Now"}, ["payload"]),
        ("/api-tokens", {"name": "CI"}, ["scopes", "expiresAt"]),
    ],
)
async def test_null_for_what_may_be_left_out_is_as_good_as_nothing(
    board: Board, path: str, body: dict[str, Any], optional: list[str]
) -> None:
    # Given
    address = path.format(project=board.path, workspace=board.workspace)

    # When
    answer = await board.ann.post(address, json={**body, **dict.fromkeys(optional)})

    # Then
    assert answer.status_code == 201, answer.text


async def test_null_is_refused_for_what_is_required_and_for_what_a_change_cannot_empty(board: Board) -> None:
    # Given
    label = await made(board.ann, f"{board.path}/labels", name="bug", color="#112233")

    # When
    required = await board.ann.post(f"{board.path}/labels", json={"name": None})
    changed = await board.ann.patch(f"{board.path}/labels/{label['id']}", json={"color": None})

    # Then
    assert (required.status_code, required.json()["details"]["field"]) == (400, "name")
    assert (changed.status_code, changed.json()["message"]) == (400, "color: must not be null")


async def test_a_body_of_very_many_fields_is_refused_before_they_are_looked_at(board: Board) -> None:
    answer = await board.ann.post(f"{board.path}/cards", json={"title": "A", **{f"k{n}": n for n in range(1_000)}})

    assert (answer.status_code, answer.json()["message"]) == (400, "body: has more than 1000 fields")


async def test_an_import_tells_of_its_first_bad_card(board: Board) -> None:
    bad = {"title": 5, "priority": "none"}
    body = {"project": {"name": "A"}, "cards": [{"title": "fine"}, bad, bad]}
    answer = await board.ann.post(f"{board.workspace}/projects/import", json=body)

    assert answer.json()["details"] == {"field": "cards.1.title", "index": 1}
    assert [one["field"] for one in answer.json()["problems"]] == ["cards.1.title", "cards.1.priority"]


async def test_a_long_path_is_not_repeated_whole(api: Api) -> None:
    answer = await api.client().get("/" + "a" * 5_000)

    assert (answer.status_code, answer.headers["x-content-type-options"]) == (404, "nosniff")
    assert len(answer.content) < 400


async def test_a_body_that_does_not_come_is_not_waited_for(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BODY_SECONDS", 0.01)
    never = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield b'{"email": '
        await never.wait()

    client = httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url="http://testserver")
    answer = await client.post("/auth/login", content=stalled(), headers=JSON)
    await client.aclose()

    assert (answer.status_code, answer.json()["code"]) == (408, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "route", [one for one in TABLE if one.body is not None], ids=lambda one: f"{one.method} {one.path}"
)
def test_a_body_that_is_required_is_told_so(route: Route) -> None:
    documented = openapi("1", "http://localhost")["paths"][route.path][route.method.lower()]["requestBody"]["required"]

    assert documented is route.needs_body
    assert route.needs_body or route.method == "POST" or route.may_be_empty


async def test_a_change_without_a_body_is_refused(api: Api) -> None:
    ann = await api.person("ann@example.com")

    refused = await ann.patch("/auth/me")
    nothing = await ann.patch("/auth/me", json={})

    assert (refused.status_code, refused.json()["message"]) == (400, "The body must be a JSON object")
    assert nothing.status_code == 200
