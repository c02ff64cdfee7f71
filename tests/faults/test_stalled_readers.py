"""A hundred sockets that stop reading, on a gateway of their own process: bounded memory, and nobody else notices."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect

from gateway.client import SUBPROTOCOL, Client
from gateway.demo import CREATE_AGENT, CREATE_MISSION
from gateway.demo_mission import CLAIM
from tests.gateway.process import serving
from tests.patience import PATIENCE

STALLED = 100
READERS = 10
EVENTS = 2_500
IN_A_REPORT = 50
CONTENT = "What the agent did, and why. " * 40
SMALL = 4_096

WATCH = """subscription ($id: ID!, $after: Cursor) { missionEvents(missionId: $id, after: $after) {
  __typename
  ... on MissionActivityAdded { activity { content } }
  ... on StreamLagged { dropped resumeFrom } } }"""
REPORT = """mutation ($id: ID!, $input: MissionReportInput!) { missionReport(id: $id, input: $input) { cursor } }"""
MISSION = """{ organizations { nodes { workspaces { nodes { id } } } } }"""


@dataclass(slots=True)
class Reader:
    """A subscriber with small buffers of its own, which reads when it is told to."""

    socket: ClientConnection
    numbers: list[int] = field(default_factory=list)
    lagged: list[tuple[int, str, str]] = field(default_factory=list)
    """What it was told it missed: how many, from where on, and the cursor of the event before."""
    cursor: str = ""

    @classmethod
    async def at(cls, client: Client, mission: str, after: str | None = None) -> Self:
        parts = urlsplit(client.url)
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        plain.connect((parts.hostname, parts.port))
        plain.setblocking(False)
        address = f"ws://{parts.netloc}/graphql"
        opened = await connect(
            address,
            sock=plain,
            subprotocols=[SUBPROTOCOL],
            max_queue=1,
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        init = {"authorization": f"Bearer {client.token}"}
        await opened.send(json.dumps({"type": "connection_init", "payload": init}))
        async with asyncio.timeout(PATIENCE):
            assert json.loads(await opened.recv())["type"] == "connection_ack"  # before it nobody may subscribe
        asked = {"query": WATCH, "variables": {"id": mission, "after": after}}
        await opened.send(json.dumps({"type": "subscribe", "id": "1", "payload": asked}))
        reader = cls(opened)
        await reader.until("StreamReady")
        return reader

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        clock = asyncio.get_running_loop().time
        async with asyncio.timeout(PATIENCE) as patience:
            async for text in self.socket:
                patience.reschedule(clock() + PATIENCE)
                message = json.loads(text)
                if message["type"] == "ping":
                    await self.socket.send('{"type":"pong"}')
                else:
                    assert message["type"] == "next", message
                    assert "errors" not in message["payload"], message
                    event: dict[str, Any] = message["payload"]["data"]["missionEvents"]
                    yield {**event, "cursor": message["payload"]["extensions"]["cursor"]}

    async def until(self, end: int | str) -> None:
        """Read up to an event, by its number or its type."""
        async for event in self.events():
            name = event["__typename"]
            if name == "MissionActivityAdded":
                self.numbers.append(int(event["activity"]["content"].partition(" ")[0]))
            elif name == "StreamLagged":
                self.lagged.append((event["dropped"], event["resumeFrom"], self.cursor))
            self.cursor = event["cursor"]
            if name == end or (self.numbers and self.numbers[-1] == end):
                return


def _prepare(url: str) -> tuple[Client, Client, str]:
    """Somebody who watches, an agent, and its mission under way."""
    account = {"email": "ada@example.com", "password": secrets.token_hex(16)}
    owner = Client(url).signed_in(Client(url).request("POST", "/auth/register", account)["access_token"])
    workspace = owner.graphql(MISSION)["organizations"]["nodes"][0]["workspaces"]["nodes"][0]["id"]
    given = {"workspaceId": workspace, "name": "Atlas", "slug": "atlas"}
    made = owner.graphql(CREATE_AGENT, {"input": given})["agentCreate"]
    wanted = {"agentId": made["agent"]["id"], "prompt": "Polish the lens"}
    mission = owner.graphql(CREATE_MISSION, {"input": wanted})["missionCreate"]["mission"]["id"]
    agent = owner.signed_in(made["token"])
    agent.graphql(CLAIM, {"workspaceId": workspace})
    return owner, agent, mission


async def _stay(readers: list[Reader]) -> None:
    """Answer pings that nobody has read: a socket without an answer is closed after 40 seconds, which a busy machine
    may need for all that is written meanwhile.
    """
    while True:
        for one in readers:
            await one.socket.send('{"type":"pong"}')
        await asyncio.sleep(5)


def _report(agent: Client, mission: str, first: int, last: int) -> None:
    """Events with the numbers from `first` to `last`."""
    for start in range(first, last + 1, IN_A_REPORT):
        numbers = range(start, min(start + IN_A_REPORT, last + 1))
        activities = [{"kind": "THOUGHT", "content": f"{number} {CONTENT}"} for number in numbers]
        agent.graphql(REPORT, {"id": mission, "input": {"activities": activities}})


@pytest.mark.slow("a hundred and ten sockets, and 2,500 events for each")
async def test_a_hundred_stalled_readers_cost_little_disturb_nobody_and_are_told(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as gateway:
        async with AsyncExitStack() as stack:
            owner, agent, mission = await asyncio.to_thread(_prepare, gateway.url)
            process = psutil.Process(gateway.process.pid)

            everyone: list[Reader] = []
            staying = asyncio.create_task(_stay(everyone))
            stack.callback(staying.cancel)

            async def reader(after: str | None = None) -> Reader:
                one = await Reader.at(owner, mission, after)
                everyone.append(one)
                # Without a closing handshake, which a stalled one would wait for, one after the other.
                stack.callback(one.socket.transport.abort)
                return one

            # Given a hundred who stop reading, and ten who go on
            stalled = [await reader() for _ in range(STALLED)]
            readers = [await reader() for _ in range(READERS)]
            await asyncio.to_thread(_report, agent, mission, 1, 1)
            before = process.memory_info().rss

            # When more happens than their queues hold
            async with asyncio.TaskGroup() as group:
                for one in readers:
                    group.create_task(one.until(EVENTS))
                group.create_task(asyncio.to_thread(_report, agent, mission, 2, EVENTS))
            grown = process.memory_info().rss - before

            # Then the process has hardly grown, and the ten got all of it in order
            assert grown < 100_000_000
            assert all(one.numbers == list(range(1, EVENTS + 1)) for one in readers)
            assert not any(one.lagged for one in readers)

            # And when the others read again, each gets what was kept, in order, and is told of the rest
            await asyncio.gather(*(one.until("StreamLagged") for one in stalled))
            for one in stalled:
                (dropped, resume_from, cursor), *more = one.lagged
                assert not more
                assert one.numbers == list(range(1, EVENTS - dropped + 1))
                assert resume_from == cursor
                assert dropped > EVENTS - 1_500

            # And is live once more, and misses nothing where it resumes
            await asyncio.to_thread(_report, agent, mission, EVENTS + 1, EVENTS + 1)
            await asyncio.gather(*(one.until(EVENTS + 1) for one in stalled[:3]))
            assert stalled[0].numbers[-1] == EVENTS + 1
            resumed = await reader(stalled[0].lagged[0][1])
            assert resumed.numbers == list(range(EVENTS - stalled[0].lagged[0][0] + 1, EVENTS + 2))
