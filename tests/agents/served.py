"""A gateway as a process of its own, whose missions a scripted model works on.

What the scripts beside are written with, which kill, cancel and spend for minutes.
"""

import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from gateway.client import Client, ClientError
from gateway.database import Database, connect
from gateway.embedded import running_url
from gateway.settings import Settings
from tests.agents.model_server import ModelServer, Script, serving_model

START_SECONDS = 120.0
END_SECONDS = 900.0
FINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED"})
PRICE = (1, 2)
"""Of a token that is read, and of one that is written, in millionths of a US dollar."""

REGISTER = "mutation ($i: AuthRegisterInput!) { authRegister(input: $i) { accessToken } }"
STATUS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Mission { status } } }"
AT_ONCE = 50
"""Missions whose status one request asks for."""


@dataclass(slots=True)
class Served:
    """The gateway, its model, and a client who is signed in once there is one."""

    model: ModelServer
    folder: Path
    environment: dict[str, str]
    client: Client
    gateway: Process | None = None

    async def start(self) -> None:
        """Start a gateway, and wait until it answers. Raises RuntimeError where it ends instead."""
        command = (sys.executable, "-m", "gateway", "serve")
        self.gateway = await asyncio.create_subprocess_exec(*command, env=self.environment, stdout=DEVNULL)
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    await self.ask("{ __typename }")
                except ClientError:
                    if self.gateway.returncode is not None:
                        raise RuntimeError(f"the gateway ended with {self.gateway.returncode}") from None
                    await asyncio.sleep(0.2)
                else:
                    return

    async def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        """End the gateway."""
        if self.gateway is not None and self.gateway.returncode is None:
            self.gateway.send_signal(by)
            await self.gateway.wait()

    def agents(self) -> list[psutil.Process]:
        """Its processes of agents."""
        assert self.gateway is not None
        children = psutil.Process(self.gateway.pid).children()
        return [child for child in children if "gateway.agent_process" in child.cmdline()]

    async def sign_in(self) -> None:
        """Register somebody, whose client it is from then on."""
        values = {"email": "ann@example.org", "password": "a long password", "name": "Ann"}
        made = await self.ask(REGISTER, i=values)
        self.client = self.client.signed_in(made["authRegister"]["accessToken"])

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation. Raises ClientError."""
        answer: dict[str, Any] = await asyncio.to_thread(self.client.graphql, query, variables)
        return answer

    async def make(self, mutation: str, shown: str, **values: Any) -> str:
        """Make something by a mutation; its id."""
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation ($i: {kind}Input!) {{ {mutation}(input: $i) {{ {shown} {{ id }} }} }}"
        made: str = (await self.ask(query, i=values))[mutation][shown]["id"]
        return made

    async def statuses(self, missions: Sequence[str]) -> list[str]:
        """How missions stand."""
        found: list[str] = []
        for start in range(0, len(missions), AT_ONCE):
            nodes = (await self.ask(STATUS, ids=missions[start : start + AT_ONCE]))["nodes"]
            found += [mission["status"] for mission in nodes]
        return found

    async def ended(self, missions: Sequence[str]) -> list[str]:
        """How missions have ended, once all of them have."""
        async with asyncio.timeout(END_SECONDS):
            while not FINAL.issuperset(found := await self.statuses(missions)):  # noqa: ASYNC110
                await asyncio.sleep(0.5)
        return found

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The documents of the gateway that runs."""
        url = running_url(self.folder / "data")
        assert url is not None
        opened = await connect(Settings(secret_key="-" * 32), url=url, prepared=True)
        try:
            yield opened
        finally:
            await opened.close()


@dataclass(frozen=True, slots=True)
class Board:
    """A workspace with a project; `cards` are for a mission each."""

    organization: str
    workspace: str
    project: str
    cards: list[str]


@asynccontextmanager
async def served(
    script: Script, port: int, more: str = "", *, is_new: bool = False, **settings: str
) -> AsyncIterator[Served]:
    """A gateway on a port and on a folder of its own, with somebody signed in unless it `is_new`. `more` are further
    models."""
    async with serving_model(script) as model:
        with tempfile.TemporaryDirectory(prefix="orrery-agents-", ignore_cleanup_errors=True) as folder:
            models = Path(folder) / "models.toml"
            price = f"price = {{ input = {PRICE[0]}, output = {PRICE[1]} }}"
            models.write_text(f'[models.a]\nprotocol = "openai"\nbase_url = "{model.url}/v1"\n{price}\n{more}')
            environment = {
                **os.environ,
                "ORRERY_DATA_DIR": str(Path(folder) / "data"),
                "ORRERY_MODELS": str(models),
                "ORRERY_PORT": str(port),
                "ORRERY_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
                **settings,
            }
            at = Served(model, Path(folder), environment, Client(f"http://127.0.0.1:{port}"))
            try:
                await at.start()
                if not is_new:
                    await at.sign_in()
                yield at
            finally:
                await at.end()


async def board(at: Served, cards: int) -> Board:
    """A board with cards."""
    organization = await at.make("organizationCreate", "organization", name="Acme", slug="acme")
    workspace = await at.make("workspaceCreate", "workspace", organizationId=organization, name="W", slug="eng")
    project = await at.make("projectCreate", "project", workspaceId=workspace, name="Launch")
    column = await at.make("columnCreate", "column", projectId=project, name="To do")
    named = {"projectId": project, "columnId": column}
    made = [await at.make("cardCreate", "card", title=f"Card {n}", **named) for n in range(cards)]
    return Board(organization, workspace, project, made)


def card_of(request: Any) -> str:
    """The card that a request to the model is about."""
    return str(request["messages"]).partition("about the card ")[2][:24]
