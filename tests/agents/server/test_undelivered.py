"""A client that was cut off sends its call again: it is told what came of the first, and nothing is done twice."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from bson import ObjectId

from agents.server import answers
from agents.tools.catalogue import call_tool
from models import Card
from models.base import collection
from tests.agents.server.client import VERSIONS, Client
from tests.gateway.lab import Board
from tests.patience import PATIENCE


class Held:
    """Holds every call of a tool until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go, self.done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def __call__(self, ctx: Any, name: str, arguments: Mapping[str, Any], engine: Any) -> Any:
        self.begun.set()
        await self.let_go.wait()
        try:
            return await call_tool(ctx, name, arguments, engine)
        finally:
            self.done.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held()
    monkeypatch.setattr(answers, "call_tool", held)
    return held


async def send_and_leave(address: str, client: Client, message: dict[str, Any], held: Held) -> None:
    """Send a message, and close the connection once it is being answered."""
    request = client.http.build_request("POST", "/mcp", json=message, headers=client.headers(message))
    _, writer = await asyncio.open_connection(*address.split(":"))
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items() if name != "connection")
    writer.write(f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + request.content)
    await writer.drain()
    async with asyncio.timeout(PATIENCE):
        await held.begun.wait()
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0.05)  # the server is told of it by the loop


@pytest.mark.parametrize("let_go_first", [True, False], ids=["afterwards", "meanwhile"])
@pytest.mark.parametrize("version", VERSIONS)
async def test_the_same_call_again_is_given_the_answer_that_found_nobody(
    version: str, let_go_first: bool, board: Board, address: str, held: Held
) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=PATIENCE) as http:
        # Given
        http.headers["authorization"] = f"Bearer {board.ann.token}"
        client = Client(http, version)
        values = {"projectId": board.project, "title": f"Once {ObjectId()}"}
        await send_and_leave(address, client, client.message("tools/call", name="create_card", arguments=values), held)

        # When
        if let_go_first:
            held.let_go.set()
            async with asyncio.timeout(PATIENCE):
                await held.done.wait()
            await asyncio.sleep(0.05)  # the answer is on its way to nobody
        again = asyncio.create_task(client.send("tools/call", name="create_card", arguments=values))
        await asyncio.sleep(0.05)
        held.let_go.set()
        told = await again
        third = await client.send("tools/call", name="create_card", arguments=values)

    # Then
    card = told["result"]["structuredContent"]["card"]["id"]
    assert json.loads(told["result"]["content"][0]["text"])["card"]["id"] == card
    assert third["result"]["structuredContent"]["card"]["id"] != card
    assert await collection(Card).count_documents({"title": values["title"]}) == 2
