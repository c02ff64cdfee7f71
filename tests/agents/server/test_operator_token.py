"""The token of the environment reads one workspace over MCP, and does nothing else."""

from collections.abc import AsyncIterator, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from bson import ObjectId

from agents.server.operator_token import OperatorToken, operator_token
from agents.server.server import Running
from auth.subject import Subject
from gateway.app import create_app
from gateway.database import Database
from gateway.settings import Settings, SettingsError
from models import Agent
from models.base import collection
from models.caller import current_caller
from models.enums import TokenScope
from models.ids import Kind, new_id
from tests.agents.server.client import MODERN, VERSIONS, Client
from tests.agents.server.outage import no_database
from tests.gateway.lab import Board, Lab

TOKEN = "the-operators-token-" * 2


@pytest.fixture(scope="module")
async def reading(settings: Settings, database: Database, board: Board) -> AsyncIterator[Lab]:
    """A gateway that has such a token for the board's workspace."""
    token = operator_token(TOKEN, board.workspace)
    app = create_app(replace(settings, mcp_token=token), database=database)
    async with app.router.lifespan_context(app):
        opened = Lab(app)
        yield opened
        for client in opened.clients:
            await client.aclose()


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_reads_its_workspace_and_no_other(version: str, reading: Lab, board: Board, lab: Lab) -> None:
    client = Client(reading.client(TOKEN), version)
    card = await board.card("To be read")

    read = await client.call("get_card", id=card)
    reach = (await client.call("whoami"))["content"][0]["text"]
    made = await collection(Agent).count_documents({"slug": "mcp-reader"})

    assert "title: To be read" in read["content"][0]["text"]
    assert board.workspace in reach
    assert "projects:write" not in reach
    assert made == 1


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("update_card", {"title": "Written"}), ("call_tool", {"name": "delete_card", "arguments": {}})],
)
async def test_it_changes_nothing(tool: str, arguments: dict[str, Any], reading: Lab, board: Board) -> None:
    card = await board.card("Stays")
    given = {**arguments, "arguments": {"id": card}} if tool == "call_tool" else {"id": card, **arguments}

    refused = await Client(reading.client(TOKEN), MODERN).call(tool, **given)

    assert refused["content"][0]["text"].startswith("FORBIDDEN")


async def test_no_other_door_takes_it(reading: Lab, board: Board) -> None:
    http: httpx.AsyncClient = reading.client(TOKEN)

    asked = await http.post("/graphql", json={"query": "{ viewer { id } }"})

    assert asked.status_code == 401
    assert (await http.get("/orgs")).status_code in (401, 404)


async def test_one_of_a_workspace_that_is_gone_is_none(settings: Settings, database: Database) -> None:
    token = OperatorToken(TOKEN, new_id(Kind.WORKSPACE))
    app = create_app(replace(settings, mcp_token=token), database=database)
    async with app.router.lifespan_context(app):
        lab = Lab(app)
        client = Client(lab.client(TOKEN), MODERN)
        assert (await client.post(client.message("tools/list"))).status_code == 401
        await lab.clients[0].aclose()


async def test_who_comes_with_it_is_somebody_at_an_address(
    reading: Lab, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[tuple[str | None, Hashable | None]] = []
    lacks = Running.lacks

    def seen(self: Running, subject: Subject, message: Any) -> TokenScope | None:
        came.append((subject.source, current_caller()))
        return lacks(self, subject, message)

    monkeypatch.setattr(Running, "lacks", seen)

    await Client(reading.client(TOKEN), MODERN).call("get_card", id=await board.card("To be read"))

    assert came == [("127.0.0.1", "127.0.0.1")]


async def test_it_calls_no_more_a_minute_than_its_agent_may(reading: Lab, board: Board) -> None:
    client, card = Client(reading.client(TOKEN), MODERN), await board.card("To be read")
    await client.call("get_card", id=card)
    reader = {"slug": "mcp-reader", "workspace_id": ObjectId(board.workspace)}
    await collection(Agent).update_one(reader, {"$set": {"rate_limit": 1}})

    try:
        read, refused = [(await client.call("get_card", id=card))["content"][0]["text"] for _ in range(2)]
    finally:
        await collection(Agent).update_one(reader, {"$set": {"rate_limit": None}})

    assert "title: To be read" in read
    assert refused.startswith("RATE_LIMITED")


async def test_who_comes_while_the_database_is_away_is_told_to_come_again(reading: Lab) -> None:
    client = Client(reading.client(TOKEN), MODERN)

    with no_database():
        answered = await client.post(client.message("tools/list"))

    assert answered.status_code == 503
    assert answered.headers["retry-after"] == "1"
    assert "try again later" in answered.json()["error"]["message"]


@pytest.mark.parametrize(
    ("token", "workspace"),
    [
        (TOKEN, None),
        (None, str(new_id(Kind.WORKSPACE))),
        ("short", str(new_id(Kind.WORKSPACE))),
        ("ü" * 32, str(new_id(Kind.WORKSPACE))),
        (TOKEN, str(new_id(Kind.CARD))),
    ],
    ids=["no workspace", "no token", "too short", "in no header", "a card"],
)
def test_a_token_that_is_set_wrongly_is_told(token: str | None, workspace: str | None, tmp_path: Path) -> None:
    told = {"ORRERY_DATA_DIR": str(tmp_path), "MCP_TOKEN": token, "MCP_TOKEN_WORKSPACE": workspace}
    environ = {name: value for name, value in told.items() if value is not None}

    with pytest.raises(SettingsError, match="MCP_TOKEN"):
        Settings.from_env(environ)
