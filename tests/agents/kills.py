"""`python -m tests.agents.kills COUNT`: a gateway and its process of agents are killed in turn while missions run; what
each call did is there once, and every mission ends."""

import asyncio
import os
import random
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from gateway.client import Client, ClientError
from tests.agents.model_server import Json, Turn, serving_model

PORT = 3978
MISSIONS = 20
TURNS = 10
SECONDS = 6.0
"""Between two kills, at most."""

REGISTER = "mutation ($i: AuthRegisterInput!) { authRegister(input: $i) { accessToken } }"
START = """mutation ($p: ID!, $c: ID!) { cardMissionStart(input: {cardId: $c, projectId: $p, prompt: "Go"}) {
  mission { id } } }"""
STATUS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Mission { status error } } }"
COMMENTS = "query ($id: ID!) { card(id: $id) { comments(first: 100) { nodes { content } } } }"
FINAL = {"COMPLETED", "FAILED", "CANCELLED"}


def script(request: Json, before: int) -> Turn:
    """A comment in each turn, slowly, then the end."""
    text = str(request["messages"])
    card = text.partition("about the card ")[2][:24]
    if before < TURNS:
        said = f"{card[-4:]} turn {before}"
        return Turn("thinking about it " * 4, (("comment", {"cardId": card, "content": said}),), pause=0.1)
    return Turn("Done.")


async def main(count: int) -> int:
    """Kill that often; the exit status."""
    async with serving_model(script) as model:
        folder = Path(tempfile.mkdtemp(prefix="orrery-kills-"))
        file = folder / "models.toml"
        price = "price = { input = 1.0, output = 2.0 }"
        file.write_text(f'[models.a]\nprotocol = "openai"\nbase_url = "{model.url}/v1"\n{price}\n')
        env = {
            **os.environ,
            "ORRERY_DATA_DIR": str(folder / "data"),
            "ORRERY_MODELS": str(file),
            "ORRERY_PORT": str(PORT),
            "ORRERY_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        }
        gateway = await start(env)
        client = await signed_in()
        cards, project = await board(client)
        missions = [
            (await ask(client, START, p=project, c=card))["cardMissionStart"]["mission"]["id"] for card in cards
        ]
        for kill in range(count):
            await asyncio.sleep(random.uniform(1, SECONDS))
            children = [
                child for child in psutil.Process(gateway.pid).children() if "agent_process" in str(child.cmdline())
            ]
            if kill % 2 and children:
                children[0].send_signal(signal.SIGKILL)
                print(f"kill {kill + 1}: the process of agents", flush=True)
            else:
                gateway.kill()
                await gateway.wait()
                print(f"kill {kill + 1}: the gateway", flush=True)
                gateway = await start(env)
        ends = await wait_for_all(client, missions)
        found = [await comments_of(client, card) for card in cards]
        gateway.terminate()
        await gateway.wait()
    twice = [text for texts in found for text, times in Counter(texts).items() if times > 1]
    missing = [
        card for card, texts, end in zip(cards, found, ends, strict=True) if end == "COMPLETED" and len(texts) != TURNS
    ]
    print(f"{Counter(ends)}; done twice: {twice}; completed with something missing: {missing}")
    return 1 if twice or missing else 0


async def start(env: dict[str, str]) -> Process:
    """A gateway that answers."""
    gateway = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", env=env, stdout=asyncio.subprocess.DEVNULL
    )
    client = Client(f"http://127.0.0.1:{PORT}")
    async with asyncio.timeout(120):
        while True:
            try:
                await ask(client, "{ __typename }")
            except ClientError:
                await asyncio.sleep(0.2)
            else:
                return gateway


async def signed_in() -> Client:
    client = Client(f"http://127.0.0.1:{PORT}")
    values = {"email": "a@b.example", "password": "a long password", "name": "Ann"}
    made = await ask(client, REGISTER, i=values)
    return client.signed_in(made["authRegister"]["accessToken"])


async def board(client: Client) -> tuple[list[str], str]:
    """Cards, each for a mission, and their project."""
    organization = await make(client, "organizationCreate", "organization", name="Acme", slug="acme")
    workspace = await make(client, "workspaceCreate", "workspace", organizationId=organization, name="W", slug="eng")
    await make(client, "agentCreate", "agent", workspaceId=workspace, name="A", slug="atlas", autonomyMode="AUTONOMOUS")
    project = await make(client, "projectCreate", "project", workspaceId=workspace, name="Launch")
    column = await make(client, "columnCreate", "column", projectId=project, name="To do")
    named = {"projectId": project, "columnId": column}
    return [await make(client, "cardCreate", "card", title=f"Card {n}", **named) for n in range(MISSIONS)], project


async def make(client: Client, mutation: str, shown: str, **values: Any) -> str:
    kind = mutation[0].upper() + mutation[1:]
    query = f"mutation ($i: {kind}Input!) {{ {mutation}(input: $i) {{ {shown} {{ id }} }} }}"
    made: str = (await ask(client, query, i=values))[mutation][shown]["id"]
    return made


async def wait_for_all(client: Client, missions: list[str]) -> list[str]:
    """How missions ended."""
    async with asyncio.timeout(600):
        while True:
            found = [mission["status"] for mission in (await ask(client, STATUS, ids=missions))["nodes"]]
            if FINAL.issuperset(found):
                return found
            await asyncio.sleep(1)


async def comments_of(client: Client, card: str) -> list[str]:
    found = (await ask(client, COMMENTS, id=card))["card"]["comments"]["nodes"]
    return [comment["content"] for comment in found]


async def ask(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await asyncio.to_thread(client.graphql, query, variables)
    return answer


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)))
