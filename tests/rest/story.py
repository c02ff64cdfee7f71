"""What the story of every route is told with."""

from typing import Any

import httpx


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
