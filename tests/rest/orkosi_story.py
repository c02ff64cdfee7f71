"""The part of the story of every route that Orkosi's client plays."""

from typing import Any

import httpx

from tests.rest.conftest import Api, Board

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


async def _probes(api: Api) -> None:
    for path, status in (("/version", None), ("/health", "ok"), ("/ready", "ready"), ("/arch-health", "ok")):
        answer = (await api.client().get(ORKOSI + path)).json()
        assert answer.get("status") == status
    assert (answer["machine"], answer["parts"]["database"]) == (None, "up")
