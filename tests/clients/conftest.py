"""Clients that others made, run by Node; without it these tests are skipped, and say so."""

import asyncio
import json
import re
import shutil
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.clients.world import World, opened_world
from tests.patience import PATIENCE

HERE = Path(__file__).parent
OLDEST_NODE = 20


def why_not() -> str | None:
    """Why the clients cannot run on this machine, if they cannot."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "Node was not found: the clients of others run on it"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v(\d+)", version)
    if found is None or int(found[1]) < OLDEST_NODE:
        return f"Node {OLDEST_NODE} or later is needed, and {version.strip()} was found"
    return None


@pytest.fixture(scope="session")
def node() -> str:
    """The command, with every package that the lock file names installed."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    installed = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        done = subprocess.run(["npm", "ci"], cwd=HERE, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return "node"


@pytest_asyncio.fixture(scope="module")
async def world(node: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A database with a gateway that stays up, and whoever needs one that does not."""
    async with opened_world(tmp_path_factory.mktemp("clients")) as opened:
        yield opened


@dataclass(eq=False)
class Running:
    """A script; `lines` is what it has told so far."""

    process: Process
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = asyncio.Event()

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(json.loads(line))
            self._changed.set()

    async def until(self, done: Callable[["Running"], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not done(self):
                assert self.process.returncode is None, self.lines
                self._changed.clear()
                await self._changed.wait()

    async def say(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()

    @property
    def titles(self) -> list[str]:
        return [line["card"]["title"] for line in self.lines if "card" in line]

    def told(self, name: str) -> list[Any]:
        """All that was told under a name."""
        return [line[name] for line in self.lines if name in line]


@asynccontextmanager
async def script(name: str, *arguments: str) -> AsyncIterator[Running]:
    """A script of this folder, ended with the block; what it writes as an error fails the test."""
    process = await asyncio.create_subprocess_exec(
        "node", name, *arguments, cwd=HERE, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    running = Running(process)
    reading = asyncio.create_task(running.read())
    assert process.stdin is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        yield running
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await asyncio.gather(reading, errors)
    assert errors.result().decode() == ""
