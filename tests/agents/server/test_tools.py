"""Tools over MCP, by both generations of the protocol."""

import json

import jsonschema_rs
import pytest
from bson import ObjectId

from models import Card
from models.base import collection
from models.ids import Kind, new_id
from tests.agents.server.client import HANDSHAKE, MODERN, VERSIONS, Client
from tests.gateway.lab import Board


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest, board: Board) -> Client:
    return Client(board.ann.http, request.param)


@pytest.mark.parametrize("version", ["2025-06-18", HANDSHAKE])
async def test_a_client_of_the_handshake_learns_what_the_server_can(version: str, board: Board) -> None:
    client = Client(board.ann.http, version)
    about = {"name": "test", "version": "1"}

    told = await client.send("initialize", protocolVersion=version, capabilities={}, clientInfo=about)
    noted = await client.post({"jsonrpc": "2.0", "method": "notifications/initialized"})
    called = await client.call("whoami")

    assert told["result"]["protocolVersion"] == version
    assert board.workspace in called["content"][0]["text"]
    assert told["result"]["serverInfo"]["name"] == "orrery"
    assert "whoami" in told["result"]["instructions"]
    assert told["result"]["capabilities"]["tools"] == {"listChanged": False}
    assert noted.status_code == 202


async def test_a_modern_client_discovers_what_the_server_can(board: Board) -> None:
    told = await Client(board.ann.http, MODERN).send("server/discover")

    assert MODERN in told["result"]["supportedVersions"]
    assert "tools" in told["result"]["capabilities"]


async def test_tools_are_listed_with_schemas_and_annotations(client: Client) -> None:
    listed = (await client.send("tools/list"))["result"]
    tools = {tool["name"]: tool for tool in listed["tools"]}

    assert list(tools)[:4] == ["whoami", "search", "get_board", "list_cards"]
    assert tools["get_card"]["annotations"] == {"title": "Get card", "readOnlyHint": True}
    assert tools["update_card"]["outputSchema"]["required"] == ["status"]
    assert "nextCursor" not in listed
    if client.version == MODERN:
        assert (listed["ttlMs"], listed["cacheScope"]) == (300_000, "private")


async def test_a_card_is_written_and_read(client: Client, board: Board) -> None:
    made = await client.call("create_card", projectId=board.project, columnId=board.todo, title="By an agent")
    read = await client.call("get_card", id=made["structuredContent"]["card"]["id"])

    assert json.loads(made["content"][0]["text"]) == made["structuredContent"]
    [tool] = [one for one in (await client.send("tools/list"))["result"]["tools"] if one["name"] == "create_card"]
    jsonschema_rs.Draft202012Validator(tool["outputSchema"]).validate(made["structuredContent"])
    assert "structuredContent" not in read
    assert "title: By an agent" in read["content"][0]["text"]
    assert not read.get("isError")


async def test_the_graph_is_queried(client: Client, board: Board) -> None:
    query = "query ($id: ID!) { project(id: $id) { name } }"

    answered = await client.call("graph_query", query=query, variables={"id": board.project})

    assert json.loads(answered["content"][0]["text"]) == {"data": {"project": {"name": "Launch"}}}


async def test_what_is_refused_is_told_to_the_model(client: Client) -> None:
    missing = await client.call("get_card", id=str(new_id(Kind.CARD)))
    wrong = await client.call("list_cards", projectId="x")

    assert missing["isError"]
    assert missing["content"][0]["text"].startswith("NOT_FOUND: ")
    assert wrong["isError"]
    assert wrong["content"][0]["text"].startswith("BAD_USER_INPUT: projectId")


async def test_an_unknown_tool_is_a_wrong_parameter(client: Client) -> None:
    answered = await client.send("tools/call", name="no_such_tool", arguments={})

    assert answered["error"]["code"] == -32602


async def test_an_unknown_method_is_told_as_such(client: Client) -> None:
    assert (await client.send("tools/nothing"))["error"]["code"] == -32601


async def test_the_same_call_with_the_same_key_is_done_once(client: Client, board: Board) -> None:
    key = {"orrery/idempotencyKey": f"key-{ObjectId()}"}
    values = {"projectId": board.project, "title": f"Once {ObjectId()}"}

    first = await client.call("create_card", key, **values)
    again = await client.call("create_card", key, **values)
    other = await client.call("create_card", key, **{**values, "title": "Another"})

    assert again["structuredContent"] == first["structuredContent"]
    assert await collection(Card).count_documents({"title": values["title"]}) == 1
    assert other["content"][0]["text"].startswith("CONFLICT: ")


async def test_a_malformed_key_is_refused(client: Client, board: Board) -> None:
    answered = await client.call("create_card", {"orrery/idempotencyKey": "ä"}, projectId=board.project, title="X")

    assert answered["content"][0]["text"].startswith("BAD_USER_INPUT: _meta.orrery/idempotencyKey")
