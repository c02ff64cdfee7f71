"""What Orkosi's client does with organizations, their members and the invitations to them."""

import httpx

from tests.rest.conftest import Board
from tests.rest.orkosi_story import ORKOSI, asked

ALL = f"{ORKOSI}/organizations"


async def orkosi_organizations(board: Board, bob: httpx.AsyncClient) -> None:
    """Every route of them."""
    ann = board.ann
    crew = await asked(ann, "POST", ALL, 201, name="Crew", slug="crew")
    path = f"{ALL}/{crew['id']}"
    picture = "https://example.com/crew.png"
    assert (await asked(ann, "PATCH", path, avatar_url=picture))["avatar_url"] == picture
    await _invited(ann, bob, path)
    members = await asked(ann, "GET", f"{path}/members")
    assert [member["role"] for member in members] == ["owner", "viewer"]
    assert (await asked(bob, "GET", path))["member_count"] == 2
    number = members[1]["user_id"]
    assert (await asked(ann, "PATCH", f"{path}/members/{number}", role="admin"))["role"] == "admin"

    second = await asked(ann, "POST", ALL, 201, name="Second crew")
    other = f"{ALL}/{second['id']}"
    added = await asked(ann, "POST", f"{other}/members", 201, user_id=str(number), role="member")
    assert (added["user_id"], added["role"]) == (number, "member")
    assert await asked(ann, "DELETE", f"{path}/members/{number}") == {"id": number, "deleted": True}
    assert [each["slug"] for each in await asked(bob, "GET", f"{ALL}?limit=200")][-1] == second["slug"]
    for gone in (crew, second):
        assert await asked(ann, "DELETE", f"{ALL}/{gone['id']}") == {"id": gone["id"], "deleted": True}
    assert (await bob.get(other)).status_code == 404


async def _invited(ann: httpx.AsyncClient, bob: httpx.AsyncClient, path: str) -> None:
    """Bob accepts an invitation, after which it is pending no more."""
    invited = await asked(ann, "POST", f"{path}/invites", 201, email="bob@example.com", role="viewer")
    assert [each["id"] for each in await asked(ann, "GET", f"{path}/invites")] == [invited["id"]]
    joined = await asked(bob, "POST", f"{ALL}/invites/{invited['token']}/accept")
    assert (joined["email"], joined["role"]) == ("bob@example.com", "viewer")
    assert await asked(ann, "GET", f"{path}/invites") == []
