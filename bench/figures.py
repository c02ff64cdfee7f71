"""Figures of a project of 100 cards and of one of 5,000, and a page of its cards, over HTTP."""

import asyncio
import secrets
from typing import Any

import orjson
from beanie import init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient

from bench.http import sign_up
from bench.project import Base, fill
from bench.servers import embedded, gateway
from bench.table import show
from bench.timing import Contender, Run, measure
from bench.wire import Wire
from models import DOCUMENTS, Project
from models.base import collection
from resolvers.card_facts_rebuild import rebuild_facts

SIZES = (100, 5_000)
TIMES = 5
PROJECT = "query ($id: ID!) { project(id: $id) { %s } }"
QUERIES = {
    "stats": "stats { cards { total overdue } throughput { completed } leadTime { medianHours } ageing { count } }",
    "metrics": "metrics { total open overdue archived }",
    "roadmap": "roadmap { start end milestones { title } dependencies { isViolated } }",
    "the first 50 cards": "cards(first: 50) { nodes { id title } }",
}


def figures(rounds: int) -> None:
    """Measure, and print a table for each."""
    secret_key = secrets.token_hex(32)
    with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret_key) as ours:
        token, workspace = runner.run(sign_up(ours.url))
        projects = runner.run(_fill(database.url, workspace))
        wire = runner.run(Wire.open(ours.url, "/graphql", token))
        for name, fields in QUERIES.items():
            contenders = [
                Contender(f"{size:,} cards", _run(runner, wire, PROJECT % fields, projects[size]), TIMES)
                for size in SIZES
            ]
            measure(contenders, rounds, warm_up=3)
            show(f"{name}, {rounds} paired rounds", contenders)
        wire.close()


def _run(runner: asyncio.Runner, wire: Wire, query: str, project: str) -> Run:
    body = orjson.dumps({"query": query, "variables": {"id": project}})

    async def post(times: int) -> list[int]:
        spent: list[int] = []
        for _ in range(times):
            answer, milliseconds = await wire.post(body)
            if b'"errors"' in answer:
                raise RuntimeError(answer.decode())
            spent.append(round(milliseconds * 1e6))
        return spent

    return lambda times: runner.run(post(times))


async def _fill(url: str, workspace: ObjectId) -> dict[int, str]:
    async with AsyncMongoClient[dict[str, Any]](url, tz_aware=True) as client:
        database: Base = client.get_default_database()
        await init_beanie(database=database, document_models=list(DOCUMENTS), skip_indexes=True)
        found = {size: await fill(database, workspace, size) for size in SIZES}
        await rebuild_facts(await collection(Project).find({"workspace_id": workspace}).to_list())
        return found
