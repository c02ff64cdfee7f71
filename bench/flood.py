"""What one person's heaviest work does to everybody else: others' p95 while it lasts, beside that of an idle gateway.

The gateway is a process of its own over the embedded database, on a data folder that is thrown away. A flood comes from
a process of its own too, as from another machine: what its client takes is none of the gateway's. It sends as fast as
it is answered, and a tenth of a second after a refusal, for a few seconds.
"""

import asyncio
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bench.timing import percentile
from tests.gateway.process import serving_alone

SECONDS = 6.0
PAUSE = 0.1
"""Seconds between two requests of a bystander."""
TABLE_ROWS = 10_000
PASSWORD = secrets.token_hex(16)
GOAL = 3.0

PATIENCE = 120.0
ELSEWHERE = "127.0.0.2"
"""Somebody else's address: what one source sends is bounded."""

Send = Callable[[], Awaitable[httpx.Response]]
Spent = dict[str, list[float]]


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with a workspace of their own and a card in it."""

    client: httpx.AsyncClient
    email: str
    workspace: str
    workspace_id: str
    card_id: str

    async def ask(self, query: str, **variables: Any) -> httpx.Response:
        return await self.client.post("/graphql", json={"query": query, "variables": variables})


def flood(rounds: int) -> None:
    """Measure, and print the table; `rounds` of each kind."""
    with tempfile.TemporaryDirectory() as folder, serving_alone(Path(folder) / "data") as gateway:
        measured = asyncio.run(_measure(gateway.url, max(1, rounds // 5)))
    idle = measured.pop("idle")
    table = Table(title="One person's flood, and what others wait: p95, and its ratio to idle", title_justify="left")
    for heading in ("flood", "others'", "p95, ms", f"of idle (goal {GOAL:g})"):
        table.add_column(heading, justify="left" if heading.endswith(("d", "'")) else "right")
    for name, kinds in measured.items():
        for kind, spent in kinds.items():
            table.add_row(name, kind, f"{_p95(spent):.0f}", f"{_p95(spent) / _p95(idle[kind]):.1f} x")
    Console().print(table)


async def _measure(url: str, rounds: int) -> dict[str, Spent]:
    elsewhere = httpx.AsyncHTTPTransport(local_address=ELSEWHERE)
    async with (
        httpx.AsyncClient(base_url=url, timeout=120) as first,
        httpx.AsyncClient(base_url=url, timeout=120, transport=elsewhere) as other,
    ):
        # Who signs in again and again loses their first session.
        signs_in = (await newcomer(first, "visitor")).email
        bystander, flooder = await newcomer(first, "bystander"), await newcomer(other, "flooder")
        found: dict[str, Spent] = {name: {} for name in ("idle", *FLOODS)}
        for _ in range(rounds):
            for name in found:
                for kind, spent in (await _beside(bystander, signs_in, name, flooder)).items():
                    found[name].setdefault(kind, []).extend(spent)
        return found


async def _beside(bystander: Person, signs_in: str, name: str, flooder: Person) -> Spent:
    """What a bystander's requests took while a flood went on, and until it was over, and those of who signs in."""
    probes: Mapping[str, Send] = {
        "query": lambda: _query(bystander),
        "change": lambda: change_own(bystander),
        "search": lambda: _search(bystander),
        "login": lambda: _login(bystander.client, signs_in),
    }
    spent: Spent = {kind: [] for kind in probes}
    with _flooding(name, flooder):
        ends = perf_counter() + SECONDS
        await asyncio.gather(*(_probe(probe, ends, spent[kind]) for kind, probe in probes.items()))
    return spent


@contextmanager
def _flooding(name: str, flooder: Person) -> Iterator[None]:
    """A flood while the block runs, by a process that is ready when it begins; none under another name."""
    if name not in FLOODS:
        yield
        return
    spawned = get_context("spawn")
    begin, ready = spawned.Event(), spawned.Event()
    who = {name: value for name, value in vars(flooder).items() if name != "client"}
    sent = (str(flooder.client.base_url), dict(flooder.client.headers), who)
    process = spawned.Process(target=_flood, args=(name, *sent, ready, begin))
    process.start()
    try:
        assert ready.wait(PATIENCE)
        begin.set()
        yield
        process.join(PATIENCE)
        assert process.exitcode == 0
    finally:
        process.kill()


def _flood(name: str, url: str, headers: dict[str, str], who: dict[str, str], ready: Event, begin: Event) -> None:
    """What the process of a flood does."""
    at_once, send = FLOODS[name]

    async def run() -> None:
        elsewhere = httpx.AsyncHTTPTransport(local_address=ELSEWHERE)
        async with httpx.AsyncClient(base_url=url, timeout=120, headers=headers, transport=elsewhere) as client:
            person = Person(client, **who)
            ready.set()
            begin.wait(PATIENCE)
            ends = perf_counter() + SECONDS
            await asyncio.gather(*(_again(lambda: send(person), ends) for _ in range(at_once)))

    asyncio.run(run())


async def _again(send: Send, ends: float) -> None:
    while perf_counter() < ends:
        answer = await send()
        if answer.status_code == 429 or b"RATE_LIMITED" in answer.content:
            await asyncio.sleep(PAUSE)


async def _probe(send: Send, ends: float, spent: list[float]) -> None:
    while perf_counter() < ends:
        start = perf_counter()
        answer = await send()
        spent.append((perf_counter() - start) * 1000)
        if answer.is_error or b'"errors"' in answer.content:
            raise RuntimeError(f"a bystander was refused: {answer.text[:200]}")
        await asyncio.sleep(PAUSE)


async def newcomer(client: httpx.AsyncClient, name: str) -> Person:
    """Somebody who has just registered."""
    email = f"{name}-{secrets.token_hex(4)}@example.org"
    made = await client.post("/auth/register", json={"email": email, "password": PASSWORD, "name": name})
    client.headers["authorization"] = f"Bearer {made.raise_for_status().json()['access_token']}"
    client.cookies.clear()
    organization = (await client.get("/organizations")).json()[0]
    workspaces = "query ($s: String!) { organization(slug: $s) { workspaces { nodes { id slug } } } }"
    asked = await client.post("/graphql", json={"query": workspaces, "variables": {"s": organization["slug"]}})
    workspace = asked.json()["data"]["organization"]["workspaces"]["nodes"][0]
    path = f"/orgs/{organization['slug']}/workspaces/{workspace['slug']}"
    project = (await client.post(f"{path}/projects", json={"name": "Own"})).raise_for_status().json()
    card = (
        (await client.post(f"{path}/projects/{project['id']}/cards", json={"title": "Own"})).raise_for_status().json()
    )
    return Person(client, email, path, workspace["id"], card["id"])


async def _query(person: Person) -> httpx.Response:
    return await person.ask("{ viewer { id name } }")


async def change_own(person: Person) -> httpx.Response:
    """A change of somebody's own card."""
    change = "mutation ($id: ID!, $i: CardUpdateInput!) { cardUpdate(id: $id, input: $i) { cursor } }"
    return await person.ask(change, id=person.card_id, i={"title": secrets.token_hex(4)})


async def _search(person: Person) -> httpx.Response:
    search = 'query ($w: ID!) { search(workspaceId: $w, query: "own") { nodes { __typename } } }'
    return await person.ask(search, w=person.workspace_id)


async def _login(client: httpx.AsyncClient, email: str) -> httpx.Response:
    answer = await client.post(
        "/auth/login", json={"email": email, "password": PASSWORD}, headers={"authorization": ""}
    )
    client.cookies.clear()
    return answer


async def _document(person: Person) -> httpx.Response:
    create = "mutation ($i: DocumentCreateInput!) { documentCreate(input: $i) { cursor } }"
    rows = "|a|b|c|d|e|f|g|h|i|j|\n|-|-|-|-|-|-|-|-|-|-|\n" + "|1|2|3|4|5|6|7|8|9|0|\n" * TABLE_ROWS
    return await person.ask(create, i={"workspaceId": person.workspace_id, "title": "Tables", "content": rows})


async def _import(person: Person) -> httpx.Response:
    cards = [{"title": f"Card {number}"} for number in range(300)]
    return await person.client.post(
        f"{person.workspace}/projects/import", json={"project": {"name": "In"}, "cards": cards}
    )


FLOODS: Mapping[str, tuple[int, Callable[[Person], Awaitable[httpx.Response]]]] = {
    "8 documents of tables": (8, _document),
    "25 imports of 300 cards": (25, _import),
    "24 logins of nobody": (24, lambda person: _login(person.client, f"{secrets.token_hex(4)}@example.org")),
}
"""How many requests there are at once, and what sends one."""


def _p95(spent: list[float]) -> float:
    return percentile(spent, 0.95)
