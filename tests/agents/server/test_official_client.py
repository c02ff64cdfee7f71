"""The official Python client works with the server: it negotiates by itself, validates what it reads, and listens."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp import Client, types
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.subscriptions import ResourceUpdated

from agents.tools.catalogue import LISTED
from tests.gateway.lab import Board

OF_AGENTS = {"claim_mission", "report_mission", "finish_mission"}


@asynccontextmanager
async def connected(address: str, board: Board, mode: str) -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {board.ann.token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"http://{address}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


def text_of(result: types.CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, types.TextContent)
    return content.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_day_of_work(mode: str, address: str, board: Board) -> None:
    async with connected(address, board, mode) as client:
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


async def test_it_listens(address: str, board: Board) -> None:
    card = await board.card("Followed")
    uri = f"orrery://card/{card}"

    async with connected(address, board, "auto") as client, client.listen(resource_subscriptions=[uri]) as following:
        await client.call_tool("update_card", {"id": card, "title": "Heard"})
        heard = await anext(aiter(following))

    assert heard == ResourceUpdated(uri)
