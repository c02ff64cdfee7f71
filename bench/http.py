"""Over HTTP: a board read from one database by ours and by its peers, the least request, and growth with the data."""

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import orjson
from beanie import init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient
from rich.console import Console
from rich.table import Table

from bench.node import installed
from bench.project import BOARD, fill
from bench.queries import queries_of_boards
from bench.servers import Server, embedded, gateway, node_peer, python_peer
from bench.timing import Contender, Run, measure, ratio
from bench.wire import Wire
from models import DOCUMENTS

CARDS = 500
SIZES = (50, 500, 5_000)
AT_ONCE = 8
"""Connections of the run that counts requests per second."""
REQUESTS = 400
"""Requests per round of that run."""


@dataclass
class Asked(Contender):
    """A server and what it spends: processor seconds of its own, and of the database for it."""

    server: Server | None = None
    requests: int = 0
    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


@dataclass
class Lab:
    """The database with its projects by their number of cards, a gateway over it, and somebody signed in there."""

    runner: asyncio.Runner
    database: Server
    ours: Server
    secret_key: str
    token: str
    projects: dict[int, str]


def http(rounds: int) -> None:
    """Measure all, and print the tables."""
    secret_key = secrets.token_hex(32)
    with asyncio.Runner() as runner, embedded(runner) as database, gateway(database, secret_key) as ours:
        token, workspace = runner.run(sign_up(ours.url))
        lab = Lab(runner, database, ours, secret_key, token, runner.run(_fill(database.url, workspace)))
        with ExitStack() as stack:
            by_hand = stack.enter_context(python_peer("handwritten", database, secret_key))
            stock = stack.enter_context(python_peer("stock", database))
            mercurius = stack.enter_context(node_peer("mercurius_http", database)) if installed() else None
            _board(lab, by_hand, stock, mercurius, rounds)
            _trivial(lab, by_hand, rounds)
        _growth(lab, rounds)


def _board(lab: Lab, by_hand: Server, stock: Server, mercurius: Server | None, rounds: int) -> None:
    body = _request(lab.projects[CARDS])
    peers = [
        ("ours", lab.ours, "/graphql", 9),
        ("by hand: Starlette, PyMongo, orjson", by_hand, "/checked", 9),
        ("by hand, for anybody", by_hand, "/board", 9),
        ("stock Strawberry, Beanie, DataLoader", stock, "/graphql", 3),
        *([("mercurius with jit, mongodb driver", mercurius, "/graphql", 9)] if mercurius else []),
    ]
    contenders = [
        _asked(lab, name, server, _serial(lab, server, path, body), times) for name, server, path, times in peers
    ]
    answers = {name: lab.runner.run(_post(server.url, path, lab.token, body)) for name, server, path, _ in peers}
    _check_same(answers)
    measure(contenders, rounds)
    ours, hand, bare, theirs, *_ = contenders
    _show(
        f"(b) {CARDS} cards x 13 fields x assignee x labels x checklist over HTTP, {rounds} paired rounds",
        contenders,
        f"{len(answers['ours']) / 1000:.0f} kB of JSON. Ours checks the caller's membership every time and the JWT's"
        " session every two seconds; the first by hand checks both every time, beside its reads; the others nothing.",
        f"Ours takes {ratio(ours, hand):.2f} x the time of the endpoint by hand, {ratio(ours, bare):.2f} x that of the"
        f" one that checks nothing; stock Strawberry takes {ratio(theirs, ours):.2f} x ours.",
    )


def _trivial(lab: Lab, by_hand: Server, rounds: int) -> None:
    body = orjson.dumps({"query": "{ __typename }"})
    contenders = [
        _asked(lab, name, server, _at_once(lab, server.url, path, token, body), 1)
        for name, server, path, token in (
            ("bare Starlette endpoint with JSON", by_hand, "/trivial", ""),
            ("ours, nobody signed in", lab.ours, "/graphql", ""),
            ("ours, signed in with a JWT", lab.ours, "/graphql", lab.token),
        )
    ]
    measure(contenders, rounds, warm_up=1)
    bare = contenders[0]
    table = Table(title=f"(d) {{ __typename }} over HTTP, {AT_ONCE} connections, {rounds} paired rounds")
    table.title_justify = "left"
    for heading in ("contender", "requests a second", "of the first", "its processor, ms"):
        table.add_column(heading, justify="left" if heading == "contender" else "right")
    for one in contenders:
        per_second = REQUESTS / (one.milliseconds / 1000)
        own = sum(one.own) / len(one.own) * 1000 / REQUESTS
        table.add_row(one.name, f"{per_second:,.0f}", f"{1 / ratio(one, bare):.2f} x", f"{own:.3f}")
    Console().print(table)


def _growth(lab: Lab, rounds: int) -> None:
    table = Table(title="growth of ours over HTTP, the same request", title_justify="left")
    for heading in ("cards", "median, ms", "µs a card", "its processor, ms", "database's, ms", "queries", "RSS, MB"):
        table.add_column(heading, justify="right")
    queries = lab.runner.run(queries_of_boards(lab.database.url, lab.secret_key, lab.token, lab.projects))
    for cards, project in lab.projects.items():
        asked = _asked(lab, str(cards), lab.ours, _serial(lab, lab.ours, "/graphql", _request(project)), 3)
        measure([asked], rounds, warm_up=3)
        own, base = (median(found) / asked.times * 1000 for found in (asked.own, asked.database))
        memory = lab.ours.process.memory_info().rss / 1e6
        spent = asked.milliseconds
        row = (f"{cards:,}", f"{spent:.1f}", f"{spent * 1000 / cards:.0f}", f"{own:.1f}", f"{base:.1f}")
        table.add_row(*row, str(queries[cards]), f"{memory:.0f}")
    Console().print(table)


def _asked(lab: Lab, name: str, server: Server, run: Run, times: int) -> Asked:
    """A contender whose runs note the processor time of its server and of the database."""

    def noted(times: int) -> list[int]:
        before = server.seconds(), lab.database.seconds()
        spent = run(times)
        asked.own.append(server.seconds() - before[0])
        asked.database.append(lab.database.seconds() - before[1])
        return spent

    asked = Asked(name, noted, times)
    return asked


def _serial(lab: Lab, server: Server, path: str, body: bytes) -> Run:
    """One request after the other, over one connection."""

    async def ask(times: int) -> list[int]:
        wire = await Wire.open(server.url, path, lab.token)
        spent = [int((await wire.post(body))[1] * 1e6) for _ in range(times)]
        wire.close()
        return spent

    return lambda times: lab.runner.run(ask(times))


def _at_once(lab: Lab, url: str, path: str, token: str, body: bytes) -> Run:
    """Many requests over several connections; the time until all are answered."""

    async def ask() -> int:
        wires = [await Wire.open(url, path, token) for _ in range(AT_ONCE)]

        async def some(wire: Wire) -> None:
            for _ in range(REQUESTS // AT_ONCE):
                await wire.post(body)

        start = perf_counter()
        await asyncio.gather(*map(some, wires))
        spent = perf_counter() - start
        for wire in wires:
            wire.close()
        return int(spent * 1e9)

    return lambda times: [lab.runner.run(ask()) for _ in range(times)]


def _show(title: str, contenders: Sequence[Asked], *notes: str) -> None:
    table = Table(title=title, title_justify="left")
    for heading in ("contender", "median, ms", "of ours", "its processor, ms", "database's, ms"):
        table.add_column(heading, justify="left" if heading == "contender" else "right")
    for one in contenders:
        own, base = (sum(found) / len(found) / one.times * 1000 for found in (one.own, one.database))
        times = f"{ratio(one, contenders[0]):.2f} x"
        table.add_row(one.name, f"{one.milliseconds:.1f}", times, f"{own:.1f}", f"{base:.1f}")
    console = Console()
    console.print(table)
    for note in notes:
        console.print(note, highlight=False)


def _check_same(answers: dict[str, bytes]) -> None:
    """Raise RuntimeError where a contender answers with other data."""
    same = {name: _plain(orjson.loads(answer)["data"]) for name, answer in answers.items()}
    for name, answer in same.items():
        if answer != same["ours"]:
            raise RuntimeError(f"{name!r} answers something else.")


def _plain(value: Any, name: str = "") -> Any:
    """A value with its moments in one spelling."""
    if isinstance(value, dict):
        return {key: _plain(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str) and name in ("startDate", "dueDate", "createdAt", "updatedAt"):
        return datetime.fromisoformat(value).timestamp()
    return value


def _request(project: str) -> bytes:
    return orjson.dumps({"query": BOARD, "variables": {"id": project}})


async def _post(url: str, path: str, token: str, body: bytes) -> bytes:
    wire = await Wire.open(url, path, token)
    answer, _ = await wire.post(body)
    wire.close()
    return answer


async def sign_up(url: str) -> tuple[str, ObjectId]:
    """The token of somebody new, and the id of their workspace."""
    async with httpx.AsyncClient(base_url=url) as client:
        account = {"email": "bench@example.com", "password": secrets.token_hex(16)}
        token: str = (await client.post("/auth/register", json=account)).json()["access_token"]
        client.cookies.clear()
        client.headers["authorization"] = f"Bearer {token}"
        query = "{ organizations { nodes { workspaces { nodes { id } } } } }"
        found = (await client.post("/graphql", json={"query": query})).json()
        return token, ObjectId(found["data"]["organizations"]["nodes"][0]["workspaces"]["nodes"][0]["id"])


async def _fill(url: str, workspace: ObjectId) -> dict[int, str]:
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        await init_beanie(database=database, document_models=list(DOCUMENTS), skip_indexes=True)
        return {cards: await fill(database, workspace, cards) for cards in SIZES}
