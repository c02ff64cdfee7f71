"""`python -m tests.agents.fakes`: missions with two servers of models that others wrote, in both protocols.

They are no part of this project: `pip install fakellm==0.3.5 llmock==0.2.2` into any environment whose `bin` is on the
`PATH`. fakellm says what its rules say; llmock refuses, cuts and garbles what it answers, and judges its clients.
"""

import asyncio
import json
import shutil
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.agents.model_server import Turn, turns
from tests.agents.served import Served, board, served

PORT = 3985
PATIENCE = 60.0
PROTOCOLS = ("openai", "anthropic")
SAID = "Looked at by a model of somebody else."
FAULTS: list[dict[str, Any]] = [
    {"type": "fail", "status": 429, "retry_after": 0.5, "times": 2},
    {"type": "fail", "status": 529},
    {"type": "stream_fault", "kind": "disconnect", "after_chunks": 2},
    {"type": "stream_fault", "kind": "truncate", "after_chunks": 2},
    {"type": "tool_fault", "kind": "malformed_arguments", "times": 3},
    {"type": "tool_fault", "kind": "unknown_tool"},
]
"""Five requests that come to nothing, whose two streams take a broken call each; the sixth calls with arguments that
are no JSON, the seventh a tool that there is not."""
CALLED = 5
"""Times that the tool is called for the eighth request to call it well."""
COMMENTS = "query ($id: ID!) { card(id: $id) { comments { nodes { content } } } }"
REPORTS = (
    "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Mission { id status error stepCount activities(first: 50) "
    "{ nodes { kind content } } } } }"
)


async def main() -> int:
    """Run a mission of each fake and protocol; the exit status."""
    if missing := [name for name in ("fakellm", "llmock") if shutil.which(name) is None]:
        print(f"{' and '.join(missing)} are not on the PATH: pip install fakellm==0.3.5 llmock==0.2.2")
        return 2
    ports = _free(2)
    async with served(turns(Turn("Done.")), PORT, _models(*ports)) as at:
        made = await board(at, 2 * len(PROTOCOLS))
        agents = {
            (fake, protocol): await at.make(
                "agentCreate",
                "agent",
                workspaceId=made.workspace,
                name=f"{fake} {protocol}",
                slug=f"{fake}-{protocol}",
                autonomyMode="AUTONOMOUS",
                model=f"{fake}-{protocol}",
            )
            for fake in ("fakellm", "llmock")
            for protocol in PROTOCOLS
        }
        cards = dict(zip(agents, made.cards, strict=True))
        faults = []
        for protocol in PROTOCOLS:
            async with _fakellm(ports[0], cards["fakellm", protocol]):
                key = "fakellm", protocol
                faults += await _tried(at, f"fakellm, {protocol}", agents[key], cards[key])
            async with _llmock(ports[1], cards["llmock", protocol]) as mock:
                key = "llmock", protocol
                faults += await _tried(at, f"llmock, {protocol}", agents[key], cards[key])
                faults += await _verdict(mock)
    for fault in faults:
        print(f"  WRONG: {fault}")
    return 1 if faults else 0


async def _tried(at: Served, told: str, agent: str, card: str) -> list[str]:
    """What is wrong with a mission that comments once on a card, and ends."""
    mission = await at.make("missionCreate", "mission", agentId=agent, cardId=card, prompt="Comment on the card, once.")
    [status] = await at.ended([mission])
    [found] = (await at.ask(REPORTS, ids=[mission]))["nodes"]
    comments = [comment["content"] for comment in (await at.ask(COMMENTS, id=card))["card"]["comments"]["nodes"]]
    print(f"{told}: {status} after {found['stepCount']} turns; {comments}; {found['error'] or ''}")
    for report in found["activities"]["nodes"]:
        print(f"    {report['kind']}: {report['content'][:140]}")
    wrong = [] if status == "COMPLETED" else [f"{told} ended as {status}"]
    return wrong if comments == [SAID] else [*wrong, f"{told} has commented {comments}"]


async def _verdict(mock: httpx.AsyncClient) -> list[str]:
    """What llmock says that its client has done wrong."""
    text = (await mock.get("/_llmock/verdict", params={"format": "text"})).text
    print("    " + text.strip().replace("\n", "\n    "))
    return [line.strip() for line in text.splitlines() if "FAIL" in line]


def _models(fakellm: int, llmock: int) -> str:
    """Both servers in both protocols, as models that cost little."""
    places = {
        "fakellm-openai": f"http://127.0.0.1:{fakellm}/v1",
        "fakellm-anthropic": f"http://127.0.0.1:{fakellm}",
        "llmock-openai": f"http://127.0.0.1:{llmock}/v1",
        "llmock-anthropic": f"http://127.0.0.1:{llmock}/anthropic",
    }
    return "".join(
        f'[models.{name}]\nprotocol = "{name.partition("-")[2]}"\nbase_url = "{url}"\n'
        "price = { input = 1.0, output = 1.0 }\n"
        for name, url in places.items()
    )


@asynccontextmanager
async def _fakellm(port: int, card: str) -> AsyncIterator[None]:
    """fakellm, which calls `comment` in the first turn, and is done in the second."""
    call = {"name": "comment", "arguments": {"cardId": card, "content": SAID}}
    rules = [
        {"name": "comment", "when": {"turn": 1}, "respond": {"tool_calls": [call]}},
        {"name": "done", "when": {"turn": 2}, "respond": {"content": "I have said what there is to say."}},
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fakellm.yaml"
        file.write_text(json.dumps({"version": 1, "rules": rules}))  # JSON is YAML
        async with _running(["fakellm", "serve", "--port", str(port)], port, "/_fakellm/stats", folder):
            yield


@asynccontextmanager
async def _llmock(port: int, card: str) -> AsyncIterator[httpx.AsyncClient]:
    """llmock with all the faults, and then the call of `comment`; a client of its own routes."""
    call = {"name": "comment", "arguments": {"cardId": card, "content": SAID}}
    async with (
        _running(["llmock", "serve", "--port", str(port), "--tool-mode", "off"], port, "/health"),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as mock,
    ):
        behaviours = [*FAULTS, {"type": "reply", "tool_calls": [call], "times": CALLED}]
        (await mock.post("/_llmock/scenario", json={"behaviors": behaviours})).raise_for_status()
        yield mock


@asynccontextmanager
async def _running(command: Sequence[str], port: int, health: str, folder: str | None = None) -> AsyncIterator[None]:
    """A program that serves, once it answers."""
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
            while True:
                try:
                    (await client.get(f"http://127.0.0.1:{port}{health}")).raise_for_status()
                except httpx.HTTPError:
                    await asyncio.sleep(0.2)
                else:
                    break
        yield
    finally:
        process.terminate()
        await process.wait()


def _free(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
