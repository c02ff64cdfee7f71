"""Subscriptions over both live transports, on a real server: ready, live, resumed, and ended with the access."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.gateway.lab import Board, Lab, Person
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

MOVE = "mutation ($id: ID!, $c: ID!) { cardMove(id: $id, input: {columnId: $c}) { cursor } }"
PROJECT = """
subscription ($p: ID!, $after: Cursor, $types: [String!]) {
  projectEvents(projectId: $p, after: $after, types: $types) {
    __typename
    ... on Event { cursor at }
    ... on StreamReady { recovered }
    ... on CardCreated { actor { email } card { id title order column { name } } }
    ... on CardMoved { actor { email } card { title } fromColumn { name } toColumn { name } order }
    ... on CardUpdated { changedFields card { title } }
    ... on CardDeleted { cardId projectId }
  }
}
"""


@dataclass
class Stream:
    """One subscription; `next` is the event it sends next."""

    socket: ClientConnection
    name: str
    last: str | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def next(self) -> dict[str, Any]:
        message = await receive(self.socket)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        event: dict[str, Any] = message["payload"]["data"][self.name]
        self.last = event["cursor"]
        return event

    async def until(self, name: str) -> list[dict[str, Any]]:
        """The events up to and with the first of a type."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["__typename"] != name:
            found.append(await self.next())
        return found


async def receive(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["type"] != "ping":
                return message
            await socket.send('{"type": "pong"}')


@asynccontextmanager
async def opened(address: str, token: str | None) -> AsyncIterator[ClientConnection]:
    """A socket that was acknowledged."""
    async with connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert (await receive(socket))["type"] == "connection_ack"
        yield socket


@asynccontextmanager
async def subscribed(
    address: str, person: Person, query: str, name: str = "projectEvents", **variables: Any
) -> AsyncIterator[Stream]:
    async with opened(address, person.token) as socket:
        await send(socket, query, variables)
        yield Stream(socket, name)


async def send(socket: ClientConnection, query: str, variables: dict[str, Any], id: str = "1") -> None:
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"type": "subscribe", "id": id, "payload": payload}))


async def test_a_subscriber_is_told_it_is_ready_and_then_sees_a_card_move(address: str, board: Board) -> None:
    card = await board.card("One")
    async with subscribed(address, board.ann, PROJECT, p=board.project) as stream:
        ready = await stream.next()
        moved = (await board.ann.ask(MOVE, id=card, c=board.done))["cardMove"]

        entry, event = await stream.next(), await stream.next()

    assert (ready["__typename"], ready["recovered"]) == ("StreamReady", True)
    assert entry["__typename"] == "ChangelogEntryAdded"
    assert event.pop("at")
    assert event == {
        "__typename": "CardMoved",
        "cursor": moved["cursor"],
        "actor": {"email": "ann@example.com"},
        "card": {"title": "One"},
        "fromColumn": {"name": "To do"},
        "toColumn": {"name": "Done"},
        "order": 0,
    }


async def test_after_a_cut_exactly_what_was_missed_is_replayed(address: str, board: Board) -> None:
    async with subscribed(address, board.ann, PROJECT, p=board.project) as stream:
        await stream.next()
        one = await board.card("One")
        await stream.next()
    last = stream.last
    await board.card("Two")
    await board.ann.ask(MOVE, id=one, c=board.done)

    async with subscribed(address, board.ann, PROJECT, p=board.project, after=last) as again:
        missed = await again.until("StreamReady")
        await board.card("Three")
        live = await again.next()

    assert [event["__typename"] for event in missed] == [
        "CardCreated",
        "ChangelogEntryAdded",
        "CardMoved",
        "StreamReady",
    ]
    assert missed[0]["card"]["title"] == "Two"
    assert missed[0]["card"]["order"] == 1
    assert live["card"]["title"] == "Three"
    cursors = [event["cursor"] for event in [*missed, live]]
    assert cursors == sorted(cursors)


async def test_only_the_types_that_were_asked_for_are_sent(address: str, board: Board) -> None:
    async with subscribed(address, board.ann, PROJECT, p=board.project, types=["CardDeleted"]) as stream:
        await stream.next()
        card = await board.card("One")
        await board.ann.ask("mutation ($id: ID!) { cardDelete(id: $id) { cursor } }", id=card)

        event = await stream.next()

    assert (event["__typename"], event["cardId"]) == ("CardDeleted", card)


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"types": ["Nonsense"]}, "BAD_USER_INPUT"),
        ({"after": "nonsense"}, "BAD_USER_INPUT"),
        ({"p": "nonsense"}, "BAD_USER_INPUT"),
        ({"p": "6b0000004100000000000000"}, "NOT_FOUND"),
        ({"p": None}, "BAD_USER_INPUT"),
    ],
)
async def test_a_subscription_that_cannot_be_is_refused(
    address: str, board: Board, variables: dict[str, Any], code: str
) -> None:
    async with opened(address, board.ann.token) as socket:
        await send(socket, PROJECT, {"p": board.project, **variables})

        message = await receive(socket)

    assert message["type"] == "error"
    assert [error["extensions"]["code"] for error in message["payload"]] == [code]


async def test_queries_and_mutations_work_over_a_socket_too(address: str, board: Board) -> None:
    async with opened(address, board.ann.token) as socket:
        await send(socket, "{ viewer { email } }", {})
        answer, complete = await receive(socket), await receive(socket)
        await send(socket, "{ nope }", {}, id="2")
        refused = await receive(socket)

    assert answer["payload"] == {"data": {"viewer": {"email": "ann@example.com"}}}
    assert complete == {"type": "complete", "id": "1"}
    assert refused["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_mutation_that_is_completed_while_it_runs_leaves_its_id_to_the_next_operation(
    address: str, board: Board
) -> None:
    create = "mutation ($i: CardCreateInput!) { cardCreate(input: $i) { card { title } } }"
    heard: list[list[str]] = []
    async with opened(address, board.ann.token) as socket:
        for number in range(10):
            # Given a mutation on its way
            values = {"projectId": board.project, "columnId": board.todo, "title": f"Late {number}"}
            await send(socket, create, {"i": values})

            # When its client completes it and subscribes under its id
            await socket.send(json.dumps({"type": "complete", "id": "1"}))
            await send(socket, PROJECT, {"p": board.project, "types": ["CardDeleted"]})
            await send(socket, "{ viewer { email } }", {}, id="2")

            # Then all that comes under the id is the subscription's
            ready = [await receive(socket) for _ in range(3)]
            heard.append(sorted(name for one in ready if one["type"] == "next" for name in one["payload"]["data"]))
            await socket.send(json.dumps({"type": "complete", "id": "1"}))

    assert heard == [["projectEvents", "viewer"]] * 10


async def test_a_wrong_token_closes_the_socket(address: str) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        async with opened(address, "nonsense"):
            pytest.fail("it was acknowledged")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_nobody_may_subscribe_without_signing_in(address: str, board: Board) -> None:
    async with opened(address, None) as socket:
        await send(socket, PROJECT, {"p": board.project})
        message = await receive(socket)

    assert message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_member_who_is_removed_sees_nothing_more(address: str, lab: Lab, board: Board) -> None:
    bob = await lab.person("bob@example.com")
    invited = await board.ann.ask(
        'mutation ($w: ID!) { workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) { token } }',
        w=board.workspace,
    )
    token = invited["workspaceMemberInvite"]["token"]
    await bob.ask("mutation ($t: String!) { invitationAccept(token: $t) { cursor } }", t=token)
    async with subscribed(address, bob, PROJECT, p=board.project) as stream:
        await stream.next()
        await board.ann.ask(
            "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { cursor } }",
            w=board.workspace,
            u=bob.id,
        )

        message = await receive(stream.socket)

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_signing_out_ends_the_socket(address: str, board: Board) -> None:
    async with subscribed(address, board.ann, PROJECT, p=board.project) as stream:
        await stream.next()
        await board.ann.ask("mutation { authLogout { cursor } }")

        message = await receive(stream.socket)

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_mission_streams_its_whole_life_in_order(address: str, lab: Lab, board: Board) -> None:
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": "atlas"}
    made = (
        await board.ann.ask(
            "mutation ($i: AgentCreateInput!) { agentCreate(input: $i) { agent { id } token } }", i=values
        )
    )["agentCreate"]
    atlas = Person(lab.client(made["token"]), made["agent"]["id"], made["token"], "atlas")
    asked = await board.ann.ask(
        "mutation ($i: MissionCreateInput!) { missionCreate(input: $i) { mission { id } cursor } }",
        i={"agentId": atlas.id, "prompt": "Find out"},
    )
    mission = asked["missionCreate"]["mission"]["id"]
    watch = """subscription ($m: ID!) { missionEvents(missionId: $m) {
      __typename ... on Event { cursor } ... on MissionOutputDelta { text }
      ... on MissionStatusChanged { from to mission { summary } }
      ... on MissionProgressed { mission { progress prompt } }
      ... on MissionActivityAdded { activity { kind content } mission { progress } } } }"""

    async with subscribed(address, board.ann, watch, "missionEvents", m=mission) as stream:
        await stream.next()
        await atlas.ask("mutation ($w: ID!) { missionClaim(workspaceId: $w) { mission { id } } }", w=board.workspace)
        report = "mutation ($id: ID!, $i: MissionReportInput!) { missionReport(id: $id, input: $i) { cursor } }"
        await atlas.ask(report, id=mission, i={"activities": [{"kind": "THOUGHT", "content": "Hm"}], "progress": 0.5})
        await atlas.ask(report, id=mission, i={"outputDelta": "It is "})
        await atlas.ask(report, id=mission, i={"progress": 0.9})
        await atlas.ask('mutation ($id: ID!) { missionComplete(id: $id, summary: "42") { cursor } }', id=mission)
        seen = [await stream.next() for _ in range(5)]

    for event in seen:
        del event["cursor"]
    assert seen == [
        {"__typename": "MissionStatusChanged", "from": "QUEUED", "to": "RUNNING", "mission": {"summary": None}},
        {
            "__typename": "MissionActivityAdded",
            "activity": {"kind": "THOUGHT", "content": "Hm"},
            "mission": {"progress": 0.5},
        },
        {"__typename": "MissionOutputDelta", "text": "It is "},
        {"__typename": "MissionProgressed", "mission": {"progress": 0.9, "prompt": "Find out"}},
        {"__typename": "MissionStatusChanged", "from": "RUNNING", "to": "COMPLETED", "mission": {"summary": "42"}},
    ]


async def test_a_workspace_and_a_persons_notifications_are_watched(address: str, lab: Lab, board: Board) -> None:
    workspace = """subscription ($w: ID!) { workspaceEvents(workspaceId: $w) {
      __typename ... on Event { cursor } ... on ProjectCreated { project { name } } } }"""
    mine = "subscription { notifications { __typename ... on Event { cursor } } }"
    async with (
        subscribed(address, board.ann, workspace, "workspaceEvents", w=board.workspace) as stream,
        subscribed(address, board.ann, mine, "notifications") as notifications,
    ):
        await stream.next()
        await notifications.next()
        create = "mutation ($i: ProjectCreateInput!) { projectCreate(input: $i) { cursor } }"
        await board.ann.ask(create, i={"workspaceId": board.workspace, "name": "Next"})
        await board.ann.ask("mutation { notificationMarkAllRead { count } }")

        event = await stream.next()

    assert event["project"] == {"name": "Next"}


@asynccontextmanager
async def event_stream(address: str, person: Person, **options: Any) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """The events of an SSE subscription as they come: `event`, `id`, `data`."""
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {person.token}", **options.pop("headers", {})}
    async with (
        httpx.AsyncClient(verify=NO_TLS, timeout=PATIENCE) as client,
        client.stream(url=f"http://{address}/graphql", headers=headers, **options) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _parsed(answer)


async def _parsed(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if not line:
            if "event" in event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")


def shown(event: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event["data"])["data"]["projectEvents"]
    return found


async def test_an_event_stream_resumes_with_last_event_id_over_the_after_of_its_url(address: str, board: Board) -> None:
    await board.card("Zero")
    start = (await board.ann.ask(MOVE, id=await board.card("Half"), c=board.done))["cardMove"]["cursor"]
    body = {"query": PROJECT, "variables": {"p": board.project, "after": start}}
    async with event_stream(address, board.ann, method="POST", json=body) as events:
        ready = await anext(events)
        await board.card("One")
        first = await anext(events)
    await board.card("Two")

    params = {"query": PROJECT, "variables": json.dumps({"p": board.project, "after": start})}
    headers = {"last-event-id": first["id"]}
    async with event_stream(address, board.ann, method="GET", params=params, headers=headers) as again:
        missed, ready_again = await anext(again), await anext(again)

    assert (ready["event"], shown(ready)["__typename"]) == ("next", "StreamReady")
    assert (shown(first)["card"]["title"], first["id"]) == ("One", shown(first)["cursor"])
    assert shown(missed)["card"]["title"] == "Two"
    assert shown(ready_again)["__typename"] == "StreamReady"


async def test_an_event_has_an_id_even_where_no_cursor_was_selected(address: str, board: Board) -> None:
    query = "subscription ($p: ID!) { projectEvents(projectId: $p) { __typename } }"
    body = {"query": query, "variables": {"p": board.project}}
    async with event_stream(address, board.ann, method="POST", json=body) as events:
        await anext(events)
        await board.card("One")
        event = await anext(events)

    assert len(event["id"]) == 20
    assert shown(event) == {"__typename": "CardCreated"}


async def test_a_subscription_without_an_event_stream_is_told_how(lab: Lab, board: Board) -> None:
    body = {"query": PROJECT, "variables": {"p": board.project}}

    answer = await board.ann.http.post("/graphql", json=body)
    refused = await board.ann.http.post(
        "/graphql", json={**body, "variables": {"p": "x"}}, headers={"accept": "text/event-stream"}
    )

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert "text/event-stream" in answer.json()["errors"][0]["message"]
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["field"]) == (400, "projectId")
