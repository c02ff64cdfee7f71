"""A lane of 50 cards and one of 5,000: what is read and changed of them, over HTTP and the embedded database."""

import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from bson import ObjectId
from rich.console import Console

from bench.project import Base, fill
from bench.sizes import Variables, compare_sizes
from models import Card
from models.base import collection
from models.records import CardRecord

SIZES = (50, 5_000)
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
    compare_sizes(QUERIES, _fill, rounds, told="cards in the lane", times=7, warm_up=5)
    Console().print(f"The goal is {GOAL} x at the most.")


async def _fill(database: Base, workspace: ObjectId) -> dict[int, Variables]:
    """Projects whose cards all stand in one column."""
    projects = {size: await fill(database, workspace, size, spread=1) for size in SIZES}
    found: dict[int, Variables] = {}
    for size, project in projects.items():
        inside = collection(Card).find({"project_id": ObjectId(project)}, {"column_id": 1})
        found[size] = partial(_variables, project, await inside.to_list())
    return found


def _variables(project: str, cards: Sequence[CardRecord]) -> dict[str, Any]:
    """Those of every query here, of a card at random that moves to a place at random."""
    card = random.choice(cards)
    place = {"columnId": str(card["column_id"]), "order": random.randrange(len(cards))}
    created = {"projectId": project, "columnId": place["columnId"], "title": "One more"}
    return {"project": project, "card": str(card["_id"]), "to": place, "create": created}
