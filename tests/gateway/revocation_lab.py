"""What the revocation matrix is made with: two gateways over one database, and readers of both over both transports."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from gateway.embedded import EmbeddedDatabase
from models.base import Record
from tests.gateway.lab import PASSWORD, REGISTER, Person
from tests.gateway.process import serving
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

SECRET_KEY = "revocation-" * 4
LOGIN = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { accessToken } }"
TRANSPORTS = ("websocket", "event stream")
PLACES = ("here", "there")


@dataclass(frozen=True)
class Login:
    """What somebody is recognised by: a token, or a browser's cookie."""

    token: str | None = None
    cookie: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        if self.cookie is not None:
            return {"cookie": self.cookie}
        return {"authorization": f"Bearer {self.token}"}

    @property
    def init(self) -> dict[str, str]:
        return {} if self.token is None else {"authorization": f"Bearer {self.token}"}


@dataclass(eq=False)
class Reader:
    """A subscription that is read until it ends; `codes` are those of the errors that it ended with.

    `ended_at` is the loop's time of that, `closed` the code that its socket was closed with.
    """

    titles: list[str] = field(default_factory=list)
    ready: bool = False
    codes: list[str] | None = None
    ended_at: float = 0.0
    closed: int | None = None
    has_begun: bool = False
    let_in: Callable[[], None] = lambda: None
    socket: ClientConnection | None = None

    def __post_init__(self) -> None:
        self._changed = asyncio.Event()

    async def until(self, done: Callable[["Reader"], bool]) -> None:
        """Wait until `done`."""
        async with asyncio.timeout(PATIENCE):
            while not done(self):
                assert self.codes is None, self.codes
                self._changed.clear()
                await self._changed.wait()

    def begin(self) -> None:
        """The gateway has let it in, or it has ended: the next one may knock."""
        if not self.has_begun:
            self.has_begun = True
            self.let_in()

    async def end(self) -> None:
        await self.until(lambda reader: reader.codes is not None)

    def take(self, payload: dict[str, Any]) -> None:
        if not payload.get("data"):
            self.finish(payload["errors"])
            return
        (event,) = payload["data"].values()
        self.ready |= event["__typename"] == "StreamReady"
        if "card" in event:
            self.titles.append(event["card"]["title"])
        self._changed.set()

    def finish(self, errors: Iterable[dict[str, Any]] = ()) -> None:
        self.begin()
        if self.codes is None:
            self.codes = [error["extensions"]["code"] for error in errors]
            self.ended_at = asyncio.get_running_loop().time()
        self._changed.set()

    async def read_socket(self, url: str, login: Login, query: str, variables: dict[str, Any]) -> None:
        """Read over a WebSocket, for as long as it is open."""
        address = f"ws{url.removeprefix('http')}/graphql"
        headers = login.headers if login.cookie else {}
        protocols = [Subprotocol("graphql-transport-ws")]
        async with connect(address, subprotocols=protocols, additional_headers=headers, proxy=None) as socket:
            self.socket = socket
            await self.say("connection_init", login.init)
            try:
                async for text in socket:
                    message = json.loads(text)
                    match message["type"]:
                        case "connection_ack":
                            self.begin()
                            request = {"query": query, "variables": variables}
                            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": request}))
                        case "next":
                            self.take(message["payload"])
                        case "error":
                            self.finish(message["payload"])
                        case "complete":
                            self.finish()
                        case "ping":
                            await self.say("pong")
            except ConnectionClosed:
                pass
            self.closed = socket.close_code
            self.finish()

    async def say(self, type_: str, payload: dict[str, Any] | None = None) -> None:
        assert self.socket is not None
        await self.socket.send(json.dumps({"type": type_, **({"payload": payload} if payload else {})}))

    async def read_events(self, url: str, login: Login, query: str, variables: dict[str, Any]) -> None:
        """Read an event stream to its end."""
        params = {"query": query, "variables": json.dumps(variables)}
        headers = {"accept": "text/event-stream", **login.headers}
        async with (
            httpx.AsyncClient(verify=NO_TLS, timeout=PATIENCE) as client,
            client.stream("GET", f"{url}/graphql", params=params, headers=headers) as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            self.begin()
            async for line in answer.aiter_lines():
                if line.startswith("data: {"):
                    self.take(json.loads(line.removeprefix("data: ")))
            self.finish()


@dataclass
class Gateways:
    """Two processes over one database, without a bus between them, and whoever speaks to them."""

    urls: dict[str, str]
    database: AsyncDatabase[Record]
    stack: AsyncExitStack
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))
    """One address has a bounded number of passwords looked at."""
    doors: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))
    """A socket has to say who it is within seconds, which it cannot where hundreds are opened at once."""

    def client(self, token: str | None = None, *, place: str = "here") -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        client = httpx.AsyncClient(verify=NO_TLS, base_url=self.urls[place], headers=headers, timeout=PATIENCE)
        self.stack.push_async_callback(client.aclose)
        return client

    async def person(self, name: str) -> Person:
        """Somebody who has just registered."""
        email = f"{name}@example.com"
        values = {"email": email, "password": PASSWORD, "name": name}
        async with self.turns:
            answer = await self.client().post("/graphql", json={"query": REGISTER, "variables": {"input": values}})
        made = answer.json()["data"]["authRegister"]
        return Person(self.client(made["accessToken"]), made["user"]["id"], made["accessToken"], email)

    async def log_in(self, person: Person, *, by_cookie: bool = False) -> Login:
        """One more sign-in."""
        values = {"email": person.email, "password": PASSWORD}
        async with self.turns:
            answer = await self.client().post("/graphql", json={"query": LOGIN, "variables": {"input": values}})
        if by_cookie:
            return Login(cookie="; ".join(f"{name}={value}" for name, value in answer.cookies.items()))
        return Login(answer.json()["data"]["authLogin"]["accessToken"])

    async def as_login(self, login: Login, query: str, **variables: Any) -> None:
        """A mutation by somebody; it must not fail."""
        headers = dict(login.headers)
        if login.cookie is not None:
            headers["x-csrf-token"] = login.cookie.partition("orrery_csrf=")[2].partition(";")[0]
        answer = await self.client().post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        assert "errors" not in answer.json(), answer.json()

    def read(self, place: str, transport: str, login: Login, query: str, **variables: Any) -> Reader:
        """A reader in one of the processes."""
        reader = Reader()
        read = reader.read_socket if transport == "websocket" else reader.read_events

        async def reading() -> None:
            await self.doors.acquire()
            reader.let_in = self.doors.release
            try:
                await read(self.urls[place], login, query, variables)
            except Exception as error:
                reader.finish([{"extensions": {"code": repr(error)}}])

        self.tasks.append(asyncio.create_task(reading()))
        return reader


@asynccontextmanager
async def two_gateways(folder: Path, **variables: str) -> AsyncIterator[Gateways]:
    """Both started with some variables of the environment, and ended with the block."""
    embedded = EmbeddedDatabase(folder / "database")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(embedded.stop)
        url = await embedded.start()
        client: AsyncMongoClient[Record] = AsyncMongoClient(url, tz_aware=True, timeoutMS=int(PATIENCE * 1000))
        stack.push_async_callback(client.close)
        urls = await asyncio.gather(*(_serve(stack, folder / place, url, variables) for place in PLACES))
        gateways = Gateways(dict(zip(PLACES, urls, strict=True)), client.get_default_database(), stack)
        try:
            yield gateways
        finally:
            for task in gateways.tasks:
                task.cancel()
            await asyncio.gather(*gateways.tasks, return_exceptions=True)


async def _serve(stack: AsyncExitStack, folder: Path, database: str, variables: Mapping[str, str]) -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {"ORRERY_PORT": str(port), "ORRERY_MONGODB_URL": database, "ORRERY_SECRET_KEY": SECRET_KEY}
    process = serving(folder, **own, **variables)
    running = await asyncio.to_thread(process.__enter__)
    stack.push_async_callback(asyncio.to_thread, process.__exit__, None, None, None)
    return running.url
