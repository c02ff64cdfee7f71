"""A call of run_agent that is followed: how far the mission is, and that who cancels the call ends it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from bson import ObjectId

from agents.server import progress
from models import Mission
from models.base import collection
from tests.agents.server.agent import Agent, agent_of
from tests.agents.server.client import HANDSHAKE, MODERN, VERSIONS, Client
from tests.gateway.lab import Board, Lab
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

TOKEN = {"progressToken": "p1"}


@pytest.fixture(params=VERSIONS)
async def agent(request: pytest.FixtureRequest, board: Board, lab: Lab) -> Agent:
    return await agent_of(board, lab, request.param)


@asynccontextmanager
async def ann_at(address: str, board: Board, version: str) -> AsyncIterator[Client]:
    """Her client over a real connection."""
    headers = {"authorization": f"Bearer {board.ann.token}"}
    async with httpx.AsyncClient(
        verify=NO_TLS, base_url=f"http://{address}", timeout=PATIENCE, headers=headers
    ) as http:
        yield Client(http, version)


@asynccontextmanager
async def followed(ann: Client, agent: Agent) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The messages of a call that begins a mission and wishes to hear of it."""
    message = ann.message("tools/call", TOKEN, name="run_agent", arguments=agent.asked)
    async with ann.http.stream("POST", "/mcp", json=message, headers=ann.headers(message)) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield (json.loads(line[6:]) async for line in response.aiter_lines() if line.startswith("data: {"))


async def mission_of(agent: Agent) -> dict[str, Any]:
    """The only mission of an agent."""
    [found] = await collection(Mission).find({"agent_id": ObjectId(agent.id)}).to_list()
    return dict(found)


async def ended(agent: Agent) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while (found := await mission_of(agent))["finished_at"] is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def test_a_client_hears_how_far_a_mission_is_and_what_came_of_it(
    address: str, board: Board, agent: Agent
) -> None:
    async with ann_at(address, board, agent.client.version) as ann, followed(ann, agent) as messages:
        first = await anext(messages)
        await agent.claim()
        second = await anext(messages)
        await agent.finish(str((await mission_of(agent))["_id"]), summary="All in order")
        others = [message async for message in messages]

    notes = [first, second, *others[:-1]]
    assert {note["method"] for note in notes} == {"notifications/progress"}
    assert [note["params"]["progress"] for note in notes] == list(range(1, len(notes) + 1))
    assert {note["params"]["progressToken"] for note in notes} == {"p1"}
    assert first["params"]["message"] == "Waits for its agent."
    assert others[-1]["result"]["structuredContent"]["mission"]["summary"] == "All in order"


async def test_a_call_that_takes_long_is_answered_with_the_mission_as_it_stands(
    address: str, board: Board, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "FOLLOWED_SECONDS", 0.1)

    async with ann_at(address, board, agent.client.version) as ann, followed(ann, agent) as messages:
        told = [message async for message in messages]

    assert told[-1]["result"]["structuredContent"]["mission"]["status"] == "queued"
    assert (await mission_of(agent))["status"] == "queued"


async def test_a_message_that_cancels_the_call_ends_the_mission(address: str, board: Board, lab: Lab) -> None:
    agent = await agent_of(board, lab, HANDSHAKE)
    note = {"jsonrpc": "2.0", "method": "notifications/cancelled"}

    async with ann_at(address, board, HANDSHAKE) as ann, followed(ann, agent) as messages:
        await anext(messages)
        other = await ann.post({**note, "params": {"requestId": 999}})
        still = (await mission_of(agent))["status"]
        await ann.post({**note, "params": {"requestId": ann.number}})
        left = [message async for message in messages]

    assert other.status_code == 202
    assert still == "queued"
    assert (await ended(agent))["status"] == "cancelled"
    assert left[-1]["result"]["isError"]


async def test_leaving_ends_the_mission_in_the_later_generation(address: str, board: Board, lab: Lab) -> None:
    agent = await agent_of(board, lab, MODERN)

    async with ann_at(address, board, MODERN) as ann, followed(ann, agent) as messages:
        await anext(messages)

    assert (await ended(agent))["status"] == "cancelled"


async def test_leaving_ends_nothing_in_the_earlier_one(address: str, board: Board, lab: Lab) -> None:
    agent = await agent_of(board, lab, HANDSHAKE)

    async with ann_at(address, board, HANDSHAKE) as ann:
        async with followed(ann, agent) as messages:
            await anext(messages)
        await agent.claim()
        await agent.finish(str((await mission_of(agent))["_id"]))

    assert (await mission_of(agent))["status"] == "completed"


async def test_who_does_not_wish_to_hear_is_answered_at_once(board: Board, agent: Agent) -> None:
    ann = Client(board.ann.http, agent.client.version)

    started = await ann.call("run_agent", **agent.asked)

    assert started["structuredContent"]["mission"]["status"] == "queued"


async def test_a_read_whose_client_has_left_is_ended(
    address: str, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, ended_early = asyncio.Event(), asyncio.Event()

    async def endless(*_: Any) -> str:
        began.set()
        try:
            return str(await asyncio.Future())
        except asyncio.CancelledError:
            ended_early.set()
            raise

    monkeypatch.setattr("agents.server.answers.call_tool", endless)
    async with ann_at(address, board, MODERN) as ann:
        asking = asyncio.create_task(ann.call("whoami"))
        async with asyncio.timeout(PATIENCE):
            await began.wait()
            asking.cancel()
            await ended_early.wait()
