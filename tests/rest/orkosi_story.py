"""The part of the story of every route that Orkosi's client plays."""

from typing import Any

import httpx

from tests.rest.conftest import PASSWORD, Api, Board

ORKOSI = "/orkosi/api"


def base_of(board: Board) -> str:
    """Where the interface is for requests about a board's workspace."""
    _, _, organization, _, workspace = board.workspace.split("/")
    return f"/orkosi/w/{organization}/{workspace}/api"


async def asked(client: httpx.AsyncClient, method: str, path: str, status: int = 200, /, **body: Any) -> Any:
    """What an answer has in its envelope."""
    answer = await client.request(method, path, json=body or None)
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"data", "meta"}
    return answer.json()["data"]


async def orkosi(api: Api, board: Board, bob: httpx.AsyncClient) -> None:
    """Every route of Orkosi's interface."""
    await _probes(api)
    await _account(api)


async def _account(api: Api) -> None:
    account = {"username": "rui", "email": "rui@example.com", "password": PASSWORD}
    agreed = {"terms_accepted": True, "privacy_accepted": True}
    made = await api.client().post(f"{ORKOSI}/auth/register", json={**account, **agreed})
    assert (made.status_code, made.json()["user"]["username"]) == (201, "rui")
    rui = await api.client().post(f"{ORKOSI}/auth/login", json={"email": account["email"], "password": PASSWORD})
    assert (rui.status_code, rui.json()["user"]) == (200, made.json()["user"])
    went_on = await api.client().post(f"{ORKOSI}/auth/refresh", json={"refresh_token": rui.json()["refresh_token"]})
    signed_in = api.client(went_on.json()["token"])
    assert await asked(signed_in, "GET", f"{ORKOSI}/auth/me") == rui.json()["user"]
    forgotten = {"email": account["email"]}
    assert await asked(api.client(), "POST", f"{ORKOSI}/auth/forgot-password", **forgotten) == {"success": True}
    assert await asked(signed_in, "POST", f"{ORKOSI}/auth/logout", all_devices=True) == {"success": True}
    assert (await api.client(made.json()["token"]).get(f"{ORKOSI}/auth/me")).status_code == 401


async def _probes(api: Api) -> None:
    for path, status in (("/version", None), ("/health", "ok"), ("/ready", "ready"), ("/arch-health", "ok")):
        answer = (await api.client().get(ORKOSI + path)).json()
        assert answer.get("status") == status
    assert (answer["machine"], answer["parts"]["database"]) == (None, "up")
