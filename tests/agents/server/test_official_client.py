"""The official Python client does a day of work: it negotiates by itself, validates what it reads, and listens."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
import pytest
from bson import ObjectId
from mcp import Client, types
from mcp.client.session import MessageHandlerFnT
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.subscriptions import ResourceUpdated

from agents.tools.catalogue import LISTED
from models import Mission
from models.base import collection
from tests.agents.server.agent import agent_of
from tests.agents.server.client import MODERN
from tests.gateway.lab import Board, Lab
from tests.patience import PATIENCE, until
from tests.serving.proxy_lab import proxy

OF_AGENTS = {"claim_mission", "report_mission", "finish_mission"}


@asynccontextmanager
async def connected(
    address: str, token: str, mode: str, hear: MessageHandlerFnT | None = None
) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http:
        transport = streamable_http_client(f"http://{address}/mcp", http_client=http)
        async with Client(transport, mode=mode, message_handler=hear) as client:
            yield client


def text_of(result: types.CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, types.TextContent)
    return content.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_day_of_work(mode: str, address: str, board: Board) -> None:
    async with connected(address, board.ann.token, mode) as client:
        # Find
        listed = await client.list_tools()
        found = text_of(await client.call_tool("find_tools", {"query": "create a label"}))
        # Write
        label = await client.call_tool(
            "call_tool", {"name": "create_label", "arguments": {"projectId": board.project, "name": mode}}
        )
        assert label.structured_content is not None
        values = {"projectId": board.project, "title": "Card", "labelIds": [label.structured_content["label"]["id"]]}
        card = await client.call_tool("create_card", values)
        assert card.structured_content is not None
        # Read
        read = text_of(await client.call_tool("get_card", {"id": card.structured_content["card"]["id"]}))
        resource = await client.read_resource(f"orrery://card/{card.structured_content['card']['id']}")

    assert [tool.name for tool in listed.tools] == [name for name in LISTED if name not in OF_AGENTS]
    assert "- create_label: " in found
    assert re.search(rf"^labels: {mode} \[\w+\]$", read, re.MULTILINE)
    [contents] = resource.contents
    assert isinstance(contents, types.TextResourceContents)
    assert contents.text == read


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_change_is_approved_and_an_agent_run(mode: str, address: str, board: Board, lab: Lab) -> None:
    agent = await agent_of(board, lab, MODERN)
    token = agent.client.http.headers["authorization"].removeprefix("Bearer ")
    card = await board.card("Old")
    heard: list[str | None] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message)

    async with connected(address, board.ann.token, mode) as ann, connected(address, token, mode) as worker:
        # Write with approval
        asked = await worker.call_tool("update_card", {"id": card, "title": "New"})
        assert asked.structured_content is not None
        proposal = asked.structured_content["proposal"]["id"]
        await ann.call_tool("decide_proposals", {"ids": [proposal], "approved": True})
        read = text_of(await ann.call_tool("get_card", {"id": card}))
        # Run an agent
        running = asyncio.create_task(ann.call_tool("run_agent", agent.asked, progress_callback=hear))
        await until(lambda: bool(heard))
        await agent.claim()
        [mission] = await collection(Mission).find({"agent_id": ObjectId(agent.id)}).to_list()
        await agent.finish(str(mission["_id"]), summary="All in order")
        ran = await running
        # Cancel
        heard.clear()
        stopped = asyncio.create_task(ann.call_tool("run_agent", agent.asked, progress_callback=hear))
        await until(lambda: bool(heard))
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        wanted = {"agent_id": ObjectId(agent.id), "status": "cancelled"}
        async with asyncio.timeout(PATIENCE):
            while await collection(Mission).count_documents(wanted) == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    assert asked.structured_content["status"] == "PENDING"
    assert "title: New" in read
    assert ran.structured_content is not None
    assert ran.structured_content["mission"]["summary"] == "All in order"


async def test_it_listens_over_a_cut_and_misses_nothing(address: str, board: Board) -> None:
    uri = f"orrery://project/{board.project}"
    cursors: asyncio.Queue[str] = asyncio.Queue()

    async def hear(message: object) -> None:
        assert isinstance(message, types.ResourceUpdatedNotification), message
        cursors.put_nowait((message.params.meta or {})["orrery/cursor"])

    async def since(cursor: str) -> tuple[list[str], str]:
        """The cards that were made after a cursor, and where the events end."""
        [told] = (await client.read_resource(f"{uri}/events?after={cursor}")).contents
        assert isinstance(told, types.TextResourceContents)
        made = re.findall(r"^- CardCreated .*?card: .*? \[(\w+)\]", told.text, re.MULTILINE)
        return made, re.findall(r"^events: \d+, no more, next: after=(\S+)", told.text)[0]

    async with AsyncExitStack() as stack:
        # Given a client that hears of a card
        listener = socket.create_server(("127.0.0.1", 0))
        here = listener.getsockname()
        async with proxy(address, listener=listener) as through:
            client = await stack.enter_async_context(connected(through, board.ann.token, "auto", hear))
            following = await stack.enter_async_context(client.listen(resource_subscriptions=[uri]))
            await board.card("Heard")
            assert await anext(following) == ResourceUpdated(uri)

        # When the connection is cut, cards are made, and it listens again
        with pytest.raises(SubscriptionLost):
            await anext(following)
        missed = [await board.card(f"Missed {number}") for number in range(3)]
        await stack.enter_async_context(proxy(address, listener=socket.create_server(here)))
        following = await stack.enter_async_context(client.listen(resource_subscriptions=[uri]))
        found, end = await since(await cursors.get())
        later = await board.card("Later")
        assert await anext(following) == ResourceUpdated(uri)

        # Then
        assert found == missed
        assert (await since(end))[0] == [later]
        assert cursors.qsize() == 1  # nothing twice
