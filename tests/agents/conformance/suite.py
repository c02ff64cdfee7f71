"""The official conformance suite of MCP, run against a gateway that serves the suite's fixtures as its tools."""

import asyncio
import re
import shutil
import socket
import subprocess
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx
from bson import ObjectId
from starlette.requests import Request

from agents.server.endpoint import McpEndpoint
from auth.subject import ALL_SCOPES, Subject
from gateway.database import Database
from gateway.settings import Settings
from tests.agents.conformance import fixtures
from tests.agents.oauth.oauth_lab import Application, Browser
from tests.gateway.lab import PASSWORD
from tests.loopback import NO_TLS
from tests.patience import PATIENCE
from tests.serving.wire_lab import gateway_of

HERE = Path(__file__).parent
SUITE = HERE / "node_modules" / "@modelcontextprotocol" / "conformance"
OLDEST_NODE = 22
REVISIONS = {"2025-11-25": 30, "2026-07-28": 37}
"""How many scenarios each revision requires."""

AUTHORIZATION = frozenset({"authorization-server-metadata-endpoint", "authorization-code-grant"})
"""The scenarios for servers of OAuth: all others of OAuth are for clients. No revision requires them."""

_SCENARIO = re.compile(r"^✓ ([a-z][\w/-]+): [1-9]\d* passed, 0 failed", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What the suite says: the required scenarios that passed and those that did not, and its whole output."""

    passed: list[str]
    failed: list[str]
    told: str


@asynccontextmanager
async def serving_fixtures(settings: Settings, database: Database) -> AsyncIterator[str]:
    """The address of `/mcp` of a gateway that serves the fixtures to whoever asks: the suite has no credentials."""
    somebody = Subject(user_id=ObjectId(), scopes=ALL_SCOPES)

    async def subject(endpoint: McpEndpoint, request: Request) -> Subject:
        return somebody

    with (
        patch("agents.server.endpoint._load", return_value=fixtures.start),
        patch.object(McpEndpoint, "_subject", subject),
    ):
        async with gateway_of(settings, database) as address:
            yield f"http://{address}/mcp"


def install() -> None:
    """What the lock file names; nothing where it is there already."""
    installed, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci"], cwd=HERE, check=True, capture_output=True)


def node() -> str | None:
    """A Node that the suite runs on; None where there is none."""
    found = [str(path) for path in sorted(HERE.glob("node_modules/node-linux-*/bin/node"))]
    there = shutil.which("node")
    for command in [*([there] if there else []), *found]:
        told = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"v(\d+)", told)
        if version is not None and int(version[1]) >= OLDEST_NODE:
            return command
    return None


async def run(url: str, revision: str, command: str) -> Outcome:
    """Run what a revision requires of a server."""
    process = await _started(command, "server", "--url", url, "--requirements", revision)
    return _outcome(required(revision), (await process.communicate())[0].decode())


async def run_authorization(address: str, command: str) -> Outcome:
    """Run what it asks of an authorization server, against the gateway at `host:port`, with a person who agrees."""
    issuer = f"http://{address}"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with httpx.AsyncClient(verify=NO_TLS, base_url=issuer, timeout=PATIENCE) as http:
        account = {"email": f"{ObjectId()}@example.com", "password": PASSWORD, "name": "Ann"}
        assert (await http.post("/auth/register", json=account)).status_code == 201
        browser = Browser(http, issuer)
        await browser.sign_in(account["email"])
        application = Application(http, redirect=f"http://127.0.0.1:{port}/callback")
        await application.register()
        named = ("--client-id", application.id, "--resource", f"{issuer}/mcp", "--port", str(port))
        process = await _started(command, "authorization", "--url", issuer, *named)
        assert process.stdout is not None
        told = ""
        async for line in process.stdout:
            told += line.decode()
            if line.startswith(f"{issuer}/oauth/authorize?".encode()):
                agreed = await browser.submit(await browser.asked(line.decode().strip()), decision="allow")
                await http.get(agreed.headers["location"])
        await process.wait()
    return _outcome(AUTHORIZATION, told)


async def _started(command: str, *arguments: str) -> Process:
    suite = str(SUITE / "dist" / "index.js")
    return await asyncio.create_subprocess_exec(command, suite, *arguments, stdout=PIPE, stderr=STDOUT)


def _outcome(wanted: frozenset[str], told: str) -> Outcome:
    passed = wanted & set(_SCENARIO.findall(told))
    return Outcome(sorted(passed), sorted(wanted - passed), told)


def required(revision: str) -> frozenset[str]:
    """The scenarios that a revision requires of servers, as the suite lists them."""
    listed = (SUITE / "requirements" / f"{revision}.yaml").read_text()
    names = listed.partition("\nserver:\n")[2].partition("\n\n")[0]
    return frozenset(line.removeprefix("  - ") for line in names.splitlines())
