"""What clients of the agent board do that changed nothing but their base URL."""

import httpx
from bson import ObjectId

from models import User
from models.base import collection, utc_now
from tests.rest.board_story import asked
from tests.rest.conftest import Api, Board


async def confirmed(api: Api, email: str) -> tuple[httpx.AsyncClient, str]:
    """Somebody whose address is confirmed, and their id."""
    person = await api.person(email)
    user_id: str = (await asked(person, "GET", "/auth/me"))["id"]
    await collection(User).update_one({"_id": ObjectId(user_id)}, {"$set": {"email_verified_at": utc_now()}})
    return person, user_id


async def test_who_is_made_a_member_of_an_organization_works_on_its_projects(api: Api, board: Board) -> None:
    # Given
    organization = await asked(board.ann, "POST", "/organizations", 201, name="Team")
    about = {"path": "/app", "organizationId": organization["id"]}
    project = await asked(board.ann, "POST", "/projects", 201, name="App", **about)
    bob, bob_id = await confirmed(api, "bob@example.com")

    # When
    await asked(board.ann, "POST", f"/organizations/{organization['id']}/members", 201, email="bob@example.com")

    # Then
    assert [each["id"] for each in await asked(bob, "GET", "/projects")] == [project["id"]]
    member = await asked(board.ann, "POST", f"/projects/{project['id']}/members", 201, email="bob@example.com")
    assert (member["userId"], member["status"]) == (bob_id, "active")
    theirs = await asked(bob, "POST", "/projects", 201, name="Site", **about)
    assert theirs["organizationId"] == organization["id"]


async def test_who_has_not_confirmed_an_address_is_told_apart_from_nobody_by_no_word(api: Api, board: Board) -> None:
    organization = await asked(board.ann, "POST", "/organizations", 201, name="Team")
    members = f"/api/organizations/{organization['id']}/members"
    await api.person("bob@example.com")

    answers = [await board.ann.post(members, json={"email": f"{name}@example.com"}) for name in ("bob", "nobody")]

    said = "An account that has confirmed this address not found"
    assert [(answer.status_code, answer.json()["error"]["message"]) for answer in answers] == [(404, said)] * 2
