"""Every method of MCP tells of what is another tenant's as of what does not exist, over the protocol itself."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from agents.oauth.place import Place
from agents.server.address import KINDS
from agents.server.endpoint import McpEndpoint
from agents.server.prompts import WORKSPACE
from agents.server.server import LISTEN
from agents.tools.catalogue import TOOLS
from gateway.graph import served_graph
from models.pilotage_enums import PilotageIntent
from serving.graph.document_limits import DEFAULTS
from serving.graph.engine import GraphEngine
from tests.agents.server.client import HANDSHAKE, VERSIONS, Client
from tests.denials.test_foreign import absent
from tests.loopback import NO_TLS
from tests.patience import PATIENCE
from tests.serving.wire_lab import on_port
from tests.world.world import Ids, World

Params = dict[str, Any]
Asks = Callable[[Ids], list[Params]]

TASKS: Params = {"extensions": {"io.modelcontextprotocol/tasks": {}}}


def _tool(tool: str, **arguments: Any) -> Params:
    return {"name": tool, "arguments": arguments}


def _uris(ids: Ids) -> list[str]:
    return [f"orrery://{kind}/{ids[kind]}{suffix}" for kind in KINDS for suffix in ("", "/events", "/events?after=x")]


def _nothing(_: Ids) -> list[Params]:
    return [{}]


def _task(ids: Ids) -> list[Params]:
    return [{"taskId": str(ids["mission"])}]


CALLS: Mapping[str, Asks] = {
    "ping": _nothing,
    "server/discover": _nothing,
    "initialize": lambda _: [
        {"protocolVersion": HANDSHAKE, "capabilities": {}, "clientInfo": {"name": "walk", "version": "1"}}
    ],
    "tools/list": _nothing,
    "tools/call": lambda ids: [
        _tool("find_tools", query=str(ids["card"])),
        _tool("call_tool", name="get_card", arguments={"id": str(ids["card"])}),
        _tool(
            "graph_query", query=f'{{ node(id: "{ids["card"]}") {{ id }} project(id: "{ids["project"]}") {{ name }} }}'
        ),
        _tool("get_card", id=str(ids["card"])),
    ],
    "resources/list": _nothing,
    "resources/templates/list": _nothing,
    "resources/read": lambda ids: [{"uri": uri} for uri in _uris(ids)],
    "prompts/list": _nothing,
    "prompts/get": lambda ids: [
        *({"name": intent.value, "arguments": {WORKSPACE: str(ids["workspace"])}} for intent in PilotageIntent),
        {"name": f"eng.{ids['skill']}"},
    ],
    "tasks/list": _nothing,
    "tasks/get": _task,
    "tasks/result": _task,
    "tasks/cancel": _task,
    "tasks/update": lambda ids: [{"taskId": str(ids["mission"]), "inputResponses": {"answer": {"action": "decline"}}}],
    LISTEN: lambda ids: [{"notifications": {"resourceSubscriptions": _uris(ids), "taskIds": [str(ids["mission"])]}}],
}
"""A call of each method for each thing that it may name."""

OF_TOOLS_ALONE = {"find_tools", "call_tool", "graph_query"}
"""Tools that run no operation: those that do are walked over in `test_tools`."""


@pytest.fixture(scope="module")
async def endpoint(world: World) -> AsyncIterator[McpEndpoint]:
    engine = GraphEngine(served_graph(), world.owner.services, limits=DEFAULTS, production=False)
    opened = McpEndpoint(lambda: engine, frozenset(), "1", Place("http://127.0.0.1:3001", is_public=False))
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def outsider(world: World, endpoint: McpEndpoint) -> AsyncIterator[httpx.AsyncClient]:
    async with on_port(Starlette(routes=[Route("/mcp", endpoint)])) as address:
        headers = {"authorization": f"Bearer {world.tokens['outsider']}"}
        async with httpx.AsyncClient(
            verify=NO_TLS, base_url=f"http://{address}", headers=headers, timeout=PATIENCE
        ) as http:
            yield http


async def answer(client: Client, method: str, params: Params) -> str:
    """All that is answered, or the first that who listens is told."""
    message = client.message(method, **params)
    async with client.http.stream("POST", "/mcp", json=message, headers=client.headers(message)) as response:
        if method == LISTEN and response.headers["content-type"].startswith("text/event-stream"):
            return await anext(line async for line in response.aiter_lines() if line.startswith("data: {"))
        return (await response.aread()).decode()


async def test_every_method_and_every_tool_is_walked_over(endpoint: McpEndpoint) -> None:
    server = (await endpoint._started())._answering.app

    assert set(server._request_handlers) == CALLS.keys() - {"initialize"}
    assert {name for name, tool in TOOLS.items() if tool.operation is None} == OF_TOOLS_ALONE


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("method", sorted(CALLS))
async def test_a_method_tells_nothing_of_what_is_another_tenants(
    method: str, version: str, world: World, outsider: httpx.AsyncClient
) -> None:
    nowhere = absent(world.ids)
    foreign = [name for name in world.ids if not name.startswith("outsider")]
    for there_asked, nowhere_asked in zip(CALLS[method](world.ids), CALLS[method](nowhere), strict=True):
        told_there = await answer(Client(outsider, version, capabilities=TASKS), method, there_asked)
        told_nowhere = await answer(Client(outsider, version, capabilities=TASKS), method, nowhere_asked)

        assert [name for name in foreign if str(world.ids[name]) in told_nowhere] == []
        for name in foreign:
            told_there = told_there.replace(str(world.ids[name]), name)
            told_nowhere = told_nowhere.replace(str(nowhere[name]), name)
        assert told_there == told_nowhere
