"""The processes of the history check: a database, a Redis and two gateways over both, each of which can be killed."""

import asyncio
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from gateway.database import Database, connect
from gateway.embedded import EmbeddedDatabase
from gateway.settings import Settings
from tests.gateway.process import ROOT, environment
from tests.loopback import NO_TLS
from tests.realtime.redis_lab import RedisServer

START_SECONDS = 60.0


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass(eq=False)
class GatewayProcess:
    """`orrery serve` on a port of its own, which it keeps when it is started again."""

    folder: Path
    variables: dict[str, str]
    port: int = field(default_factory=free_port)
    process: Process | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        with open(self.folder / "log", "ab") as log:  # noqa: ASYNC230
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "gateway", "serve", "--port", str(self.port)),
                cwd=ROOT,
                env=environment(self.folder, self.variables),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=log,
            )
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(verify=NO_TLS) as http:
            while True:
                assert self.process.returncode is None, (self.folder / "log").read_text()
                try:
                    if (await http.get(f"http://{self.address}/ready")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """SIGKILL."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM."""
        await self._end(signal.SIGTERM)

    def log(self) -> str:
        """What it said of itself."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    async def _end(self, by: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(by)
            await self.process.wait()


class Servers:
    """All of them. `gateways` are both over one database and one bus, and have further `variables`."""

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._variables = variables or {}
        self._database = EmbeddedDatabase(folder / "database")
        self.redis = RedisServer(folder)
        self.gateways: list[GatewayProcess] = []
        self._url: str | None = None

    async def start(self) -> None:
        await asyncio.to_thread(self.redis.start)
        self._url = await self._database.start()
        variables = {
            "ORRERY_MONGODB_URL": self._url,
            "ORRERY_BUS_URL": self.redis.url,
            "ORRERY_SECRET_KEY": "history-" * 5,
            **self._variables,
        }
        self.gateways = [GatewayProcess(self._folder / f"gateway{number}", variables) for number in range(2)]
        # The first creates the indexes.
        for gateway in self.gateways:
            await gateway.start()

    async def stop(self) -> None:
        await asyncio.gather(*(gateway.stop() for gateway in self.gateways))
        await self._database.stop()
        await asyncio.to_thread(self.redis.kill)

    async def kill_gateway(self, number: int, seconds: float = 1.0) -> None:
        """SIGKILL for a gateway, which is away for a while."""
        await self.gateways[number].kill()
        await asyncio.sleep(seconds)
        await self.gateways[number].start()

    async def kill_redis(self, seconds: float) -> None:
        """SIGKILL for Redis, which is away for a while."""
        await asyncio.to_thread(self.redis.kill)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.redis.start)

    async def kill_database(self) -> None:
        """SIGKILL for the database, which its owner starts again at once."""
        before = self._database.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        while self._database.pid in (None, before):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    def some_address(self, chance: random.Random) -> str:
        """Where a client turns to."""
        return chance.choice(self.gateways).address

    @asynccontextmanager
    async def documents(self) -> AsyncIterator[Database]:
        """What is in the database."""
        opened = await connect(Settings(secret_key="-" * 32), url=self._url, prepared=True)
        try:
            yield opened
        finally:
            await opened.close()
