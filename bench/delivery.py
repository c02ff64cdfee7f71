"""A project of 500 cards: importing it, reading its board, and 50 changes of it at once; over HTTP, embedded database.

The gateway is a process of its own, on a data folder that is thrown away.
"""

import asyncio
import secrets
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from bench.wire import Wire
from tests.gateway.process import serving_alone

AT_ONCE = 50
CARDS = 500
COLUMNS = ("To do", "Doing", "Done")
LABELS = ("bug", "docs", "design", "later")
BOARD = """
query ($slug: String!) { organization(slug: $slug) { workspaces { nodes { projects { nodes { name columns { name
  cards(first: 500) { nodes { id title description priority order dueDate version updatedAt
    labels { name color } checklist { title done } assignee { name } } } } } } } } } }
"""
UPDATE = """
mutation ($id: ID!, $input: CardUpdateInput!) { cardUpdate(id: $id, input: $input) { card { version } cursor } }
"""


def delivery(rounds: int) -> None:
    """Measure, and print the table."""
    with tempfile.TemporaryDirectory() as folder, serving_alone(Path(folder) / "data") as gateway:
        measured = asyncio.run(_measure(gateway.url, rounds))
    table = Table(title=f"{CARDS} cards over HTTP, {rounds} rounds", title_justify="left")
    for heading in ("work", "median, ms", "worst, ms"):
        table.add_column(heading, justify="left" if heading == "work" else "right")
    for name, milliseconds in measured.items():
        table.add_row(name, f"{median(milliseconds):.0f}", f"{max(milliseconds):.0f}")
    Console().print(table)


async def _measure(url: str, rounds: int) -> dict[str, list[float]]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        account = {"email": f"bench-{secrets.token_hex(4)}@example.com", "password": secrets.token_hex(16)}
        token = (await client.post("/auth/register", json=account)).json()["access_token"]
        client.cookies.clear()
        client.headers["authorization"] = f"Bearer {token}"
        slug = (await client.get("/organizations")).json()[0]["slug"]
        workspace = f"/orgs/{slug}/workspaces/personal"
        imported: list[float] = []
        for _ in range(rounds):
            imported.append(await _timed(lambda: client.post(f"{workspace}/projects/import", json=_project())))
            projects = (await client.get(f"{workspace}/projects")).json()
            for extra in projects[1:]:
                await client.delete(f"{workspace}/projects/{extra['id']}")
        board = orjson.dumps({"query": BOARD, "variables": {"slug": slug}})
    wires = [await Wire.open(url, "/graphql", token) for _ in range(AT_ONCE)]
    answers = [await wires[0].post(board) for _ in range(rounds)]
    cards = _cards(orjson.loads(answers[0][0]))
    changed: list[float] = []
    for number in range(rounds):
        posts = (wire.post(_change(card, number)) for wire, card in zip(wires, cards, strict=False))
        changed += [spent for _, spent in await asyncio.gather(*posts)]
    for wire in wires:
        wire.close()
    changed.sort()
    return {
        "import of the project": imported,
        "the whole board, nested": [spent for _, spent in answers],
        f"one change, {AT_ONCE} at once": changed,
        f"the 99th percentile of those ({len(changed)})": [changed[int(len(changed) * 0.99)]],
    }


def _cards(board: dict[str, Any]) -> list[str]:
    project = board["data"]["organization"]["workspaces"]["nodes"][0]["projects"]["nodes"][0]
    return [card["id"] for column in project["columns"] for card in column["cards"]["nodes"]]


def _change(card: str, number: int) -> bytes:
    variables = {"id": card, "input": {"title": f"Change {number}"}}
    return orjson.dumps({"query": UPDATE, "variables": variables})


async def _timed(send: Callable[[], Awaitable[httpx.Response]]) -> float:
    """Milliseconds until the whole answer is here; it must be a success."""
    start = perf_counter()
    answer = await send()
    spent = (perf_counter() - start) * 1000
    answer.raise_for_status()
    return spent


def _project() -> dict[str, Any]:
    """About as much text as a real project of this size has."""
    cards = [
        {
            "title": f"Piece of work number {number}",
            "description": "What is to be done, and why. " * 25,
            "columnIndex": number % len(COLUMNS),
            "priority": ("low", "medium", "high")[number % 3],
            "labels": [LABELS[number % len(LABELS)]],
            "checklist": [{"title": f"Step {step}", "done": step < 2} for step in range(5)],
        }
        for number in range(CARDS)
    ]
    return {"project": {"name": "Bench"}, "columns": [{"name": name} for name in COLUMNS], "cards": cards}
