"""What the story of every route is told with."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.rest.conftest import PASSWORD, Api, Board
from tests.world.paths import BOARD


@dataclass(frozen=True)
class Cast(Board):
    """Ann's board, with a card, and who else is in the story: Bob, whom she works with."""

    api: Api
    bob: httpx.AsyncClient
    card: str

    @property
    def card_path(self) -> str:
        """Where the card is."""
        return f"{self.path}/cards/{self.card}"

    @property
    def orkosi(self) -> str:
        """Where Orkosi's interface is for requests about the workspace."""
        return base_of(self)


def base_of(board: Board) -> str:
    """Where Orkosi's interface is for requests about a board's workspace."""
    _, _, organization, _, workspace = board.workspace.split("/")
    return f"/orkosi/w/{organization}/{workspace}/api"


async def read(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changed(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.patch(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def deleted(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.delete(path)
    assert (answer.status_code, answer.json()) == (200, {"ok": True}), answer.text


async def ask_board(client: httpx.AsyncClient, method: str, path: str, status: int = 200, /, **body: Any) -> Any:
    """What an answer of the agent board has in its envelope; None for one without a body."""
    answer = await client.request(method, BOARD + path, json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json().get("data") if answer.content else None


async def ask_orkosi(client: httpx.AsyncClient, method: str, path: str, status: int = 200, /, **body: Any) -> Any:
    """What an answer of Orkosi's interface has in its envelope."""
    answer = await client.request(method, path, json=body or None)
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"data", "meta"}
    return answer.json()["data"]


async def board_project(ann: httpx.AsyncClient, name: str) -> str:
    """Where the agent board has a project of its own, with the columns that it gives to one."""
    created = await ask_board(ann, "POST", "/projects", 201, name=name, path=f"/home/user/{name}")
    return f"/projects/{created['id']}"


async def set_up(api: Api) -> None:
    """The first account, before all others: of who runs the installation."""
    first = {"email": "root@example.com", "password": PASSWORD, "displayName": "Root"}
    created = await ask_board(api.client(), "POST", "/auth/setup", 201, **first)
    assert created["user"]["role"] == "super_admin"
    again = await api.client().post(BOARD + "/auth/setup", json={**first, "email": "other@example.com"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")


async def root_of(api: Api) -> httpx.AsyncClient:
    """Who runs the installation, signed in."""
    signed_in = await ask_board(api.client(), "POST", "/auth/login", email="root@example.com", password=PASSWORD)
    return api.client(signed_in["token"])
