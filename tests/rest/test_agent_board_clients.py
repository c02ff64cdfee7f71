"""What clients of the agent board do that changed nothing but their base URL."""

import httpx
import pytest
from bson import ObjectId

from models import Credential, User
from models.base import collection, utc_now
from models.errors import BadUserInput
from models.installation import OIDC_SECRET
from resolvers.credential.sealed import opened
from resolvers.inputs.installation import MAX_LOG, MAX_PEOPLE
from resolvers.installation.secret import open_secret
from resolvers.kit.input import read_input
from rest.agent_board.runs import PlanReview
from tests.rest.conftest import PASSWORD, Api, Board
from tests.rest.story import ask_board
from tests.world.paths import BOARD

Sent = tuple[str | None, bytes, str | None]
"""A part of a form: the name of its file, its bytes, and its type."""


async def confirmed(api: Api, email: str) -> tuple[httpx.AsyncClient, str]:
    """Somebody whose address is confirmed, and their id."""
    person = await api.person(email)
    user_id: str = (await ask_board(person, "GET", "/auth/me"))["id"]
    await collection(User).update_one({"_id": ObjectId(user_id)}, {"$set": {"email_verified_at": utc_now()}})
    return person, user_id


async def administrator(api: Api) -> httpx.AsyncClient:
    """Whoever runs the installation."""
    first = {"email": "root@example.com", "password": PASSWORD, "displayName": "Root"}
    return api.client((await ask_board(api.client(), "POST", "/auth/setup", 201, **first))["token"])


async def test_who_is_made_a_member_of_an_organization_works_on_its_projects(api: Api, board: Board) -> None:
    # Given
    organization = await ask_board(board.ann, "POST", "/organizations", 201, name="Team")
    about = {"path": "/app", "organizationId": organization["id"]}
    project = await ask_board(board.ann, "POST", "/projects", 201, name="App", **about)
    bob, bob_id = await confirmed(api, "bob@example.com")

    # When
    await ask_board(board.ann, "POST", f"/organizations/{organization['id']}/members", 201, email="bob@example.com")

    # Then
    assert [each["id"] for each in await ask_board(bob, "GET", "/projects")] == [project["id"]]
    member = await ask_board(board.ann, "POST", f"/projects/{project['id']}/members", 201, email="bob@example.com")
    assert (member["userId"], member["status"]) == (bob_id, "active")
    theirs = await ask_board(bob, "POST", "/projects", 201, name="Site", **about)
    assert theirs["organizationId"] == organization["id"]


async def test_who_has_not_confirmed_an_address_is_told_apart_from_nobody_by_no_word(api: Api, board: Board) -> None:
    organization = await ask_board(board.ann, "POST", "/organizations", 201, name="Team")
    members = f"/api/organizations/{organization['id']}/members"
    await api.person("bob@example.com")

    answers = [await board.ann.post(members, json={"email": f"{name}@example.com"}) for name in ("bob", "nobody")]

    said = "An account that has confirmed this address not found"
    assert [(answer.status_code, answer.json()["error"]["message"]) for answer in answers] == [(404, said)] * 2


@pytest.mark.parametrize("typed", ["", "sk-ant-...****", "****"])
async def test_a_credential_that_is_renamed_in_a_form_keeps_its_key(api: Api, board: Board, typed: str) -> None:
    # Given
    about = {"provider": "anthropic", "apiKey": "sk-ant-0123456789abcdef"}
    created = await ask_board(board.ann, "POST", "/credentials", 201, name="Key", **about)
    assert created["apiKey"] == "sk-ant-...****"

    # When
    path = f"/credentials/{created['id']}"
    changed = await ask_board(board.ann, "PATCH", path, name="Renamed", provider="anthropic", apiKey=typed)

    # Then
    assert (changed["name"], changed["apiKey"]) == ("Renamed", "sk-ant-...****")
    record = await collection(Credential).find_one({"_id": ObjectId(created["id"])})
    assert record is not None
    assert await opened(api.ctx.services.vault, record) == "sk-ant-0123456789abcdef"


async def test_a_provider_whose_secret_is_sent_as_it_is_shown_keeps_it(api: Api) -> None:
    # Given
    root = await administrator(api)
    told = {"issuerUrl": "https://login.example", "clientId": "orrery", "clientSecret": "the secret"}
    shown = await ask_board(root, "POST", "/settings/oidc", **told)

    # When
    changed = await ask_board(root, "POST", "/settings/oidc", **{**shown, "clientId": "gateway"})

    # Then
    assert changed == {**shown, "clientId": "gateway"}
    assert await open_secret(api.ctx.services.vault, OIDC_SECRET) == "the secret"


async def test_a_secret_that_is_not_shown_goes_to_no_other_provider(api: Api) -> None:
    root = await administrator(api)
    masked = {"issuerUrl": "https://login.example", "clientId": "orrery", "clientSecret": "****"}
    before = await root.post(BOARD + "/settings/oidc", json=masked)
    await ask_board(root, "POST", "/settings/oidc", **{**masked, "clientSecret": "the secret"})

    after = await root.post(BOARD + "/settings/oidc", json={**masked, "issuerUrl": "https://other.example"})

    assert [answer.json()["error"]["details"]["field"] for answer in (before, after)] == ["clientSecret"] * 2
    assert (await ask_board(root, "GET", "/settings/oidc"))["issuerUrl"] == "https://login.example"


def test_a_plan_is_approved_by_a_form_whose_text_is_empty() -> None:
    assert read_input(PlanReview, {"approved": True, "feedback": ""}).feedback is None
    for nothing in ({}, {"feedback": ""}):
        with pytest.raises(BadUserInput) as refused:
            read_input(PlanReview, {"approved": False, **nothing})
        assert refused.value.field == "feedback"


async def test_more_runs_and_messages_than_are_sent_at_once_may_be_asked_for(board: Board) -> None:
    card = (await ask_board(board.ann, "POST", "/cards", 201, projectId=board.project_id, title="Roof"))["id"]

    agent = f"/projects/{board.project_id}/cards/{card}/agent"
    assert await ask_board(board.ann, "GET", f"{agent}/messages?limit=10000") == {"messages": [], "hasMore": False}
    assert await ask_board(board.ann, "GET", f"{agent}/sessions?limit=10000") == []


async def test_more_accounts_and_entries_than_are_sent_at_once_may_be_asked_for(api: Api) -> None:
    root = await administrator(api)

    assert await ask_board(root, "GET", f"/logs?limit={MAX_LOG + 1}") == []
    assert (await ask_board(root, "GET", f"/admin/users?limit={MAX_PEOPLE + 1}"))["total"] == 1


async def test_a_parameter_without_a_value_is_none(board: Board) -> None:
    everything = await ask_board(board.ann, "GET", "/projects")

    assert await ask_board(board.ann, "GET", "/projects?organizationId=") == everything
    columns = f"/projects/{board.project_id}/columns"
    assert await ask_board(board.ann, "GET", f"{columns}?boardId=") == await ask_board(board.ann, "GET", columns)
    assert (await board.ann.get(f"{BOARD}/users/search?q=")).status_code == 400


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "b0a7"}])
async def test_fields_of_a_form_beside_its_file_are_ignored(board: Board, headers: dict[str, str]) -> None:
    # Given
    card = (await ask_board(board.ann, "POST", "/cards", 201, projectId=board.project_id, title="Roof"))["id"]
    path = f"{BOARD}/projects/{board.project_id}/cards/{card}/attachments"
    note: Sent = (None, b"a note", None)
    text: Sent = ("roof.txt", b"leaks", "text/plain")

    # When
    parts = [("before", note), ("file", text), ("after", note)]
    answer = await board.ann.post(path, files=parts, headers=headers)

    # Then
    assert (answer.status_code, answer.json()["data"]["size"]) == (201, 5)
    for wrong in ([("file", text), ("other", text)], [("other", text), ("file", text)], [("file", note)]):
        assert (await board.ann.post(path, files=wrong)).status_code == 400


async def test_the_projects_of_an_organization_are_put_into_an_order_by_their_ids_alone(board: Board) -> None:
    # Given
    organization = await ask_board(board.ann, "POST", "/organizations", 201, name="Team")
    about = {"path": "/app", "organizationId": organization["id"]}
    first, second = [
        (await ask_board(board.ann, "POST", "/projects", 201, name=name, **about))["id"] for name in ("First", "Second")
    ]

    # When
    ordered = await ask_board(board.ann, "PATCH", "/projects/reorder", ids=[second, first])

    # Then
    assert [(project["id"], project["position"]) for project in ordered] == [(second, 0), (first, 1)]
    assert len(await ask_board(board.ann, "GET", "/projects")) == 3
    refused = await board.ann.patch(BOARD + "/projects/reorder", json={"ids": [first]})
    assert refused.status_code == 409


async def test_a_pre_session_is_come_back_to_by_beginning_one(board: Board) -> None:
    # Given
    project = f"/projects/{board.project_id}"
    card = (await ask_board(board.ann, "POST", "/cards", 201, projectId=board.project_id, title="Roof"))["id"]
    begun = await ask_board(board.ann, "POST", f"{project}/pre-session", 201, cardId=card)

    # When
    again = await ask_board(board.ann, "POST", f"{project}/pre-session", 201, cardId=card)
    await ask_board(board.ann, "POST", f"{project}/pre-session/{again['sessionId']}/cancel")
    anew = await ask_board(board.ann, "POST", f"{project}/pre-session", 201, cardId=card)

    # Then
    assert again == begun
    assert anew["sessionId"] != begun["sessionId"]


async def test_panels_of_cards_that_are_gone_keep_no_others_from_being_kept(board: Board) -> None:
    new = {"projectId": board.project_id, "title": "Roof"}
    gone, card = [(await ask_board(board.ann, "POST", "/cards", 201, **new))["id"] for _ in range(2)]
    await ask_board(board.ann, "DELETE", f"/projects/{board.project_id}/cards/{gone}", 204)

    states = {card: {"open": True}, gone: {"open": True}}
    kept = await ask_board(board.ann, "PUT", f"/projects/{board.project_id}/panel-states", **states)

    assert kept == {card: {"open": True}}


@pytest.mark.parametrize("path", ["/settings/notifications", "/settings/keyboard-shortcuts"])
async def test_what_clients_set_comes_back_whatever_its_shape(board: Board, path: str) -> None:
    # Given
    kept = {"sound": True, "newCard": ["ctrl", "n"], "quiet": {"from": 22}}
    before = await ask_board(board.ann, "GET", path)
    settings = await ask_board(board.ann, "GET", "/user/settings")

    # When
    changed = await ask_board(board.ann, "PUT", path, **kept)

    # Then
    assert changed == await ask_board(board.ann, "GET", path) == {**before, **kept}
    assert await ask_board(board.ann, "GET", "/user/settings") == settings
    assert await ask_board(board.ann, "PUT", path, **dict.fromkeys(kept)) == before


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("PATCH", "boards/nowhere", "Board not found"),
        ("POST", "pre-session/nowhere/accept", "Pre-session not found"),
    ],
)
async def test_what_is_not_there_is_called_as_clients_know_it(board: Board, method: str, path: str, said: str) -> None:
    answer = await board.ann.request(method, f"{BOARD}/projects/{board.project_id}/{path}", json={})

    assert (answer.status_code, answer.json()["error"]["message"]) == (404, said)


async def test_a_prompt_is_as_long_as_what_a_mission_may_be_asked(board: Board) -> None:
    # Given
    long = "Mend the roof. " * 1_000
    about = {"projectId": board.project_id, "title": "Roof", "prompt": long}
    card = (await ask_board(board.ann, "POST", "/cards", 201, **about))["id"]
    path = f"/projects/{board.project_id}/cards/{card}"

    # When
    steps = [{"columnId": board.todo, "prompt": long}]
    pipeline = await ask_board(board.ann, "PUT", f"{path}/pipeline", steps=steps)
    column = await ask_board(board.ann, "PATCH", f"/projects/{board.project_id}/columns/{board.todo}", prompt=long)

    # Then
    assert (await ask_board(board.ann, "GET", path))["prompt"] == long
    assert (pipeline["steps"][0]["prompt"], column["prompt"]) == (long, long)
    refused = await board.ann.patch(BOARD + path, json={"prompt": "x" * 20_001})
    assert refused.json()["error"]["details"]["field"] == "prompt"


async def test_a_template_that_was_made_for_no_organization_is_one_for_all_of_them(api: Api, board: Board) -> None:
    # Given
    organization = await ask_board(board.ann, "POST", "/organizations", 201, name="Team")
    about = {"path": "/app", "organizationId": organization["id"]}
    project = await ask_board(board.ann, "POST", "/projects", 201, name="App", **about)
    columns = [{"name": "Ideas", "columnType": "backlog"}]
    mine = await ask_board(board.ann, "POST", "/board-templates", 201, name="Mine", columns=columns)
    ours = await ask_board(
        board.ann, "POST", "/board-templates", 201, name="Ours", columns=columns, organizationId=organization["id"]
    )

    # When
    boards = f"/projects/{project['id']}/boards"
    made = await ask_board(board.ann, "POST", boards, 201, name="Sprint", templateId=mine["id"])

    # Then
    found = await ask_board(board.ann, "GET", f"/projects/{project['id']}/columns?boardId={made['id']}")
    assert [column["name"] for column in found] == ["Ideas"]
    assert [each["name"] for each in await ask_board(board.ann, "GET", "/board-templates")][1:] == ["Mine", "Ours"]
    assert (await ask_board(board.ann, "GET", f"/board-templates?organizationId={organization['id']}"))[1:] == [ours]
    bob = await api.person("bob@example.com")
    theirs = (await ask_board(bob, "POST", "/board-templates", 201, name="Theirs", columns=columns))["id"]
    refused = await board.ann.post(BOARD + boards, json={"name": "Sprint", "templateId": theirs})
    assert refused.json()["error"]["details"]["field"] == "templateId"
