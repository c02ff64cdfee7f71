"""Resources over MCP: read as tools tell of them, out of reach as what does not exist, and followed without a gap."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from bson import ObjectId
from mcp.shared.subscriptions import SUBSCRIPTION_ID_META_KEY
from pymongo.errors import AutoReconnect

from agents.server import resources
from agents.server import tasks as task_module
from agents.server.address import Address
from agents.server.listen import Followed, Listening
from agents.server.resources import place_of
from auth.subject import Credential, Subject
from models import WorkspaceMember
from models.base import collection
from models.enums import TokenScope
from models.ids import Kind, new_id
from realtime.payload import EventPayload
from resolvers.kit.context import Context, Services
from tests.agents.server.agent import agent_of
from tests.agents.server.client import HANDSHAKE, MODERN, VERSIONS, Client
from tests.gateway.lab import Board, Lab, make_board
from tests.patience import PATIENCE, until

META = "_meta"


@pytest.fixture(params=VERSIONS)
def client(request: pytest.FixtureRequest, board: Board) -> Client:
    return Client(board.ann.http, request.param)


async def text_at(client: Client, uri: str) -> str:
    answered = await client.send("resources/read", uri=uri)
    [found] = answered["result"]["contents"]
    assert found["uri"] == uri
    text: str = found["text"]
    return text


async def test_workspaces_are_listed_and_lead_to_all_else(client: Client, board: Board) -> None:
    card = await board.card("First", columnId=board.done)

    listed = (await client.send("resources/list"))["result"]["resources"]
    templates = (await client.send("resources/templates/list"))["result"]["resourceTemplates"]

    assert [found["uri"] for found in listed] == [f"orrery://workspace/{board.workspace}"]
    assert "orrery://document/{id}{?offset}" in {found["uriTemplate"] for found in templates}
    assert f"[{board.project}]" in await text_at(client, listed[0]["uri"])
    assert f"First [{card}]" in await text_at(client, f"orrery://project/{board.project}")
    assert "title: First" in await text_at(client, f"orrery://card/{card}")


@pytest.mark.parametrize("suffix", ["", "/events"])
async def test_what_is_another_tenants_is_as_what_does_not_exist(
    suffix: str, client: Client, board: Board, lab: Lab
) -> None:
    eve = Client((await lab.person(f"eve-{ObjectId()}@example.com")).http, client.version)
    kinds = {"workspace": Kind.WORKSPACE, "project": Kind.PROJECT, "card": Kind.CARD}
    own = {"workspace": board.workspace, "project": board.project, "card": await board.card("Secret")}

    for kind, object_id in own.items():
        there = (await eve.send("resources/read", uri=f"orrery://{kind}/{object_id}{suffix}"))["error"]
        nowhere = (await eve.send("resources/read", uri=f"orrery://{kind}/{new_id(kinds[kind])}{suffix}"))["error"]
        assert there["message"] == nowhere["message"] == "Resource not found"
        assert there["code"] == nowhere["code"] == (-32002 if client.version == HANDSHAKE else -32602)


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "orrery://user/6b0c67ba514cb591c5b36462", "orrery://card/x", ""])
async def test_any_other_address_is_not_found(uri: str, client: Client) -> None:
    assert (await client.send("resources/read", uri=uri))["error"]["message"] == "Resource not found"


async def test_what_has_happened_is_read_after_a_cursor_and_each_event_once(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(resources, "MOST_EVENTS", 5)
    client = Client(board.ann.http, MODERN)
    uri = f"orrery://project/{board.project}/events"
    before = await text_at(client, uri)
    made = [await board.card(f"Card {number}") for number in range(8)]

    # When
    told, after = "", re.findall(r"after=(\S+)", before)[0]
    while True:
        part = await text_at(client, f"{uri}?after={after}")
        assert len(part.encode()) <= 20_000
        told += part
        after = re.findall(r"^events: .*next: after=(\S+)", part)[0]
        if ", no more" in part.partition("\n")[0]:
            break

    # Then
    assert before.startswith("events: 0, no more, next: after=")
    assert re.findall(r"^- CardCreated .*?card: Card \d+ \[(\w+)\]", told, re.MULTILINE) == made
    assert (await text_at(client, f"{uri}?after={after}")).startswith("events: 0, no more")


@asynccontextmanager
async def listening(
    address: str, board: Board, uris: list[str], after: Any = None, tasks: list[str] | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The messages of a listening client."""
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=PATIENCE) as http:
        http.headers["authorization"] = f"Bearer {board.ann.token}"
        client = Client(http, MODERN, capabilities={"extensions": {"io.modelcontextprotocol/tasks": {}}})
        meta = None if after is None else {"orrery/after": after}
        wanted = {"resourceSubscriptions": uris} | ({} if tasks is None else {"taskIds": tasks})
        message = client.message("subscriptions/listen", meta, notifications=wanted)
        headers = {
            "mcp-protocol-version": MODERN,
            "mcp-method": "subscriptions/listen",
            "accept": "application/json, text/event-stream",
        }
        async with http.stream("POST", "/mcp", json=message, headers=headers) as response:
            assert response.status_code == 200

            async def messages() -> AsyncIterator[dict[str, Any]]:
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        yield json.loads(line[6:])

            yield messages()


async def test_who_listens_is_told_of_what_concerns_it_and_goes_on_after_a_cut(board: Board, address: str) -> None:
    # Given
    card, other = await board.card("Followed"), await board.card("Other")
    uri, foreign = f"orrery://card/{card}", f"orrery://card/{new_id(Kind.CARD)}"
    rename = "mutation ($id: ID!, $t: String!) { cardUpdate(id: $id, input: {title: $t}) { cursor } }"

    # When
    async with listening(address, board, [uri, foreign]) as messages:
        acknowledged = await anext(messages)
        await board.ann.ask(rename, id=other, t="Unheard")
        first = (await board.ann.ask(rename, id=card, t="Heard"))["cardUpdate"]["cursor"]
        heard = await anext(messages)
    missed = (await board.ann.ask(rename, id=card, t="Missed"))["cardUpdate"]["cursor"]
    async with listening(address, board, [uri], {uri: heard["params"][META]["orrery/cursor"]}) as messages:
        await anext(messages)
        caught_up = await anext(messages)

    # Then
    assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
    assert acknowledged["params"]["notifications"] == {"resourceSubscriptions": [uri]}
    assert heard["params"]["uri"] == uri
    assert heard["params"][META]["orrery/cursor"] == first
    assert caught_up["params"][META]["orrery/cursor"] == missed


async def test_who_may_read_no_more_hears_no_more(address: str, lab: Lab) -> None:
    board = await make_board(await lab.person(f"leaver-{ObjectId()}@example.com"))
    async with listening(address, board, [f"orrery://workspace/{board.workspace}"]) as messages:
        await anext(messages)
        await collection(WorkspaceMember).delete_many({"workspace_id": ObjectId(board.workspace)})
        lab.app.state.services.guard.look()  # as after two seconds
        async with asyncio.timeout(PATIENCE):
            told = [message async for message in messages]

    assert [message["result"]["resultType"] for message in told] == ["complete"]


async def test_who_listens_to_a_task_is_told_how_it_stands(board: Board, address: str, lab: Lab) -> None:
    # Given
    agent = await agent_of(board, lab, MODERN)
    ann = Client(board.ann.http, MODERN)
    mission = (await ann.call("run_agent", **agent.asked))["structuredContent"]["mission"]["id"]

    # When
    async with listening(address, board, [], tasks=[mission, str(new_id(Kind.MISSION))]) as messages:
        acknowledged = await anext(messages)
        await agent.claim()
        working = await anext(messages)
        await agent.finish(mission, summary="Done")
        while (told := (await anext(messages))["params"])["status"] == "working":
            pass

    # Then
    assert acknowledged["params"]["notifications"] == {"taskIds": [mission]}
    assert working["method"] == "notifications/tasks"
    assert working["params"]["taskId"] == mission
    assert told["status"] == "completed"
    assert told["result"]["structuredContent"]["mission"]["summary"] == "Done"


class Slow:
    """A reader that has no room for more than what it is told once, until it says so."""

    transport = "sse"

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.has_ended = False

    def write(self, delivery: EventPayload) -> bool:
        self.told.append(json.loads(delivery.payload))
        return False

    def end(self, errors: Sequence[dict[str, Any]] | None = None) -> None:
        self.has_ended = True


@pytest.fixture
async def listener(board: Board, lab: Lab) -> AsyncIterator[tuple[Listening, str]]:
    """Somebody who listens to a task, and its id."""
    agent = await agent_of(board, lab, MODERN)
    ann = Client(board.ann.http, MODERN)
    mission = (await ann.call("run_agent", **agent.asked))["structuredContent"]["mission"]["id"]
    services: Services = lab.app.state.services
    subject = Subject(ObjectId(board.ann.id), Credential.JWT, frozenset(TokenScope))
    place = await place_of(Context(subject, services), Address.read(f"orrery://mission/{mission}"))
    listening = Listening(subject, services, {SUBSCRIPTION_ID_META_KEY: 1}, [Followed(place, is_task=True)])
    yield listening, mission
    listening.close()


async def test_whoever_reads_slowly_is_told_the_newest_of_a_task(listener: tuple[Listening, str]) -> None:
    listening, mission = listener
    slow = Slow()
    listening.open(slow)

    # When much happens while it reads nothing
    listening._tell_of(mission, "e-1")
    await until(lambda: len(slow.told) == 2)
    for number in range(2, 300):
        listening._tell_of(mission, f"e-{number}")
    await asyncio.sleep(0.1)

    # Then it is told once of all that
    assert len(slow.told) == 2
    listening.resume()
    await until(lambda: len(slow.told) == 3)
    assert slow.told[-1]["params"]["_meta"]["orrery/cursor"] == "e-299"
    assert not slow.has_ended


async def test_who_listens_to_a_task_that_cannot_be_read_is_told_to_listen_again(
    listener: tuple[Listening, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listening, mission = listener
    slow = Slow()
    listening.open(slow)

    async def away(*_: Any) -> None:
        raise AutoReconnect("the database is away")

    monkeypatch.setattr(task_module, "read", away)
    listening._tell_of(mission, "e-1")

    await until(lambda: slow.has_ended)


@pytest.mark.parametrize("task_ids", [5, True, "abc", [5], {"a": 1}, None])
async def test_what_is_no_list_of_tasks_is_refused(board: Board, task_ids: Any) -> None:
    client = Client(board.ann.http, MODERN, capabilities={"extensions": {"io.modelcontextprotocol/tasks": {}}})

    refused = await client.send("subscriptions/listen", notifications={"taskIds": task_ids})

    assert refused["error"]["code"] == -32602


async def test_who_does_not_know_tasks_may_not_listen_to_them(board: Board) -> None:
    wanted = {"taskIds": [str(new_id(Kind.MISSION))]}

    refused = await Client(board.ann.http, MODERN).send("subscriptions/listen", notifications=wanted)

    assert refused["error"]["code"] == -32021


async def test_too_many_addresses_are_refused(board: Board) -> None:
    wanted = {"resourceSubscriptions": [f"orrery://card/{new_id(Kind.CARD)}" for _ in range(101)]}

    refused = await Client(board.ann.http, MODERN).send("subscriptions/listen", notifications=wanted)

    assert refused["error"]["code"] == -32602
