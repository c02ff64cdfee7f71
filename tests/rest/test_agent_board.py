"""The agent board's interface: what is around its routes, and where it is."""

import re
from itertools import combinations

import httpx
import pytest
from bson import ObjectId
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from models import User
from models.base import collection, utc_now
from resolvers.kit.context import Context
from resolvers.subscribe import PROJECT_TYPES
from rest.agent_board.live.events import IN_PROJECT
from rest.app import Collision, build_routes, failures, interfaces, openapi, overlap
from rest.prefixes import Prefixes
from serving.cookies import CookieScope
from tests.rest.conftest import Api, Board
from tests.rest.told import told

KEY = {"idempotency-key": "b0a7"}
UNTOLD = re.compile(
    "(Automation|ChangelogEntry|Comment|CustomField|CustomFieldValues|Document|DocumentReview|Relation)[A-Z][a-z]+"
)
"""Events of what the agent board does not show: no route of it gives it."""


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing/here", 404, "NOT_FOUND"),
        ("GET", "/api", 404, "NOT_FOUND"),
        ("PUT", "/api/organizations", 405, "BAD_USER_INPUT"),
        ("GET", "/apis", 404, "NOT_FOUND"),
    ],
)
async def test_an_unknown_path_or_method_answers_in_the_dialect_of_its_prefix(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    answer = await api.client().request(method, path)

    assert (answer.status_code, told(answer).code) == (status, code)
    assert ("statusCode" in answer.json()) is (path == "/apis")


async def test_fields_that_are_not_declared_are_ignored(board: Board) -> None:
    mine = (await board.ann.get("/api/organizations")).json()["data"][0]
    sent = {"name": "Team", "plan": "free", "nested": {"a": [1]}}
    answer = await board.ann.patch(f"/api/organizations/{mine['id']}", json=sent)

    assert (answer.status_code, answer.json()["data"]) == (200, {"id": mine["id"], "name": "Team"})


async def test_an_id_of_a_path_that_is_malformed_or_of_another_kind_leads_nowhere(board: Board) -> None:
    nowhere = await board.ann.get(f"/api/projects/{board.project_id}/cards/card_001/attachments")
    other_kind = await board.ann.get(f"/api/projects/{board.todo}/cards/card_001/attachments")

    assert (nowhere.status_code, told(nowhere).code) == (404, "NOT_FOUND")
    assert (other_kind.status_code, told(other_kind).code) == (404, "NOT_FOUND")


async def test_the_problems_of_a_body_are_details_of_the_failure(board: Board) -> None:
    mine = (await board.ann.get("/api/organizations")).json()["data"][0]
    for headers in ({}, KEY):
        answer = await board.ann.patch(f"/api/organizations/{mine['id']}", json={"name": ""}, headers=headers)

        said = told(answer)
        assert (answer.status_code, said.code, said.details["field"]) == (400, "BAD_USER_INPUT", "name")
        assert [problem["field"] for problem in said.details["problems"]] == ["name"]


async def test_a_removal_that_is_asked_for_again_under_its_key_answers_nothing_again(api: Api, board: Board) -> None:
    organization = (await board.ann.get("/api/organizations")).json()["data"][-1]
    bob = await api.person("bob@example.com")
    bob_id = (await bob.get("/auth/me")).json()["user"]["id"]
    await collection(User).update_one({"_id": ObjectId(bob_id)}, {"$set": {"email_verified_at": utc_now()}})
    members = f"/api/organizations/{organization['id']}/members"
    assert (await board.ann.post(members, json={"email": "bob@example.com"})).status_code == 201

    answers = [await board.ann.delete(f"{members}/{bob_id}", headers=KEY) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_whatever_happens_in_a_project_is_told_or_is_of_what_the_board_does_not_show() -> None:
    assert {event for event in PROJECT_TYPES - IN_PROJECT.keys() if not UNTOLD.fullmatch(event)} == set()
    assert {event for event in IN_PROJECT if UNTOLD.fullmatch(event)} == set()


def test_no_route_of_one_interface_is_over_a_route_of_another() -> None:
    pairs = combinations(interfaces(), 2)

    over = [
        (known.path, route.path)
        for first, second in pairs
        for known in first.routes
        for route in second.routes
        if overlap(known.path, route.path)
    ]
    assert over == []


@pytest.mark.parametrize("prefix", ["/organizations", "/orgs"])
def test_a_prefix_that_leads_over_other_routes_is_refused(prefix: str) -> None:
    with pytest.raises(Collision):
        interfaces(Prefixes(prefix))


def test_a_path_that_begins_with_a_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a parameter"):
        interfaces(Prefixes("/{name}"))


async def test_another_prefix_moves_every_route_and_an_empty_one_leaves_them_out(api: Api) -> None:
    async def status(prefix: str, path: str) -> int:
        routes = build_routes(lambda _: _nobody(api), cookies=CookieScope(), prefixes=Prefixes(prefix))
        app = Starlette(routes=routes, exception_handlers={HTTPException: failures(Prefixes(prefix))})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
            return (await client.get(path)).status_code

    assert [await status("/board", path) for path in ("/board/organizations", "/api/organizations")] == [401, 404]
    assert [await status("", path) for path in ("/api/organizations", "/other")] == [404, 404]
    assert "/board/organizations" in openapi("1", "/", Prefixes("/board"))["paths"]
    assert not [path for path in openapi("1", "/", Prefixes(""))["paths"] if path.startswith("/api/")]


async def _nobody(api: Api) -> Context:
    return api.ctx
