"""A change as a call of a tool over MCP beside the same change as a mutation of the graph: time, and processor time."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from bench.http import sign_up
from bench.servers import Server, embedded, gateway
from bench.timing import Contender, Run, measure, ratio
from bench.wire import Wire

TIMES = 10
"""Calls of one kind after another, in a round."""
REVISIONS = ("2026-07-28", "2025-11-25")
GOAL = 1.5

SHOWN = "id title description priority order archived startDate dueDate version createdAt updatedAt column { id name }"
PREPARE = """mutation ($p: ProjectCreateInput!) { projectCreate(input: $p) { project { id } } }"""
COLUMN = """mutation ($c: ColumnCreateInput!) { columnCreate(input: $c) { column { id } } }"""
CREATE = f"mutation ($i: CardCreateInput!) {{ cardCreate(input: $i) {{ cursor card {{ {SHOWN} }} }} }}"
UPDATE = (
    f"mutation ($i: CardUpdateInput!, $id: ID!) {{ cardUpdate(id: $id, input: $i) {{ cursor card {{ {SHOWN} }} }} }}"
)
COMMENT = "mutation ($i: CommentCreateInput!) { commentCreate(input: $i) { cursor comment { id content createdAt } } }"

Values = Callable[[int], Mapping[str, Any]]
"""The arguments of the so manieth call."""


@dataclass(frozen=True)
class Work:
    """A change by its two names. `by_id` says that the mutation names its object beside its input."""

    tool: str
    mutation: str
    values: Values
    by_id: bool = False


def tool_calls(rounds: int) -> None:
    """Measure, and print the table."""
    secret_key = secrets.token_hex(32)
    with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret_key) as server:
        token, workspace = runner.run(sign_up(server.url))
        works = runner.run(_works(server.url, token, str(workspace)))
        table = Table(
            title=f"a tool over MCP and its mutation, {rounds} paired rounds of {TIMES}", title_justify="left"
        )
        for heading in ("change", "door", "median, ms", "of the mutation", "processor, ms", "of the mutation"):
            table.add_column(heading, justify="left" if heading in ("change", "door") else "right")
        for work in works:
            mcp = [_mcp(revision, runner, server, token, work) for revision in REVISIONS]
            _compare(table, work, [_graph(runner, server, token, work), *mcp], rounds)
    Console().print(table, f"goal: {GOAL} x")


@dataclass
class Door(Contender):
    """A door, and the processor seconds that the gateway spent in each round."""

    spent: list[float] | None = None


def _compare(table: Table, work: Work, doors: list[Door], rounds: int) -> None:
    measure(doors, rounds)
    graph = doors[0]
    for door in doors:
        own = [median((each.spent or [])[-rounds:]) / TIMES * 1000 for each in (door, graph)]
        row = (f"{door.milliseconds:.2f}", f"{ratio(door, graph):.2f} x", f"{own[0]:.2f}", f"{own[0] / own[1]:.2f} x")
        table.add_row(work.tool if door is graph else "", door.name, *row)


def _graph(runner: asyncio.Runner, server: Server, token: str, work: Work) -> Door:
    def body(number: int) -> bytes:
        values = dict(work.values(number))
        beside = {"id": values.pop("id")} if work.by_id else {}
        return orjson.dumps({"query": work.mutation, "variables": {"i": values, **beside}})

    return _door("graph", runner, server, ("/graphql", token, {}), body)


def _mcp(revision: str, runner: asyncio.Runner, server: Server, token: str, work: Work) -> Door:
    about = {"protocolVersion": revision, "clientCapabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    meta = {f"io.modelcontextprotocol/{name}": value for name, value in about.items()}
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": revision}
    is_modern = revision == REVISIONS[0]
    if is_modern:
        headers |= {"mcp-method": "tools/call", "mcp-name": work.tool}

    def body(number: int) -> bytes:
        params = {"name": work.tool, "arguments": work.values(number), **({"_meta": meta} if is_modern else {})}
        return orjson.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})

    return _door(f"MCP, {revision}", runner, server, ("/mcp", token, headers), body)


def _door(
    name: str,
    runner: asyncio.Runner,
    server: Server,
    place: tuple[str, str, Mapping[str, str]],
    body: Callable[[int], bytes],
) -> Door:
    """One call after the other over one connection, none like another."""
    numbers = count()
    spent: list[float] = []

    async def ask(times: int) -> list[int]:
        path, token, headers = place
        wire = await Wire.open(server.url, path, token, headers)
        before = server.seconds()
        taken: list[int] = []
        for _ in range(times):
            answer, milliseconds = await wire.post(body(next(numbers)))
            if b'"isError":true' in answer or b'"cursor":' not in answer:
                raise RuntimeError(f"{name}: {answer[:500]!r}")
            taken.append(int(milliseconds * 1e6))
        spent.append(server.seconds() - before)
        wire.close()
        return taken

    run: Run = lambda times: runner.run(ask(times))  # noqa: E731
    return Door(name, run, TIMES, spent=spent)


async def _works(url: str, token: str, workspace: str) -> list[Work]:
    async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}) as client:

        async def ask(query: str, **variables: Any) -> Any:
            answer = await client.post("/graphql", json={"query": query, "variables": variables})
            return answer.json()["data"]

        made = await ask(PREPARE, p={"workspaceId": workspace, "name": "Bench"})
        project = made["projectCreate"]["project"]["id"]
        column = (await ask(COLUMN, c={"projectId": project, "name": "To do"}))["columnCreate"]["column"]["id"]
        card = (await ask(CREATE, i={"projectId": project, "columnId": column, "title": "x"}))["cardCreate"]["card"][
            "id"
        ]
    place = {"projectId": project, "columnId": column}
    return [
        Work("update_card", UPDATE, lambda number: {"id": card, "title": f"Title {number}"}, by_id=True),
        Work("create_card", CREATE, lambda number: {**place, "title": f"Card {number}"}),
        Work("comment", COMMENT, lambda number: {"cardId": card, "content": f"Comment {number}"}),
    ]
