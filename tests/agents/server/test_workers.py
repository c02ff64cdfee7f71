"""Several workers over one database: what one of them begins, asks and tells goes on at any other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.database import Database
from gateway.settings import Settings
from tests.agents.server.agent import agent_of
from tests.agents.server.client import HANDSHAKE, MODERN, Client
from tests.agents.server.test_ask import ASKING
from tests.agents.server.test_resources import listening
from tests.agents.server.test_tasks import begin, look
from tests.gateway.lab import Board, Lab
from tests.loopback import NO_TLS
from tests.patience import PATIENCE
from tests.serving.wire_lab import gateway_of


@pytest.fixture(scope="module")
async def workers(settings: Settings, database: Database) -> AsyncIterator[list[str]]:
    """The addresses of two gateways over one database."""
    shared = replace(settings, bus_url="mongodb")
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(gateway_of(shared, database)) for _ in range(2)]


@pytest.fixture
async def clients(workers: list[str], board: Board) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Ann's, of each of the workers."""
    headers = {"authorization": f"Bearer {board.ann.token}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{address}", timeout=PATIENCE, headers=headers)
            )
            for address in workers
        ]


async def test_a_task_is_begun_by_one_worker_and_waited_for_at_another(
    clients: list[httpx.AsyncClient], board: Board, lab: Lab
) -> None:
    # Given
    agent = await agent_of(board, lab, HANDSHAKE)
    here, there = (Client(http, HANDSHAKE) for http in clients)
    task_id = (await begin(here, agent))["taskId"]

    # When
    message = there.message("tasks/result", taskId=task_id)
    waiting = asyncio.create_task(there.post(message))
    await agent.claim()
    await agent.finish(task_id, summary="Done there")

    # Then
    assert "Done there" in (await waiting).text
    assert (await look(there, task_id))["status"] == "completed"


async def test_what_one_worker_asks_is_answered_at_another(clients: list[httpx.AsyncClient], board: Board) -> None:
    here, there = (Client(http, MODERN, capabilities=ASKING) for http in clients)
    call: dict[str, Any] = {"name": "delete_card", "arguments": {"id": await board.card("Doomed")}}

    asked = (await here.send("tools/call", **call))["result"]
    answers = {"confirm": {"action": "accept", "content": {"confirm": True}}}
    done = (await there.send("tools/call", **call, inputResponses=answers))["result"]

    assert asked["resultType"] == "input_required"
    assert done["structuredContent"]["status"] == "DONE"


async def test_who_listens_at_one_worker_hears_of_what_is_done_at_another(
    workers: list[str], clients: list[httpx.AsyncClient], board: Board
) -> None:
    uri = f"orrery://project/{board.project}"
    here, there = (Client(http, MODERN) for http in clients)

    async def made(client: Client) -> str:
        result = await client.call("create_card", projectId=board.project, title="Told")
        cursor: str = result["structuredContent"]["cursor"]
        return cursor

    async with listening(workers[0], board, [uri]) as messages:
        await anext(messages)
        cursors = [await made(there)]
        heard = [await anext(messages)]
    cursors += [await made(here), await made(there)]
    async with listening(workers[1], board, [uri], heard[0]["params"]["_meta"]["orrery/cursor"]) as messages:
        await anext(messages)
        heard += [await anext(messages), await anext(messages)]

    assert [message["params"]["_meta"]["orrery/cursor"] for message in heard] == cursors
