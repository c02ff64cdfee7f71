"""Missions of the built-in runtime with a scripted model: how long all of them take in one workspace, and in twenty.
ORRERY_BENCH_MISSIONS says how many missions, 200 by default."""

import asyncio
import os
import secrets
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bench.flood import Person, newcomer
from bench.servers import embedded, gateway
from tests.agents.model_server import Json, Turn, serving_model

MISSIONS = int(os.environ.get("ORRERY_BENCH_MISSIONS", "200"))
WRITES = 4
PATIENCE = 600.0
BEGINNING = 12.0
"""Seconds that the process of agents is given to begin."""
GOALS = {1: "60 s", 20: "40 s"}
START = "mutation ($p: ID!, $c: ID!) { cardMissionStart(input: {cardId: $c, projectId: $p}) { mission { id } } }"
STATUS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Mission { status } } }"
FINAL = {"COMPLETED", "FAILED", "CANCELLED"}


def script(request: Json, before: int) -> Turn:
    """Five steps, four of which write; each is streamed."""
    card = str(request["messages"]).partition("about the card ")[2][:24]
    if before < WRITES:
        return Turn("a few words to be streamed " * 4, (("comment", {"cardId": card, "content": f"Step {before}"}),))
    return Turn("All four comments are written.")


def missions(_rounds: int) -> None:
    """Measure once, and print the table."""
    table = Table(title=f"{MISSIONS} missions of 5 steps with 4 writes", title_justify="left")
    for heading in ("workspaces", "all ended after", "a second", "completed", "goal"):
        table.add_column(heading, justify="right")
    for workspaces, goal in GOALS.items():
        seconds, completed = _measure(workspaces)
        rate = f"{MISSIONS / seconds:.1f}"
        table.add_row(str(workspaces), f"{seconds:.1f} s", rate, f"{completed} of {MISSIONS}", goal)
    Console().print(table)


def _measure(workspaces: int) -> tuple[float, int]:
    with asyncio.Runner() as runner, embedded(runner) as database:
        return runner.run(_run(database, workspaces))


async def _run(database: Any, workspaces: int) -> tuple[float, int]:
    async with serving_model(script) as model:
        file = Path(tempfile.mkdtemp()) / "models.toml"
        price = "price = { input = 1.0, output = 2.0 }"
        file.write_text(f'[models.a]\nprotocol = "openai"\nbase_url = "{model.url}/v1"\n{price}\n')
        settings = {"ORRERY_MODELS": str(file), "ORRERY_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
        with gateway(database, secrets.token_hex(32), **settings) as ours:
            return await _time(ours.url, workspaces)


async def _time(url: str, workspaces: int) -> tuple[float, int]:
    async with AsyncExitStack() as stack:
        boards: list[tuple[Person, str, list[str]]] = []
        for place in range(workspaces):
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=PATIENCE))
            boards.append(await _board(await newcomer(client, f"boss{place}"), MISSIONS // workspaces))
        await asyncio.sleep(BEGINNING)
        began = perf_counter()
        started = await asyncio.gather(
            *(_start(person, project, card) for person, project, cards in boards for card in cards)
        )
        theirs: dict[Person, list[str]] = {}
        for person, mission_id in started:
            theirs.setdefault(person, []).append(mission_id)
        async with asyncio.timeout(PATIENCE):
            while not FINAL.issuperset(  # noqa: ASYNC110
                found := [status for mine in theirs.items() for status in await _statuses(*mine)]
            ):
                await asyncio.sleep(0.5)
        return perf_counter() - began, found.count("COMPLETED")


async def _board(person: Person, count: int) -> tuple[Person, str, list[str]]:
    """An agent that acts at once, and cards for its missions: who asks, the project, the cards."""
    agent = {"name": "Atlas", "slug": "atlas", "autonomyMode": "autonomous"}
    (await person.client.post(f"{person.workspace}/agents", json=agent)).raise_for_status()
    project = await person.client.post(f"{person.workspace}/projects", json={"name": "Missions"})
    path = f"{person.workspace}/projects/{project.raise_for_status().json()['id']}"
    cards = [
        (await person.client.post(f"{path}/cards", json={"title": f"Card {n}"})).json()["id"] for n in range(count)
    ]
    return person, path.rpartition("/")[2], cards


async def _start(person: Person, project: str, card: str) -> tuple[Person, str]:
    answer = (await person.ask(START, p=project, c=card)).json()
    while "RATE_LIMITED" in str(answer.get("errors")):
        await asyncio.sleep(0.5)
        answer = (await person.ask(START, p=project, c=card)).json()
    return person, answer["data"]["cardMissionStart"]["mission"]["id"]


async def _statuses(person: Person, missions: list[str]) -> list[str]:
    answers = [await person.ask(STATUS, ids=missions[start : start + 50]) for start in range(0, len(missions), 50)]
    return [mission["status"] for answer in answers for mission in answer.json()["data"]["nodes"]]
