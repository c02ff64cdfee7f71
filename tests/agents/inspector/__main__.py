"""`python -m tests.agents.inspector`: a day of work with the command line of the MCP inspector, by both generations of
the protocol: find, read, write with approval, catch up, run an agent, cancel. Prints each step."""

import asyncio
import json
import re
import subprocess
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.agents.conformance.suite import install, node
from tests.clients.test_mcp import AGENT
from tests.clients.world import World, opened_world

HERE = Path(__file__).parent
MAIN = HERE / "node_modules" / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"
ERAS = tuple(sys.argv[1:]) or ("legacy", "modern")


@dataclass(frozen=True)
class Inspector:
    """The inspector with a token, in an era."""

    node: str
    url: str
    token: str
    era: str

    async def ask(self, method: str, *options: str) -> Any:
        """What a method answers. Raises RuntimeError with what the inspector says, where it fails."""
        command = (self.node, str(MAIN), "--cli", "--server-url", f"{self.url}/mcp", "--transport", "http")
        era = ("--protocol-era", self.era, "--header", f"Authorization: Bearer {self.token}")
        process = await asyncio.create_subprocess_exec(
            *command, *era, "--method", method, *options, "--format", "json", "--quiet", stdout=PIPE, stderr=PIPE
        )
        told, trouble = await process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"{method} {options}: {trouble.decode()}{told.decode()}")
        return json.loads(told)

    async def call(self, tool: str, **arguments: Any) -> Any:
        """The result of a tool: an object, or its text."""
        told = await self.ask("tools/call", "--tool-name", tool, "--tool-args-json", json.dumps(arguments))
        result = told.get("result", told)
        return result.get("structuredContent") or result["content"][0]["text"]

    async def read(self, uri: str) -> str:
        told = await self.ask("resources/read", "--uri", uri)
        return str(told.get("result", told)["contents"][0]["text"])


async def day(world: World, command: str, era: str) -> None:
    """All of it, for somebody new."""
    board = await world.board()
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": f"atlas-{era}"}
    agent = (await board.ann.ask(AGENT, input=values))["agentCreate"]
    ann, worker = (Inspector(command, world.url, token, era) for token in (board.ann.token, agent["token"]))

    def step(name: str, holds: bool) -> None:
        print(f"{era}: {name}: {'ok' if holds else 'FAILED'}", flush=True)
        if not holds:
            sys.exit(1)

    told = await ann.ask("tools/list")
    step("lists tools", "run_agent" in {tool["name"] for tool in told.get("result", told)["tools"]})
    step("finds", "create_label" in await ann.call("find_tools", query="create a label"))
    events = f"orrery://project/{board.project}/events"
    cursor = re.findall(r"after=(\S+)", await ann.read(events))[0]
    card = (await ann.call("create_card", projectId=board.project, title="Made"))["card"]["id"]
    step("reads", "title: Made" in await ann.call("get_card", id=card))
    asked = await worker.call("update_card", id=card, title="Approved")
    step("waits for approval", asked["status"] == "PENDING")
    await ann.call("decide_proposals", ids=[asked["proposal"]["id"]], approved=True)
    step("is approved", "title: Approved" in await ann.read(f"orrery://card/{card}"))
    step("catches up", "CardUpdated" in await ann.read(f"{events}?after={cursor}"))
    prompts = await ann.ask("prompts/list")
    step("lists prompts", "weekly_review" in {each["name"] for each in prompts.get("result", prompts)["prompts"]})
    # By the later generation the inspector waits for the end of what it begins, as a task.
    asked_for = {"agentId": agent["agent"]["id"], "prompt": "Look"}
    running = asyncio.create_task(ann.call("run_agent", **asked_for))
    first = await queued(ann, board.workspace)
    await worker.call("claim_mission", workspaceId=board.workspace)
    await worker.call("finish_mission", id=first, summary="All in order")
    step("runs an agent", first in str(await running))
    step("reads what came of it", "All in order" in await ann.read(f"orrery://mission/{first}"))
    running = asyncio.create_task(ann.call("run_agent", **asked_for))
    second = await queued(ann, board.workspace)
    await ann.call("call_tool", name="cancel_mission", arguments={"id": second})
    await asyncio.gather(running, return_exceptions=True)
    step("cancels", "cancelled" in await ann.read(f"orrery://mission/{second}"))


async def queued(ann: Inspector, workspace: str) -> str:
    """The mission that waits for its agent, once there is one."""
    wanted = {"workspaceId": workspace, "filter": {"status": {"eq": "queued"}}}
    while True:
        told = await ann.call("call_tool", name="list_missions", arguments=wanted)
        if found := re.findall(r"\[?([0-9a-f]{24})\]?", str(told).partition("\n")[2]):
            return str(found[0])


def installed() -> str:
    """The Node that the inspector runs on, with all that it needs beside."""
    install()
    command = node()
    if command is None:
        sys.exit("The inspector needs Node 22")
    if not MAIN.exists():
        # What its lock file names; `npm ci` insists on an optional package that registries may not have.
        subprocess.run(["npm", "install", "--no-save"], cwd=HERE, check=True, capture_output=True)
    return command


async def main() -> None:
    command = await asyncio.to_thread(installed)
    with TemporaryDirectory() as folder:
        async with opened_world(Path(folder)) as world:
            for era in ERAS:
                await day(world, command, era)


if __name__ == "__main__":
    asyncio.run(main())
