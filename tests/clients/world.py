"""A database, a gateway over it that stays up, and gateways that are ended and started again on one port."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from gateway.embedded import EmbeddedDatabase
from tests.gateway.lab import PASSWORD, REGISTER, Board, Person, make_board
from tests.gateway.process import Serving, serving
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

SETTINGS = {"ORRERY_SECRET_KEY": "clients-" * 5, "ORRERY_BUS_URL": "mongodb"}


@dataclass
class Restarted:
    """A gateway that keeps its address however often it ends."""

    folder: Path
    database: str
    port: int
    stack: AsyncExitStack
    running: Serving | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        process = serving(self.folder, ORRERY_PORT=str(self.port), ORRERY_MONGODB_URL=self.database, **SETTINGS)
        self.running = await asyncio.to_thread(process.__enter__)
        self.stack.push_async_callback(asyncio.to_thread, process.__exit__, None, None, None)

    async def end(self, by: signal.Signals) -> None:
        assert self.running is not None
        ended = await asyncio.to_thread(self.running.end, by)
        assert ended.troubles == []


@dataclass
class World:
    """What the clients of a module share; `url` is the gateway that stays up."""

    folder: Path
    database: str
    url: str
    stack: AsyncExitStack
    names: int = 0

    def client(self, token: str | None = None, url: str | None = None) -> httpx.AsyncClient:
        """A client of the gateway at `url`, by default of the one that stays up."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        client = httpx.AsyncClient(verify=NO_TLS, base_url=url or self.url, headers=headers, timeout=PATIENCE)
        self.stack.push_async_callback(client.aclose)
        return client

    async def board(self) -> Board:
        """A board of somebody new."""
        self.names += 1
        email = f"ann-{self.names}@example.com"
        values = {"email": email, "password": PASSWORD, "name": "Ann"}
        answer = await self.client().post("/graphql", json={"query": REGISTER, "variables": {"input": values}})
        made = answer.json()["data"]["authRegister"]
        return await make_board(
            Person(self.client(made["accessToken"]), made["user"]["id"], made["accessToken"], email)
        )

    @asynccontextmanager
    async def restarted(self) -> AsyncIterator[Restarted]:
        """One more gateway, started."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        async with AsyncExitStack() as stack:
            gateway = Restarted(self.folder / "restarted", self.database, port, stack)
            await gateway.start()
            yield gateway


@asynccontextmanager
async def opened_world(folder: Path) -> AsyncIterator[World]:
    """All of it, ended with the block."""
    embedded = EmbeddedDatabase(folder / "database")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(embedded.stop)
        database = await embedded.start()
        process = serving(folder / "steady", ORRERY_MONGODB_URL=database, **SETTINGS)
        steady = await asyncio.to_thread(process.__enter__)
        stack.push_async_callback(asyncio.to_thread, process.__exit__, None, None, None)
        yield World(folder, database, steady.url, stack)
