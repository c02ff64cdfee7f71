"""What a small project answers and what a large one does, in turns, over HTTP and the embedded database."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from beanie import init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient

from bench.http import sign_up
from bench.project import Base
from bench.servers import embedded, gateway
from bench.table import show
from bench.timing import Contender, Run, measure
from bench.wire import Wire
from models import DOCUMENTS

Variables = Callable[[], dict[str, Any]]
"""The variables of the next request, for all queries: one gets those that it names."""
Fill = Callable[[Base, ObjectId], Awaitable[Mapping[int, Variables]]]
"""Fills a workspace with projects; the variables of each by its size."""


def compare_sizes(queries: Mapping[str, str], fill: Fill, rounds: int, *, told: str, times: int, warm_up: int) -> None:
    """Measure each query on each size, and print a table for each; `told` says what there are so many of."""
    secret_key = secrets.token_hex(32)
    with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret_key) as ours:
        token, workspace = runner.run(sign_up(ours.url))
        filled = runner.run(_fill(database.url, workspace, fill))
        wire = runner.run(Wire.open(ours.url, "/graphql", token))
        for name, query in queries.items():
            contenders = [
                Contender(f"{size:,} {told}", _run(runner, wire, query, variables), times)
                for size, variables in filled.items()
            ]
            measure(contenders, rounds, warm_up)
            show(f"{name}, {rounds} paired rounds", contenders)
        wire.close()


def _run(runner: asyncio.Runner, wire: Wire, query: str, variables: Variables) -> Run:
    async def post(times: int) -> list[int]:
        spent: list[int] = []
        for _ in range(times):
            used = {name: value for name, value in variables().items() if f"${name}:" in query}
            answer, milliseconds = await wire.post(orjson.dumps({"query": query, "variables": used}))
            if b'"errors"' in answer:
                raise RuntimeError(answer.decode())
            spent.append(round(milliseconds * 1e6))
        return spent

    return lambda times: runner.run(post(times))


async def _fill(url: str, workspace: ObjectId, fill: Fill) -> Mapping[int, Variables]:
    async with AsyncMongoClient[dict[str, Any]](url, tz_aware=True) as client:
        database: Base = client.get_default_database()
        await init_beanie(database=database, document_models=list(DOCUMENTS), skip_indexes=True)
        return await fill(database, workspace)
