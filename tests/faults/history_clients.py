"""The clients of the history check: they watch a workspace over WebSocket or SSE, or a project as the agent board's
clients do, are cut again and again, and resume.

Each notes the number of every event that it gets. A number that does not follow on the one before is a contradiction.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.loopback import NO_TLS

QUERY = """
subscription ($id: ID!, $after: Cursor) {
  workspaceEvents(workspaceId: $id, after: $after) {
    __typename
    ... on Event { cursor }
    ... on StreamReady { recovered }
    ... on StreamLagged { resumeFrom }
  }
}
"""
NOTIFICATIONS = """
subscription ($after: Cursor) {
  notifications(after: $after) {
    __typename
    ... on Event { cursor }
    ... on StreamReady { recovered }
    ... on StreamLagged { resumeFrom }
    ... on NotificationReceived { notification { id activity { id createdAt } } }
  }
}
"""
CUT_AFTER = 6.0
"""Seconds that a connection lives on average."""
AGAIN_AFTER = 0.3
SILENCE = 30.0
"""Seconds without a sign of life after which a client takes its connection for dead."""

OF_PROJECT = frozenset({"CardUpdated", "ProjectUpdated"})
"""What the agent board tells of as well, and happens to the one project that is written to alone."""

Message = dict[str, Any]


def seq_of(cursor: str) -> int:
    """The number in a cursor, which clients have no business with."""
    return int(cursor[8:], 16)


class Cut(Exception):  # noqa: N818
    """The connection ends here."""


@dataclass(eq=False)
class Watcher:
    """One client. `last` is the cursor of the last event that it got."""

    query = QUERY

    workspace_id: str
    token: str
    last: str
    over_sse: bool
    address: Callable[[], str]
    chance: random.Random
    seen: int = 0
    of_project: list[int] = field(default_factory=list)
    """The numbers of the events of `OF_PROJECT`, as they came."""
    connections: int = 0
    cuts: int = 0
    lags: int = 0
    contradictions: list[str] = field(default_factory=list)
    stopping: bool = False

    @property
    def position(self) -> int:
        return seq_of(self.last)

    async def run(self) -> None:
        """Watch until told to stop, whatever happens to the connections."""
        while not self.stopping:
            with suppress(OSError, WebSocketException, httpx.HTTPError, TimeoutError, Cut):
                await self._connected()
            await asyncio.sleep(self.chance.uniform(0, AGAIN_AFTER))

    async def _connected(self) -> None:
        life = self.chance.expovariate(1 / CUT_AFTER)
        started = asyncio.get_running_loop().time()
        stream = self._sse() if self.over_sse else self._socket()
        try:
            async with asyncio.timeout(life) as limit:
                async for message in stream:
                    self._take(message)
        except TimeoutError:
            if not limit.expired() or asyncio.get_running_loop().time() - started < life:
                raise
            self.cuts += 1
        finally:
            await stream.aclose()  # type: ignore[attr-defined]

    def _take(self, event: Message) -> None:
        match event["__typename"]:
            case "StreamReady":
                if not event["recovered"]:
                    self.contradictions.append(f"not recovered after {self.position}")
                if event["cursor"] < self.last or seq_of(event["cursor"]) != self.position:
                    self.contradictions.append(f"ready at {seq_of(event['cursor'])} with {self.position} seen")
            case "StreamLagged":
                self.lags += 1
                if event["resumeFrom"] != self.last:
                    self.contradictions.append(f"lagged behind {event['resumeFrom']} with {self.last} seen")
                raise Cut
            case _:
                seq = seq_of(event["cursor"])
                if seq != self.position + 1:
                    self.contradictions.append(f"{seq} came after {self.position}")
                self.seen += 1
                self.last = event["cursor"]
                if event["__typename"] in OF_PROJECT:
                    self.of_project.append(seq)

    async def _socket(self) -> AsyncIterator[Message]:
        url = f"ws://{self.address()}/graphql"
        protocol = Subprotocol("graphql-transport-ws")
        async with connect(url, subprotocols=[protocol], close_timeout=0.2, max_queue=None) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": self._credential}}))
            payload = {"query": self.query, "variables": {**self._about, "after": self.last}}
            try:
                while True:
                    async with asyncio.timeout(SILENCE):
                        message = json.loads(await socket.recv())
                    match message["type"]:
                        case "connection_ack":
                            self.connections += 1
                            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
                        case "ping":
                            await socket.send('{"type": "pong"}')
                        case "next":
                            yield self._event(message["payload"])
                        case _:
                            raise Cut  # refused while the database is away, or ended with its gateway
            finally:
                socket.transport.abort()  # a cut, not a farewell

    async def _sse(self) -> AsyncIterator[Message]:
        headers = {"accept": "text/event-stream", "authorization": self._credential, "last-event-id": self.last}
        body = {"query": self.query, "variables": self._about}
        url, kind, ended = f"http://{self.address()}/graphql", "", False
        timeout = httpx.Timeout(10.0, read=SILENCE)
        async with (
            httpx.AsyncClient(verify=NO_TLS, timeout=timeout) as http,
            http.stream("POST", url, headers=headers, json=body) as response,
        ):
            if response.status_code != 200:
                raise Cut
            self.connections += 1
            async for line in response.aiter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    kind, ended = value, value == "complete"
                elif field == "data" and kind == "next":
                    yield self._event(json.loads(value))
                if ended:
                    raise Cut

    @property
    def _credential(self) -> str:
        return f"Bearer {self.token}"

    def _event(self, payload: Message) -> Message:
        if payload.get("errors"):
            raise Cut
        (event,) = payload["data"].values()
        return dict(event)

    @property
    def _about(self) -> Message:
        return {"id": self.workspace_id}


@dataclass(eq=False)
class Reader(Watcher):
    """One that watches its person's notifications; `told` are those of the workspace next door, as they came."""

    query = NOTIFICATIONS
    told: list[Message] = field(default_factory=list)

    @property
    def _about(self) -> Message:
        return {}

    def _take(self, event: Message) -> None:
        super()._take(event)
        if event["__typename"] == "NotificationReceived":
            self.told.append(event["notification"])


@dataclass(eq=False)
class BoardWatcher(Watcher):
    """One that follows a project over the agent board's socket, and keeps what it is told that the project is like."""

    project_id: str = ""
    name: str | None = None
    titles: dict[str, str] = field(default_factory=dict)

    def _take(self, event: Message) -> None:
        match event["type"]:
            case "subscribed":
                self.connections += 1
                if not event["data"]["recovered"]:
                    self.contradictions.append(f"not recovered after {self.position}")
            case "lagged":
                self.lags += 1
                raise Cut
            case "error":
                raise Cut  # the database is away
            case kind:
                self._note(kind, event["data"], event["cursor"])

    def _note(self, kind: str, data: Message, cursor: str) -> None:
        if seq_of(cursor) <= self.position:
            self.contradictions.append(f"{seq_of(cursor)} came after {self.position}")
        self.seen += 1
        self.last = cursor
        if kind == "card_updated":
            self.titles[data["id"]] = data["title"]
        elif kind == "project_updated":
            self.name = data["name"]
        self.of_project.append(seq_of(cursor))

    async def _socket(self) -> AsyncIterator[Message]:
        url = f"ws://{self.address()}/api/ws?token={self.token}"
        async with connect(url, close_timeout=0.2, max_queue=None) as socket:
            try:
                payload = {"projectId": self.project_id, "after": self.last}
                await socket.send(json.dumps({"type": "subscribe", "payload": payload}))
                while True:
                    async with asyncio.timeout(SILENCE):
                        message = json.loads(await socket.recv())
                    if message["projectId"] is not None:  # else it is of the person's own stream
                        yield message
            finally:
                socket.transport.abort()  # a cut, not a farewell
