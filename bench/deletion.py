"""A workspace of many cards is deleted while somebody else works: how soon it is answered, what others wait, and when
nothing is left. ORRERY_BENCH_CARDS says how many cards, 50,000 by default."""

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx
from beanie import init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from rich.console import Console
from rich.table import Table

from bench.flood import PAUSE, Person, change_own, newcomer
from bench.servers import Server, embedded, gateway
from bench.timing import percentile
from models import DOCUMENTS, Activity, Card, Column, Comment, Lane, Project, Tombstone
from models.base import to_record, utc_now
from models.enums import ActivityType
from models.ids import Kind, new_id

CARDS = int(os.environ.get("ORRERY_BENCH_CARDS", "50000"))
COMMENT_EVERY = 10
PORTION = 200
IDLE_SECONDS = 10.0
DELETE = "mutation ($id: ID!) { workspaceDelete(id: $id) { deletedId } }"
LOOK = "query ($id: ID!) { card(id: $id) { title project { name cards(first: 50) { nodes { id title } } } } }"
GOALS = {"answer": "1 s", "p99": "2 x", "gone": "120 s"}

Spent = list[float]


@dataclass(frozen=True)
class Measured:
    """Seconds of the answer and until nothing was left; milliseconds of others' requests, before and meanwhile; and
    processor seconds meanwhile, of the database and of the gateway."""

    answer: float
    gone: float
    idle: Spent
    meanwhile: Spent
    processor: tuple[float, float]


def deletion(_rounds: int) -> None:
    """Measure once, and print the table."""
    with asyncio.Runner() as runner, embedded(runner) as database:
        secret_key = secrets.token_hex(32)
        with gateway(database, secret_key) as ours:
            measured = runner.run(_measure(database, ours))
    table = Table(title=f"A workspace of {CARDS:,} cards is deleted", title_justify="left")
    for heading in ("", "measured", "goal"):
        table.add_column(heading, justify="right" if heading else "left")
    idle, meanwhile = _p99(measured.idle), _p99(measured.meanwhile)
    table.add_row("answered after", f"{measured.answer:.2f} s", GOALS["answer"])
    table.add_row("others' p99 before", f"{idle:.0f} ms ({len(measured.idle)} requests)", "")
    table.add_row("others' p99 meanwhile", f"{meanwhile:.0f} ms ({len(measured.meanwhile)} requests)", "")
    table.add_row("ratio", f"{meanwhile / idle:.1f} x", GOALS["p99"])
    table.add_row("nothing left after", f"{measured.gone:.0f} s", GOALS["gone"])
    for name, seconds in zip(("database", "gateway"), measured.processor, strict=True):
        table.add_row(f"processor of the {name}, others' requests included", f"{seconds:.0f} s", "")
    Console().print(table)


async def _measure(server: Server, ours: Server) -> Measured:
    async with (
        httpx.AsyncClient(base_url=ours.url, timeout=120) as first,
        httpx.AsyncClient(base_url=ours.url, timeout=120) as other,
        AsyncMongoClient[dict[str, Any]](server.url, tz_aware=True) as client,
    ):
        stranger, owner = await newcomer(first, "stranger"), await newcomer(other, "owner")
        database = client.get_default_database()
        await init_beanie(database=database, document_models=list(DOCUMENTS), skip_indexes=True)
        await _fill(database, ObjectId(owner.workspace_id))
        idle = await _probe(stranger, lambda: False, IDLE_SECONDS)
        over = asyncio.Event()
        probing = asyncio.create_task(_probe(stranger, over.is_set))
        begun, spent = perf_counter(), (server.seconds(), ours.seconds())
        answered = await owner.ask(DELETE, id=owner.workspace_id)
        answer = perf_counter() - begun
        if b'"errors"' in answered.content:
            raise RuntimeError(answered.text[:200])
        while await _is_left(database, ObjectId(owner.workspace_id)):  # noqa: ASYNC110  (another process tells)
            await asyncio.sleep(0.5)
        gone = perf_counter() - begun
        processor = server.seconds() - spent[0], ours.seconds() - spent[1]
        over.set()
        return Measured(answer, gone, idle, await probing, processor)


async def _fill(database: AsyncDatabase[Any], workspace_id: ObjectId) -> None:
    """A project with a column of cards, each with an activity, and a comment on every tenth."""
    inside = {"workspace_id": workspace_id}
    project = to_record(Project(**inside, name="Large"))
    column = to_record(Column(**inside, project_id=project["_id"], name="To do", rank="a0"))
    await database[_name(Project)].insert_one(project)
    await database[_name(Column)].insert_one(column)
    lane = Lane(**inside, id=column["_id"], project_id=project["_id"], column_id=column["_id"], open=CARDS)
    for start in range(0, CARDS, PORTION):
        cards, activities, comments = _portion(column, range(start, min(start + PORTION, CARDS)))
        entries = [f"{card['rank']} {card['_id']}" for card in cards]
        block = Lane(**inside, id=new_id(Kind.COLUMN), lane_id=lane.id, project_id=lane.project_id, entries=entries)
        lane.blocks.append(block.id)
        await database[_name(Lane)].insert_one(to_record(block))
        await database[_name(Card)].insert_many(cards, ordered=False)
        await database[_name(Activity)].insert_many(activities, ordered=False)
        await database[_name(Comment)].insert_many(comments, ordered=False)
    await database[_name(Lane)].insert_one(to_record(lane))


def _portion(column: Any, numbers: Sequence[int]) -> tuple[list[Any], list[Any], list[Any]]:
    inside = {"workspace_id": column["workspace_id"], "project_id": column["project_id"]}
    one = to_record(Card(**inside, column_id=column["_id"], rank="", title="", description="Of the telescope. " * 10))
    cards = [{**one, "_id": new_id(Kind.CARD), "rank": f"a{n:08}", "title": f"Card {n}"} for n in numbers]
    made = to_record(Activity(**inside, type=ActivityType.CARD_CREATED, created_at=utc_now()))
    activities = [{**made, "_id": new_id(Kind.ACTIVITY), "card_id": card["_id"]} for card in cards]
    said = to_record(Comment(**inside, card_id=cards[0]["_id"], author_id=new_id(Kind.USER), content="Done?"))
    comments = [{**said, "_id": new_id(Kind.COMMENT), "card_id": card["_id"]} for card in cards[::COMMENT_EVERY]]
    return cards, activities, comments


def _name(model: Any) -> str:
    return str(model.get_settings().name)


async def _is_left(database: AsyncDatabase[Any], workspace_id: ObjectId) -> bool:
    found = await database[_name(Tombstone)].find_one({"_id": workspace_id}, {"emptied_at": 1})
    return found is not None and found["emptied_at"] is None


async def _look(person: Person) -> httpx.Response:
    return await person.ask(LOOK, id=person.card_id)


async def _probe(person: Person, is_over: Callable[[], bool], seconds: float = float("inf")) -> Spent:
    """What a board and a change of a stranger took, one after the other."""
    ends, spent = perf_counter() + seconds, []
    while perf_counter() < ends and not is_over():
        for send in (_look, change_own):
            begun = perf_counter()
            answer = await send(person)
            spent.append((perf_counter() - begun) * 1000)
            if answer.is_error or b'"errors"' in answer.content:
                raise RuntimeError(f"a stranger was refused: {answer.text[:200]}")
            await asyncio.sleep(PAUSE / 2)
    return spent


def _p99(spent: Spent) -> float:
    return percentile(spent, 0.99)
