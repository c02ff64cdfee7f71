"""Orkosi's users: who may do what to whom, and what a number of a stranger is answered."""

from typing import Any

import httpx

from models import User
from models.base import collection
from models.enums import ServerRole
from tests.rest.conftest import Api, Board, made
from tests.rest.story import base_of
from tests.world.paths import ORKOSI


async def runs_it(email: str, role: ServerRole = ServerRole.USER) -> None:
    """Have somebody do something with the installation, or nothing."""
    await collection(User).update_one({"email": email}, {"$set": {"server_role": role.value}})


async def joined(api: Api, board: Board, name: str) -> httpx.AsyncClient:
    """A new member of the board's workspace and organization."""
    token = (await made(board.ann, f"{board.workspace}/members/invite", email=f"{name}@example.com"))["token"]
    person = await api.person(f"{name}@example.com")
    await made(person, f"/invitations/{token}/accept")
    return person


async def test_admins_keep_the_people_and_accounts_are_kept_by_whoever_runs_the_installation(
    api: Api, board: Board
) -> None:
    # Given an organization of Ann, who runs nothing, with Bob and Cleo; and a stranger
    users, ann = base_of(board) + "/users", board.ann
    bob, cleo = await joined(api, board, "bob"), await joined(api, board, "cleo")
    await api.person("eve@example.com")
    await runs_it("ann@example.com")
    known = {user["email"].partition("@")[0]: user["id"] for user in (await ann.get(users)).json()["data"]}
    eve: Any = await collection(User).find_one({"email": "eve@example.com"})

    async def refused(by: httpx.AsyncClient, method: str, path: str, **body: Any) -> tuple[int, str]:
        answer = await by.request(method, path, json=body or None)
        return answer.status_code, answer.json()["error"]["message"]

    # Then a stranger's number, and a stranger's id, are what nobody has
    unknown = [
        await refused(ann, "GET", f"{users}/{name}")
        for name in (eve["number"], eve["_id"], 1_999_999_999, 9_999_999_999)
    ]
    assert {*unknown} == {(404, "User not found")}

    # And an admin who does not run the installation gives nobody a name or an address, and removes nobody's account
    bobs = f"{users}/{known['bob']}"
    for body in ({"email": "mine@example.com", "role": "viewer"}, {"username": "mine"}):
        assert (await refused(ann, "PATCH", bobs, **body))[0] == 403
    assert (await refused(bob, "PATCH", bobs, role="admin"))[0] == 403
    assert (await refused(ann, "PATCH", f"{users}/{known['ann']}", role="viewer"))[0] == 409
    assert (await ann.get(bobs)).json()["data"]["role"] == "member"
    assert (await ann.patch(f"{users}/{known['ann']}", json={"username": "ann"})).json()["data"]["username"] == "ann"
    assert (await ann.delete(bobs)).json()["data"] == {"id": known["bob"], "deleted": True}
    assert (await bob.get("/auth/me")).status_code == 200

    # When she runs it, she does
    await runs_it("ann@example.com", ServerRole.SUPER_ADMIN)
    cleos = f"{users}/{known['cleo']}"
    changed = (await ann.patch(cleos, json={"username": "c.leo", "email": "c@example.com", "role": "editor"})).json()
    shown = {name: changed["data"][name] for name in ("username", "email", "role", "persona")}
    assert shown == {"username": "c.leo", "email": "c@example.com", "role": "member", "persona": "editor"}
    assert (await refused(ann, "PATCH", cleos, username="ann"))[0] == 409
    assert (await refused(ann, "DELETE", f"{users}/{known['ann']}"))[0] == 403
    assert (await ann.delete(cleos)).status_code == 200
    assert (await cleo.get("/auth/me")).status_code == 401


async def test_nobody_deletes_an_account_of_their_own_that_others_rely_on(api: Api, board: Board) -> None:
    mine, bob = f"{ORKOSI}/users/me", await joined(api, board, "bob")
    token = await made(bob, "/api-tokens", name="CI")

    async def refused(by: httpx.AsyncClient) -> tuple[int, str]:
        answer = await by.delete(mine)
        return answer.status_code, answer.json()["error"]["code"]

    await runs_it("ann@example.com")
    owner, by_token = await refused(board.ann), await refused(api.client(token["token"]))
    await runs_it("bob@example.com", ServerRole.ADMIN)
    admin = await refused(bob)
    await runs_it("bob@example.com")

    assert [owner, by_token, admin] == [(403, "FORBIDDEN")] * 3
    assert (await bob.delete(mine)).json()["data"]["deleted"] is True
