"""Streams of a gateway that runs as a process of its own, as a client sees them."""

import asyncio
import contextlib
import http.client
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from gateway.client import Client
from tests.gateway.process import Serving
from tests.patience import PATIENCE

REGISTER = """mutation ($input: AuthRegisterInput!) { authRegister(input: $input) { accessToken } }"""
WORKSPACE = """{ organizations { nodes { workspaces { nodes { id } } } } }"""
PROJECT = """mutation ($input: ProjectCreateInput!) { projectCreate(input: $input) { project { id } } }"""
WATCH = """
subscription ($id: ID!, $after: Cursor) {
  workspaceEvents(workspaceId: $id, after: $after) {
    __typename
    ... on Event { cursor }
    ... on StreamReady { recovered cursor }
    ... on ProjectCreated { project { name } }
  }
}
"""

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a workspace."""

    token: str
    workspace: str

    def at(self, gateway: Serving) -> Client:
        return gateway.client.signed_in(self.token)

    def create(self, gateway: Serving, *names: str) -> None:
        """Projects of these names, one after the other: one event each."""
        client = self.at(gateway)
        for name in names:
            client.graphql(PROJECT, {"input": {"workspaceId": self.workspace, "name": name}})


def new_owner(gateway: Serving, email: str = "ada@example.com") -> Owner:
    """A new account of a gateway."""
    made = gateway.client.graphql(REGISTER, {"input": {"email": email, "password": "correct horse battery"}})
    token = made["authRegister"]["accessToken"]
    found = gateway.client.signed_in(token).graphql(WORKSPACE)
    return Owner(token, found["organizations"]["nodes"][0]["workspaces"]["nodes"][0]["id"])


@dataclass
class Heard:
    """What a stream brought: the names of new projects, the last cursor, whether it reached back to where it began."""

    names: list[str] = field(default_factory=list)
    cursor: str | None = None
    recovered: bool | None = None

    def take(self, payload: JSON) -> None:
        assert "errors" not in payload, payload
        event = payload["data"]["workspaceEvents"]
        self.cursor = event["cursor"]
        if event["__typename"] == "StreamReady":
            self.recovered = event["recovered"]
        elif event["__typename"] == "ProjectCreated":
            self.names.append(event["project"]["name"])


class LiveSocket:
    """One subscription over a WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard = Heard()

    async def step(self) -> None:
        """The next message. Raises ConnectionClosed where there is none."""
        async with asyncio.timeout(PATIENCE):
            message = json.loads(await self.connection.recv())
        if message["type"] == "next":
            self.heard.take(message["payload"])
        else:
            assert message["type"] == "ping", message

    async def to_the_end(self) -> None:
        """All that comes until the connection is closed."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.step()

    async def until(self, name: str) -> None:
        """Until a project of this name was created."""
        while name not in self.heard.names:
            await self.step()


@asynccontextmanager
async def watching(gateway: Serving, owner: Owner, after: str | None = None) -> AsyncIterator[LiveSocket]:
    """A socket that has got its StreamReady."""
    address = gateway.url.replace("http", "ws") + "/graphql"
    # A client that holds back what nobody has read yet would not hear the answer to its close either.
    options: JSON = {"subprotocols": [Subprotocol("graphql-transport-ws")], "proxy": None, "max_queue": None}
    async with connect(address, **options) as connection:
        bearer = {"authorization": f"Bearer {owner.token}"}
        await connection.send(json.dumps({"type": "connection_init", "payload": bearer}))
        assert json.loads(await connection.recv())["type"] == "connection_ack"
        operation = {"query": WATCH, "variables": {"id": owner.workspace, "after": after}}
        await connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": operation}))
        socket = LiveSocket(connection)
        while socket.heard.recovered is None:
            await socket.step()
        yield socket


class EventStream:
    """One subscription over server-sent events."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.heard = Heard()
        self.text = ""
        self.ids: list[str] = []

    def step(self) -> bool:
        """The next line; False at the end."""
        line = self._response.readline().decode()
        self.text += line
        if line.startswith("id: "):
            self.ids.append(line[4:].strip())
        if line.startswith("data: {"):
            self.heard.take(json.loads(line[6:]))
        return bool(line)

    def read(self) -> None:
        """To the end."""
        while self.step():
            pass


@contextmanager
def streaming(gateway: Serving, owner: Owner, after: str | None = None) -> Iterator[EventStream]:
    """An event stream that has got its StreamReady; `after` is sent as a browser does on its return."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=PATIENCE)) as connection:
        headers = {
            "authorization": f"Bearer {owner.token}",
            "accept": "text/event-stream",
            "content-type": "application/json",
        }
        if after is not None:
            headers["last-event-id"] = after
        body = json.dumps({"query": WATCH, "variables": {"id": owner.workspace}})
        connection.request("POST", "/graphql", body, headers)
        stream = EventStream(connection.getresponse())
        while stream.heard.recovered is None:
            assert stream.step(), stream.text
        yield stream
