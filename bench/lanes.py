"""A lane of 50 cards and one of 5,000: what is read and changed of them, over HTTP and the embedded database."""

import asyncio
import random
import secrets
from dataclasses import dataclass
from typing import Any

import orjson
from beanie import init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient
from rich.console import Console

from bench.http import sign_up
from bench.project import fill
from bench.servers import embedded, gateway
from bench.table import show
from bench.timing import Contender, Run, measure
from bench.wire import Wire
from models import DOCUMENTS, Card
from models.base import Record, collection

SIZES = (50, 5_000)
TIMES = 7
GOAL = 1.3
COLUMNS = "query ($project: ID!) { project(id: $project) { columns { %s } } }"
QUERIES = {
    "cards(first: 50) of a column": COLUMNS % "cards(first: 50) { totalCount nodes { id title } }",
    "cardCount of a column": COLUMNS % "cardCount",
    "order of a card": "query ($card: ID!) { card(id: $card) { order } }",
    "move to anywhere": "mutation ($card: ID!, $to: CardMoveInput!) { cardMove(id: $card, input: $to) { cursor } }",
    "create at the end": "mutation ($create: CardCreateInput!) { cardCreate(input: $create) { cursor } }",
}


def lanes(rounds: int) -> None:
    """Measure, and print a table for each."""
    secret_key = secrets.token_hex(32)
    with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret_key) as ours:
        token, workspace = runner.run(sign_up(ours.url))
        filled = runner.run(_fill(database.url, workspace))
        wire = runner.run(Wire.open(ours.url, "/graphql", token))
        for name, query in QUERIES.items():
            contenders = [
                Contender(f"{size:,} cards in the lane", _run(runner, wire, query, filled[size]), TIMES)
                for size in SIZES
            ]
            measure(contenders, rounds, warm_up=5)
            show(f"{name}, {rounds} paired rounds", contenders)
        wire.close()
    Console().print(f"The goal is {GOAL} x at the most.")


@dataclass(frozen=True)
class Filled:
    """A project whose cards all stand in one column."""

    project: str
    cards: list[Record]

    def variables(self) -> dict[str, Any]:
        """Those of every query here, of a card at random that moves to a place at random."""
        card = random.choice(self.cards)
        place = {"columnId": str(card["column_id"]), "order": random.randrange(len(self.cards))}
        created = {"projectId": self.project, "columnId": place["columnId"], "title": "One more"}
        return {"project": self.project, "card": str(card["_id"]), "to": place, "create": created}


def _run(runner: asyncio.Runner, wire: Wire, query: str, filled: Filled) -> Run:
    async def post(times: int) -> list[int]:
        bodies = [orjson.dumps({"query": query, "variables": _used(query, filled.variables())}) for _ in range(times)]
        return [round((await wire.post(body))[1] * 1e6) for body in bodies]

    return lambda times: runner.run(post(times))


def _used(query: str, variables: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if f"${name}:" in query}


async def _fill(url: str, workspace: ObjectId) -> dict[int, Filled]:
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        await init_beanie(database=database, document_models=list(DOCUMENTS), skip_indexes=True)
        projects = {size: await fill(database, workspace, size, spread=1) for size in SIZES}
        found: dict[int, Filled] = {}
        for size, project in projects.items():
            inside = collection(Card).find({"project_id": ObjectId(project)}, {"column_id": 1})
            found[size] = Filled(project, await inside.to_list())
        return found
