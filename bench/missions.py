"""Missions of the built-in runtime with a scripted model: how long all of them take, in one workspace and in twenty.

Also what others notice of it meanwhile, and what memory it takes. ORRERY_BENCH_MISSIONS says how many missions, 200 by
default. The bystander has a workspace of their own and asks, changes and starts a mission there now and then, before
the missions and meanwhile. `/health` asks for nothing but a turn of the event loop: what it takes is how late that is.
"""

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import httpx
from rich.console import Console
from rich.table import Table

from bench.flood import Person, change_own, newcomer
from bench.servers import Server, embedded, gateway
from bench.timing import percentile
from tests.agents.model_server import Json, Turn, serving_model

MISSIONS = int(os.environ.get("ORRERY_BENCH_MISSIONS", "200"))
WRITES = 4
PATIENCE = 600.0
IDLE = 6.0
"""Seconds in which the bystander is alone."""
PAUSES = {"query": 0.25, "change": 0.25, "first event": 2.0, "loop": 0.05}
"""Seconds between two looks of each kind: ten a second took a third of the processors by themselves."""
LOOK = 1.0
"""Seconds between two looks for the ends of missions."""
START = "mutation ($p: ID!, $c: ID!) { cardMissionStart(input: {cardId: $c, projectId: $p}) { mission { id } } }"
STATUS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Mission { status } } }"
FINAL = {"COMPLETED", "FAILED", "CANCELLED"}
MEGABYTE = 1024**2
GOALS = {"first event": "150 ms", "loop": "100 ms"}
"""Of what others wait; of the rest twice as long as without the missions."""

Spent = dict[str, list[float]]
"""Milliseconds of each look, by its kind."""


def script(request: Json, before: int) -> Turn:
    """Five steps, four of which write; each is streamed. A mission without a card says something and ends."""
    card = str(request["messages"]).partition("about the card ")[2][:24]
    if card and before < WRITES:
        return Turn("a few words to be streamed " * 4, (("comment", {"cardId": card, "content": f"Step {before}"}),))
    return Turn("All that there is to say is said.")


@dataclass(slots=True)
class Found:
    """What was measured; `memory` is in bytes, of gateway and agents together beyond what they had before.

    `processor` is what database, gateway and agents took of it, in seconds, whatever else the machine does.
    """

    seconds: float = 0.0
    completed: int = 0
    memory: int = 0
    processor: list[float] = field(default_factory=list)
    idle: Spent = field(default_factory=dict)
    beside: Spent = field(default_factory=dict)


def missions(_rounds: int) -> None:
    """Measure once in one workspace and once in twenty, and print a table of each."""
    for workspaces, seconds in ((1, 60), (20, 40)):
        _show(workspaces, seconds, _measure(workspaces))


def _show(workspaces: int, seconds: int, run: Found) -> None:
    where = "one workspace" if workspaces == 1 else f"{workspaces} workspaces"
    title = f"{MISSIONS} missions of 5 steps with 4 writes in {where}, {run.completed} completed"
    table = Table(title=title, title_justify="left")
    for heading in ("what", "idle", "meanwhile", "goal"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    table.add_row("all ended after", "", f"{run.seconds:.1f} s", f"{seconds} s")
    for name, spent in zip(("database", "gateway", "agents"), run.processor, strict=True):
        table.add_row(f"processor, {name}", "", f"{spent:.1f} s", "")
    table.add_row("memory of a mission", "", f"{run.memory / MISSIONS / MEGABYTE:.2f} MB", "1 MB")
    for kind, share in (("query", 0.95), ("change", 0.95), ("first event", 0.95), ("loop", 0.99)):
        before, after = percentile(run.idle[kind], share), percentile(run.beside[kind], share)
        goal = GOALS.get(kind, f"{2 * before:.0f} ms")
        table.add_row(f"others' {kind}, p{share * 100:.0f}", f"{before:.0f} ms", f"{after:.0f} ms", goal)
    Console().print(table)


def _measure(workspaces: int) -> Found:
    with asyncio.Runner() as runner, embedded(runner) as database:
        return runner.run(_run(database, workspaces))


async def _run(database: Server, workspaces: int) -> Found:
    async with serving_model(script) as model:
        file = Path(tempfile.mkdtemp()) / "models.toml"
        price = "price = { input = 1.0, output = 2.0 }"
        file.write_text(f'[models.a]\nprotocol = "openai"\nbase_url = "{model.url}/v1"\n{price}\n')
        settings = {"ORRERY_MODELS": str(file), "ORRERY_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
        with gateway(database, secrets.token_hex(32), **settings) as ours:
            return await _time(database, ours, workspaces)


async def _time(database: Server, ours: Server, workspaces: int) -> Found:
    found = Found()
    async with AsyncExitStack() as stack:

        async def client() -> httpx.AsyncClient:
            return await stack.enter_async_context(httpx.AsyncClient(base_url=ours.url, timeout=PATIENCE))

        bystander = await newcomer(await client(), "bystander")
        agent = await _agent(bystander)
        await _until_begun(bystander, agent)
        boards = [
            await _board(await newcomer(await client(), f"boss{place}"), MISSIONS // workspaces)
            for place in range(workspaces)
        ]
        async with _looking(bystander, agent) as found.idle:
            await asyncio.sleep(IDLE)
        agents = [Server("", child) for child in ours.process.children() if "gateway.agent_process" in child.cmdline()]
        servers = [database, ours, *agents]
        before, spent, began = _memory(servers[1:]), [server.seconds() for server in servers], perf_counter()
        async with _looking(bystander, agent) as found.beside:
            started = await asyncio.gather(
                *(_start(person, project, card) for person, project, cards in boards for card in cards)
            )
            theirs: dict[Person, list[str]] = {}
            for person, mission_id in started:
                theirs.setdefault(person, []).append(mission_id)
            ends: list[str] = []
            async with asyncio.timeout(PATIENCE):
                while not ends or not FINAL.issuperset(ends):
                    await asyncio.sleep(LOOK)
                    ends = [status for mine in theirs.items() for status in await _statuses(*mine)]
                    found.memory = max(found.memory, _memory(servers[1:]) - before)
            found.seconds, found.completed = perf_counter() - began, ends.count("COMPLETED")
            found.processor = [server.seconds() - was for server, was in zip(servers, spent, strict=True)]
    return found


@asynccontextmanager
async def _looking(person: Person, agent: str) -> AsyncIterator[Spent]:
    """What somebody waits for what they do while the block runs."""
    looks: dict[str, Callable[[], Awaitable[float]]] = {
        "query": lambda: _timed(person.ask("{ viewer { id name } }")),
        "change": lambda: _timed(change_own(person)),
        "first event": lambda: _first_event(person, agent),
        "loop": lambda: _timed(person.client.get("/health")),
    }
    spent: Spent = {kind: [] for kind in looks}

    async def look(kind: str) -> None:
        while True:
            spent[kind].append(await looks[kind]() * 1000)
            await asyncio.sleep(PAUSES[kind])

    tasks = [asyncio.create_task(look(kind)) for kind in looks]
    try:
        yield spent
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _timed(answer: Awaitable[httpx.Response]) -> float:
    began = perf_counter()
    found = await answer
    spent = perf_counter() - began
    if found.is_error or b'"errors"' in found.content:
        raise RuntimeError(f"a bystander was refused: {found.text[:200]}")
    return spent


async def _first_event(person: Person, agent: str) -> float:
    """Seconds from asking for a mission to the first event of its stream."""
    began = perf_counter()
    async with person.client.stream("POST", f"{person.workspace}/agent-runtime/run", json=_hello(agent)) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                return perf_counter() - began
    raise RuntimeError("the stream of a mission ended without an event")


async def _until_begun(person: Person, agent: str) -> None:
    """Wait until the process of agents has done something."""
    async with person.client.stream("POST", f"{person.workspace}/agent-runtime/run", json=_hello(agent)) as answer:
        async for _ in answer.aiter_lines():  # to its end
            pass


def _hello(agent: str) -> Json:
    return {"agentUserId": agent, "objective": "Say hello"}


def _memory(servers: Sequence[Server]) -> int:
    """How much memory some servers have, in bytes."""
    return sum(int(server.process.memory_info().rss) for server in servers)


async def _agent(person: Person) -> str:
    """An agent that acts at once; its id."""
    agent = {"name": "Atlas", "slug": "atlas", "autonomyMode": "autonomous"}
    made = (await person.client.post(f"{person.workspace}/agents", json=agent)).raise_for_status().json()
    return str(made["id"])


async def _board(person: Person, count: int) -> tuple[Person, str, list[str]]:
    """An agent, and cards for its missions: who asks, the project, the cards."""
    await _agent(person)
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
